import type { JobEffects, NewTrace, Store, StoredEvent } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import type { EcEvent, SentChannel } from '../../core/event.ts'
import type { NewJob } from '../../core/job.ts'
import type { PersonSigns } from '../../core/person-signs.ts'
import type { Plan, PlanStep, Sign } from '../../core/plan.ts'
import { readEvent } from '../../core/read-event.ts'
import { findDigest, sendJob, sendJobsOf, urgencyOf } from '../../core/send-jobs.ts'
import type { Target } from './dispatcher.ts'
import type { Dispatchers } from './dispatchers.ts'
import { collapseOf } from './push/collapse-of.ts'
import { signsOf } from './signs-of.ts'

/** A step of a plan that falls due, as its job says it. */
export interface DueStep {
  readonly userId: string
  readonly eventId: string
  readonly channel: SentChannel
  readonly reason: string
  readonly unless: Sign | null
  /** The end of the snooze that it was made for, ms. */
  readonly snooze?: number
}

export interface SendContext {
  readonly store: Pick<Store, 'getEvents' | 'readTrace'>
  readonly dispatchers: Dispatchers
  readonly clock: Clock
  /** `route`, asked again. */
  readonly planAgain: (event: EcEvent, due: DueStep & { readonly signs: PersonSigns }, now: number) => Plan
  /** Waits between tries of a channel, ms: there is one try more than there are waits. */
  readonly waitsOf: (channel: SentChannel) => readonly number[]
}

/**
 * A step of a plan that falls due: asks what is to become of it now, and makes a job for each target if it is still to be
 * sent. Its effects happen with the job's end, so a crash before them leaves everything to be asked once more.
 */
export async function sendEvent(ctx: SendContext, due: DueStep): Promise<JobEffects> {
  const { userId, eventId } = due
  const [stored] = await ctx.store.getEvents(eventId, userId)
  return stored === undefined ? {} : sendStored(ctx, due, stored)
}

async function sendStored(ctx: SendContext, due: DueStep, stored: StoredEvent): Promise<JobEffects> {
  const { userId, eventId, channel } = due
  const event = readEvent(stored)
  const now = ctx.clock.now()
  const { steps } = ask(due)
  const step = steps.find(one => one.channel === channel)
  if (step === undefined || step.action === 'suppress') return drop(step ?? { reason: 'not_chosen' }, steps)
  if (step.action === 'hold') {
    const next: PlanStep = { ...step, ...(due.unless === null ? {} : { unless: due.unless }) }
    const dueAt = findDigest([next])
    return {
      jobs: sendJobsOf(event, [next], now),
      held: dueAt === null ? [] : [{ userId, eventId, heldAt: now, dueAt }],
      traces: [rowOf(due, now, 'held', step)],
    }
  }
  const targets = (await ctx.dispatchers.get(channel)?.targets(userId, event.type)) ?? []
  if (targets.length === 0) return drop({ reason: 'unreachable' }, ask({ ...due, reason: 'lost' }).steps)
  const maxAttempts = ctx.waitsOf(channel).length + 1
  return {
    jobs: targets.map(target => attemptJob(event, due, target, maxAttempts, now)),
    traces: targets.map(target => ({ ...rowOf(due, now, 'queued', { about: target.label }), target: target.id })),
  }

  function ask(step: DueStep): Plan {
    return ctx.planAgain(event, { ...step, signs: signsOf(stored) }, now)
  }

  async function drop(
    why: Pick<PlanStep, 'reason' | 'about' | 'until'>,
    steps: readonly PlanStep[],
  ): Promise<JobEffects> {
    const traces = [rowOf(due, now, 'dropped', why)]
    if (why.reason !== 'unreachable' || (await wasLost())) return { traces }
    const standIns = steps.filter(one => one.reason === 'fallback' && !isPlanned(one))
    return { traces, jobs: sendJobsOf(event, standIns, now) }
  }

  function isPlanned({ channel: other }: PlanStep): boolean {
    return stored.plan.steps.some(one => one.channel === other && one.action === 'send')
  }

  /** Whether its stand-in was sent before: two devices that end at once both tell of the last one. */
  async function wasLost(): Promise<boolean> {
    const rows = await ctx.store.readTrace(userId, eventId)
    return rows.some(row => row.channel === channel && row.step === 'dropped' && row.reason === 'unreachable')
  }
}

/** Asks again about a channel whose last target has ended, one after the other of an event. */
export function askAgainJob(event: EcEvent, channel: SentChannel, at: number): NewJob {
  const group = `again:${event.user_id}:${event.id}`
  const step = { user_id: event.user_id, event_id: event.id, channel, reason: 'lost' }
  return { ...sendJob(step, at, urgencyOf(event)), group }
}

/** What takes each other's place at a target goes to it in order; nothing else waits for it. */
function attemptJob(
  event: EcEvent,
  { channel, unless }: DueStep,
  target: Target,
  maxAttempts: number,
  at: number,
): NewJob {
  return {
    kind: `${channel}.send`,
    group: `${channel}:${target.id}:${collapseOf(event)}`,
    priority: urgencyOf(event),
    maxAttempts,
    runAt: at,
    payload: {
      user_id: event.user_id,
      event_id: event.id,
      target: target.id,
      label: target.label,
      unless,
      queued_at: at,
    },
  }
}

function rowOf(
  { userId, eventId, channel }: DueStep,
  at: number,
  step: NewTrace['step'],
  { reason, until, about }: Partial<Pick<PlanStep, 'reason' | 'until' | 'about'>>,
): NewTrace {
  const said = { reason: reason ?? null, until: until ?? null, about: about ?? null }
  return { userId, eventId, at, step, channel, target: null, count: null, ...said }
}
