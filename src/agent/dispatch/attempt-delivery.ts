import type { EventItem, JobEffects, NewTrace, Store, StoredEvent } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import type { EcEvent, SentChannel } from '../../core/event.ts'
import { isGovernable, type GovernorRule } from '../../core/governor.ts'
import type { JobResult } from '../../core/job.ts'
import type { Meter } from '../../core/meter.ts'
import { findStop, heedsSigns } from '../../core/person-signs.ts'
import type { Sign } from '../../core/plan.ts'
import { onceFor } from '../../core/once-for.ts'
import { readEvent } from '../../core/read-event.ts'
import { nextWaitAt } from '../../core/retry.ts'
import { signsOf } from './signs-of.ts'
import type { Outcome, Target } from './dispatcher.ts'
import type { Dispatchers } from './dispatchers.ts'
import { askAgainJob } from './send-event.ts'

/** One try at one target, as its job says it. */
export interface Attempt {
  readonly userId: string
  readonly eventId: string
  readonly channel: SentChannel
  readonly target: Target
  /** What the person must not have done, of a ladder's step; of any other, not a thing. */
  readonly unless: Sign | null
  /** When its step fell due, ms; null = not known. */
  readonly queuedAt: number | null
  /** From 1. */
  readonly attempt: number
  readonly maxAttempts: number
}

export interface AttemptContext {
  readonly store: Pick<Store, 'getEvents' | 'readTrace'>
  readonly dispatchers: Dispatchers
  readonly clock: Clock
  readonly random: () => number
  readonly meter: Meter
  /** When a type is taken out of push; null = never. */
  readonly governor: GovernorRule | null
  /** Waits between tries of a channel, ms. */
  readonly waitsOf: (channel: SentChannel) => readonly number[]
}

/**
 * One try to bring an event to one target. The outcome is written down with the end of the job; when the agent ends in
 * between, the target is tried again, and knows the event by its id.
 */
export async function attemptDelivery(
  ctx: AttemptContext,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<JobResult<JobEffects>> {
  const { userId, eventId, channel, target } = attempt
  const { store, clock, meter } = ctx
  const [stored] = await store.getEvents(eventId, userId)
  if (stored === undefined) return { type: 'done' }
  const event = readEvent(stored)
  const needless = whyNeedless(stored, event, attempt, clock.now())
  if (needless !== null) return done(ctx, attempt, 'dropped', needless)
  if (mayBeRepeated(stored, attempt) && (await isRepeated(store, attempt))) {
    return done(ctx, attempt, 'dropped', 'repeated')
  }
  const dispatcher = ctx.dispatchers.get(channel)
  if (dispatcher === undefined) return done(ctx, attempt, 'dropped', 'not_available')
  const outcome = await dispatcher.deliver(itemOf(stored), target, signal, attempt.attempt)
  meter.counter('ec_attempts_total', { channel, outcome: outcome.type }).add()
  switch (outcome.type) {
    case 'delivered':
      meter.counter('ec_deliveries_total', { channel }).add()
      return done(ctx, attempt, 'sent', null, {
        ...countIfPush(ctx, attempt, event),
        ...noteIfPush(ctx, attempt, null),
      })
    case 'rejected':
      return done(ctx, attempt, 'failed', outcome.reason, noteIfPush(ctx, attempt, outcome.reason))
    case 'gone': {
      const left = await dispatcher.targets(userId, event.type)
      const jobs = left.length === 0 ? [askAgainJob(event, channel, clock.now())] : []
      return done(ctx, attempt, 'gone', outcome.reason, { jobs })
    }
    case 'retry':
      return again(ctx, attempt, event, outcome)
    default:
      return outcome satisfies never
  }
}

/**
 * Steps that were held until the same instant, or of which one waited for the tries of another, are one message. Tries of
 * one event at one target come one after the other, so the trace knows of the one before.
 */
function mayBeRepeated({ plan, snoozedUntil }: StoredEvent, { channel, queuedAt }: Attempt): boolean {
  if (queuedAt === null) return false
  return snoozedUntil !== null || plan.steps.filter(step => step.channel === channel).length > 1
}

async function isRepeated(store: AttemptContext['store'], attempt: Attempt): Promise<boolean> {
  const { userId, eventId, target, queuedAt } = attempt
  const rows = await store.readTrace(userId, eventId)
  return rows.some(
    ({ step, target: where, at }) => step === 'sent' && where === target.id && Date.parse(at) >= (queuedAt ?? Infinity),
  )
}

function again(
  ctx: AttemptContext,
  attempt: Attempt,
  event: EcEvent,
  { reason, afterMs }: Extract<Outcome, { type: 'retry' }>,
): JobResult<JobEffects> {
  const { channel } = attempt
  const now = ctx.clock.now()
  const at = nextWaitAt({
    waitsMs: ctx.waitsOf(channel),
    attempt: attempt.attempt,
    now,
    random: ctx.random(),
    retryAfterMs: afterMs ?? 0,
  })
  const noted = noteIfPush(ctx, attempt, reason)
  if (at === null || attempt.attempt >= attempt.maxAttempts) {
    // The next channel, if the type has one, takes over from a channel that failed for good.
    const jobs = [askAgainJob(event, channel, now)]
    return { type: 'dead', reason, effects: { jobs, traces: [traceOf(attempt, 'failed', reason, now)], ...noted } }
  }
  const until = new Date(at).toISOString()
  const traces = [{ ...traceOf(attempt, 'retrying', reason, now), until }]
  return { type: 'retry', at, reason, effects: { traces, ...noted } }
}

function countIfPush(
  { clock, governor }: AttemptContext,
  { userId, eventId, channel }: Attempt,
  event: EcEvent,
): Pick<JobEffects, 'pushed'> {
  if (channel !== 'push' || !isGovernable(event)) return {}
  return { pushed: { userId, eventId, at: clock.now(), rule: governor } }
}

/** A device remembers what came of the last try; one that is gone does not. */
function noteIfPush(
  { clock }: AttemptContext,
  { channel, target }: Attempt,
  error: string | null,
): Pick<JobEffects, 'noted'> {
  return channel === 'push' ? { noted: { id: target.id, at: clock.now(), error } } : {}
}

function done(
  { clock }: AttemptContext,
  attempt: Attempt,
  step: NewTrace['step'],
  reason: string | null,
  effects: JobEffects = {},
): JobResult<JobEffects> {
  return { type: 'done', effects: { ...effects, traces: [traceOf(attempt, step, reason, clock.now())] } }
}

/** A line of the trace about one try at one target. */
export function traceOf(
  { userId, eventId, channel, target }: Attempt,
  step: NewTrace['step'],
  reason: string | null,
  at: number,
): NewTrace {
  return { userId, eventId, at, step, channel, target: target.id, reason, count: null, about: target.label }
}

/** Since `route` was asked the person may have done something: a first try too may have waited for another step's tries. */
function whyNeedless(stored: StoredEvent, event: EcEvent, { channel, unless }: Attempt, now: number): string | null {
  if (event.expires_at !== undefined && Date.parse(event.expires_at) <= now) return 'expired'
  if (stored.retractedAt !== null) return 'retracted'
  if (!heedsSigns(channel, unless)) return null
  // The end of the snooze brings it back.
  if (stored.snoozedUntil !== null && stored.snoozedUntil > now) return 'snoozed'
  return findStop(signsOf(stored), unless)
}

/** One for all targets, so that what a dispatcher makes of it can be made once. */
const itemOf = onceFor(({ userId, seq, id, json }: StoredEvent): EventItem => {
  return { kind: 'event', userId, seq: seq ?? 0, id, json, ws: false, progressKey: null }
})
