import { z } from 'zod'
import { JOB_KINDS, JOB_STATES, type Job } from '../../../core/job.ts'
import { instant, renderInstant, renderInstantOrNull } from './instant.ts'

export const jobView = z.strictObject({
  id: z.string(),
  kind: z.enum(JOB_KINDS),
  group: z.string(),
  state: z.enum(JOB_STATES),
  attempt: z.int(),
  max_attempts: z.int(),
  created_at: instant,
  run_at: instant,
  finished_at: instant.nullable(),
  error: z.string().nullable(),
})

export function renderJob(job: Job): z.infer<typeof jobView> {
  const { id, kind, group, state, attempt, maxAttempts, error } = job
  return {
    id,
    kind,
    group,
    state,
    attempt,
    max_attempts: maxAttempts,
    created_at: renderInstant(job.createdAt),
    run_at: renderInstant(job.runAt),
    finished_at: renderInstantOrNull(job.finishedAt),
    error,
  }
}

/** What is done in its own time: the job that does it. */
export const jobReply = z.strictObject({ job_id: z.string() })

export function renderJobId({ jobId }: { readonly jobId: string }): z.infer<typeof jobReply> {
  return { job_id: jobId }
}
