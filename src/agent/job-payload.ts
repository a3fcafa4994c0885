import { SENT_CHANNELS, type SentChannel } from '../core/event.ts'
import type { ClaimedJob } from '../core/job.ts'
import { SIGNS, type Sign } from '../core/plan.ts'

/** Reads what a job carries. Jobs are made by this program alone, so what does not fit is a fault of it and is thrown. */
export const PAYLOAD = {
  text(job: ClaimedJob, name: string): string {
    const value = job.payload[name]
    if (typeof value === 'string') return value
    throw missing(job, name)
  },
  count(job: ClaimedJob, name: string): number {
    const value = job.payload[name]
    if (typeof value === 'number') return value
    throw missing(job, name)
  },
  /** ms since 1970; null in a job of an older version, which did not say. */
  instant(job: ClaimedJob, name: string): number | null {
    return job.payload[name] === undefined ? null : PAYLOAD.count(job, name)
  },
  channel(job: ClaimedJob): SentChannel {
    const found = SENT_CHANNELS.find(channel => channel === job.payload['channel'])
    if (found !== undefined) return found
    throw missing(job, 'channel')
  },
  /** What the person must not have done, of a ladder's step; null of any other. */
  unless(job: ClaimedJob): Sign | null {
    return SIGNS.find(sign => sign === job.payload['unless']) ?? null
  },
} as const

function missing(job: ClaimedJob, name: string): Error {
  return new Error(`job ${job.id} has no ${name}`)
}
