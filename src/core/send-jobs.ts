import type { EcEvent, SentChannel } from './event.ts'
import type { NewJob } from './job.ts'
import type { PlanStep, Sign } from './plan.ts'

/** Asking again what becomes of a step, and finding whom it goes to, can only fail with the disk. */
const SEND_ATTEMPTS = 10

/** Many people's digests fall due at once; whatever goes alone goes before them. */
export const DIGEST_PRIORITY = -1
const CRITICAL = 10
const QUESTION = 5

/** What a job `event.send` carries: a step of a plan, and whose. */
export interface SendPayload {
  readonly user_id: string
  readonly event_id: string
  readonly channel: SentChannel
  readonly reason: string
  readonly unless?: Sign
  /** The end of the snooze that it was made for, ms. */
  readonly snooze?: number
}

/** A job that asks `route` again, at an instant (ms), what becomes of a step. */
export function sendJob(payload: SendPayload, runAt: number, priority: number): NewJob {
  return { kind: 'event.send', group: '', priority, maxAttempts: SEND_ATTEMPTS, runAt, payload: { ...payload } }
}

/**
 * The jobs of a plan's steps, but for `ws`, which needs none, and for what a digest gathers (`findDigest`): each is due
 * when its step is. `at` is when the event comes to be delivered (ms).
 */
export function sendJobsOf(event: EcEvent, steps: readonly PlanStep[], at: number): readonly NewJob[] {
  return steps.flatMap(step => {
    if (step.channel === 'ws' || step.action === 'suppress' || step.reason === 'digest') return []
    const { channel, reason, until, unless } = step
    const about = { user_id: event.user_id, event_id: event.id, channel, reason }
    const runAt = step.action === 'hold' && until !== undefined ? Date.parse(until) : at
    return [sendJob({ ...about, ...(unless === undefined ? {} : { unless }) }, runAt, urgencyOf(event))]
  })
}

/** When the digest comes (ms) that a plan's steps hold an event for; null = none gathers it. */
export function findDigest(steps: readonly PlanStep[]): number | null {
  const held = steps.find(({ action, reason }) => action === 'hold' && reason === 'digest')
  return held?.until === undefined ? null : Date.parse(held.until)
}

/** Of several that are due at once, which goes first. */
export function urgencyOf(event: Pick<EcEvent, 'level' | 'type'>): number {
  if (event.level === 'critical') return CRITICAL
  return event.type === 'action.required' ? QUESTION : 0
}
