import type { JobFilter } from '../client.ts'
import { formatLocalTime } from '../core/local-time.ts'
import type { CommandContext } from './context.ts'
import { sayNext } from './say-next.ts'

interface IdInput {
  readonly id: string
}

export async function listJobs(context: CommandContext, filter: JobFilter): Promise<void> {
  const client = await context.connect()
  const { kind, state, group, after, before, limit } = filter
  const page = await client.jobs.list({ kind, state, group, after, before, limit })
  const { output } = context
  if (context.json) return output.document(page)
  if (page.jobs.length === 0) return output.say('no jobs')
  await output.table(
    [
      { title: 'created' },
      { title: 'kind' },
      { title: 'state', paint: (cell, text) => (text === 'dead' ? output.paint.red(cell) : cell) },
      { title: 'attempt', align: 'right' },
      { title: 'error', shrinks: true },
      { title: 'id', whole: true },
    ],
    page.jobs.map(job => [
      formatLocalTime(job.created_at),
      job.kind,
      job.state,
      `${job.attempt}/${job.max_attempts}`,
      job.error,
      job.id,
    ]),
  )
  sayNext(output, page.next)
}

export async function showJob(context: CommandContext, input: IdInput): Promise<void> {
  const client = await context.connect()
  const job = await client.jobs.get(input.id)
  if (context.json) return context.output.document(job)
  const fields = {
    ...job,
    created_at: formatLocalTime(job.created_at),
    run_at: formatLocalTime(job.run_at),
    finished_at: formatLocalTime(job.finished_at),
  }
  context.output.print(context.output.fields(fields))
}

export async function retryJob(context: CommandContext, input: IdInput): Promise<void> {
  const client = await context.connect()
  const job = await client.jobs.retry(input.id)
  if (context.json) return context.output.document(job)
  context.output.say(`${job.id}: ${job.state} again, with a fresh set of attempts`)
}
