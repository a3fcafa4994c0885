import type { DigestEffect, DigestItem, JobEffects, NewTrace, Store } from '../../../backends/store.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Digest } from '../../../core/digest.ts'
import type { EcEvent } from '../../../core/event.ts'
import type { JobResult } from '../../../core/job.ts'
import type { Meter } from '../../../core/meter.ts'
import { nextDigestAt } from '../../../core/next-digest.ts'
import { nextWaitAt } from '../../../core/retry.ts'
import type { Outcome } from '../dispatcher.ts'
import { chooseLines } from './choose-lines.ts'
import type { MakeDigestContext } from './make-digest.ts'

/** Brings digests to people. One try, counted from 1; settles, also when `signal` aborts. */
export interface DigestMailer {
  mailDigest(userId: string, digest: Digest, attempt: number, signal: AbortSignal): Promise<DigestOutcome>
}

export interface DigestOutcome {
  readonly outcome: Outcome
  /** Where it went, as a trace says it. */
  readonly label: string
}

/** One try to mail a digest, as its job says it. */
export interface DigestAttempt {
  readonly userId: string
  readonly digest: string
  /** From 1. */
  readonly attempt: number
  readonly maxAttempts: number
}

export interface SendDigestContext {
  readonly store: Pick<Store, 'listDigestItems' | 'getEvents'>
  /** Null: there is no mail server. */
  readonly mailer: DigestMailer | null
  readonly digests: Pick<MakeDigestContext['digests'], 'digestOf'>
  readonly clock: Clock
  readonly random: () => number
  readonly meter: Meter
  /** Waits between tries, ms. */
  readonly waits: readonly number[]
}

/**
 * One try to mail a digest. Each try is the same mail, by its `Message-ID`, so a mailbox knows one that is sent again after
 * a crash; what was withdrawn or has expired since is left out. When the last try fails for a reason that passes, all that
 * is in it waits for the next digest.
 */
export async function sendDigest(
  ctx: SendDigestContext,
  { userId, digest, attempt, maxAttempts }: DigestAttempt,
  signal: AbortSignal,
): Promise<JobResult<JobEffects>> {
  const { store, clock, mailer } = ctx
  const items = await store.listDigestItems(userId, digest)
  const isWanted = ctx.digests.digestOf(userId).rule !== null
  const live = items.filter(item => whyNot(item) === null)
  if (live.length === 0) return end([])
  if (mailer === null) return end(live.map(item => row(item, 'dropped', { reason: 'not_available' })))
  const events = await readEvents(chooseLines(live))
  const { outcome, label } = await mailer.mailDigest(
    userId,
    { id: digest, events, total: live.length },
    attempt,
    signal,
  )
  ctx.meter.counter('ec_attempts_total', { channel: 'email', outcome: outcome.type }).add()
  if (outcome.type === 'delivered') ctx.meter.counter('ec_deliveries_total', { channel: 'email' }).add()
  switch (outcome.type) {
    case 'delivered':
      return end(live.map(item => row(item, 'sent', { reason: 'digest', about: label })))
    case 'rejected':
      return end(live.map(item => row(item, 'failed', { reason: outcome.reason, about: label })))
    case 'gone':
      return end(live.map(item => row(item, 'dropped', { reason: 'unreachable' })))
    case 'retry':
      return again(outcome)
    default:
      return outcome satisfies never
  }

  function whyNot({ isRetracted, expiresAt }: DigestItem): string | null {
    if (!isWanted) return 'no_digest'
    if (isRetracted) return 'retracted'
    return expiresAt !== null && expiresAt <= clock.now() ? 'expired' : null
  }

  function end(traces: readonly NewTrace[]): JobResult<JobEffects> {
    const left = items.flatMap(item => {
      const reason = whyNot(item)
      return reason === null ? [] : [row(item, 'dropped', { reason })]
    })
    return { type: 'done', effects: { digest: { type: 'end', userId, digest }, traces: [...left, ...traces] } }
  }

  function again({ reason, afterMs }: Extract<Outcome, { type: 'retry' }>): JobResult<JobEffects> {
    const now = clock.now()
    const retryAfterMs = afterMs ?? 0
    const at = nextWaitAt({ waitsMs: ctx.waits, attempt, now, random: ctx.random(), retryAfterMs })
    if (at !== null && attempt < maxAttempts) return { type: 'retry', at, reason }
    const left = leaveToNext(ctx, { userId, digest })
    const until = left.nextAt === null ? null : new Date(left.nextAt).toISOString()
    const traces = live.map(item => row(item, 'held', { reason: 'digest_failed', about: reason, until }))
    return { type: 'dead', reason, effects: { digest: left, traces } }
  }

  function row({ eventId }: DigestItem, step: NewTrace['step'], said: Partial<NewTrace>): NewTrace {
    const base = {
      userId,
      eventId,
      at: clock.now(),
      channel: 'email',
      target: 'email',
      reason: null,
      count: null,
    } as const
    return { ...base, ...said, step }
  }

  async function readEvents(lines: readonly DigestItem[]): Promise<readonly EcEvent[]> {
    const found = await Promise.all(lines.map(({ eventId }) => store.getEvents(eventId, userId)))
    return found.flat().map(({ json }): EcEvent => JSON.parse(json))
  }
}

/** A digest that cannot be mailed: what is in it waits for the next one. */
export function leaveToNext(
  { clock, digests }: Pick<SendDigestContext, 'clock' | 'digests'>,
  { userId, digest }: Pick<DigestAttempt, 'userId' | 'digest'>,
): Extract<DigestEffect, { type: 'release' }> {
  const now = clock.now()
  const { rule, zone } = digests.digestOf(userId)
  // Whoever wants no digest any more is looked after at once: what waits is told so.
  const nextAt = rule === null ? now : nextDigestAt(rule, zone, now)
  return { type: 'release', userId, digest, nextAt }
}
