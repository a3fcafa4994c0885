import { toEcError } from '../../core/errors.ts'
import type { ClaimedJob, JobResult } from '../../core/job.ts'
import type { JobEffects, JobEnd } from '../store.ts'

/** Until a job is tried again that failed in a way for which nobody has a policy. */
const AGAIN_MS = 1000

/** A handler's result as the store takes it. */
export function toJobEnd(result: JobResult<JobEffects>, now: number): JobEnd {
  switch (result.type) {
    case 'done':
      return { type: 'done', at: now, effects: result.effects ?? {} }
    case 'retry': {
      const { traces = [], noted } = result.effects ?? {}
      const { at: runAt, reason } = result
      return { type: 'retry', at: now, runAt, reason, traces, ...(noted === undefined ? {} : { noted }) }
    }
    case 'dead':
      return { type: 'dead', at: now, reason: result.reason, effects: result.effects ?? {} }
    default:
      return result satisfies never
  }
}

/** What becomes of a job whose handler threw, or whose effects the store will not have. */
export function failedResult(job: ClaimedJob, thrown: unknown, now: number): JobResult<JobEffects> {
  const { code, message } = toEcError(thrown)
  const reason = `${code}: ${message}`
  return job.attempt < job.maxAttempts ? { type: 'retry', at: now + AGAIN_MS, reason } : { type: 'dead', reason }
}
