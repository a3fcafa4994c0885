import { setImmediate as breathe } from 'node:timers/promises'
import type { DigestState, JobEffects, NewTrace, Store } from '../../../backends/store.ts'
import type { Clock } from '../../../core/clock.ts'
import type { DigestRule } from '../../../core/digest-rule.ts'
import type { EcEvent } from '../../../core/event.ts'
import type { NewJob } from '../../../core/job.ts'
import { nextDigestAt } from '../../../core/next-digest.ts'
import type { PlanStep } from '../../../core/plan.ts'
import { DIGEST_PRIORITY } from '../../../core/send-jobs.ts'
import type { SendContext } from '../send-event.ts'
import { signsOf } from '../signs-of.ts'

export interface MakeDigestContext {
  readonly store: Pick<Store, 'getDigest' | 'listWaitingItems'>
  readonly clock: Clock
  readonly planAgain: SendContext['planAgain']
  readonly waitsOf: SendContext['waitsOf']
  readonly digests: {
    digestOf(userId: string): { readonly rule: DigestRule | null; readonly zone: string }
    /** Counts a digest as one mail; what keeps it from being sent. */
    admitDigest(userId: string, digest: string, now: number): PlanStep | null
  }
}

const PAGE = 200
/** Beyond so many the rest waits for the next digest, so that no period costs without bound. */
const MAX_ITEMS = 2_000
const DAY_MS = 86_400_000
/** What waits for company (`min_items`) goes alone after that. */
const MAX_WAIT_MS = 7 * DAY_MS
/** A clock that was further ahead than this when a digest was made was wrong: nobody waits until it is so late again. */
const MAX_AHEAD_MS = 8 * DAY_MS

/** What waits, and what `route` says of it now. */
interface Line {
  readonly eventId: string
  readonly step: PlanStep
}

/**
 * A job that looks whether a user's digest is due, and makes it. It is due when an instant of the rule has passed since the
 * last one was made and since the oldest item was held; so after days without the agent one comes, not one for each day.
 *
 * What is in it is written down in one unit with the job that mails it and with the period's end: a crash before that
 * leaves everything to be looked at once more, a crash after it changes nothing.
 */
export async function makeDigest(ctx: MakeDigestContext, userId: string): Promise<JobEffects> {
  const now = ctx.clock.now()
  const state = await ctx.store.getDigest(userId, now)
  const { rule, zone } = ctx.digests.digestOf(userId)
  const nextAt = rule === null ? null : nextDigestAt(rule, zone, now)
  if (state.oldestAt === null) return { digest: { type: 'wake', userId, nextAt } }
  const dueAt = rule === null ? now : nextDigestAt(rule, zone, Math.max(state.oldestAt, closedAtOf(state, now)))
  if (dueAt === null || dueAt > now) return { digest: { type: 'wake', userId, nextAt: dueAt } }

  const lines = await readLines(ctx, userId, now, rule !== null)
  const wanted = lines.filter(({ step }) => step.action === 'send').map(({ eventId }) => eventId)
  const id = new Date(dueAt).toISOString()
  const isFew = wanted.length < (rule?.min_items ?? 1) && state.oldestAt > now - MAX_WAIT_MS
  const kept = wanted.length === 0 ? null : isFew ? FEW : ctx.digests.admitDigest(userId, id, now)
  const digest = wanted.length === 0 || kept !== null ? null : id
  const until = nextAt === null ? null : new Date(nextAt).toISOString()
  return {
    digest: {
      type: 'close',
      userId,
      expected: state.closedAt,
      closedAt: now,
      digest,
      gathered: digest === null ? [] : wanted,
      // What is snoozed goes on waiting.
      dropped: lines.filter(({ step }) => step.action === 'suppress').map(({ eventId }) => eventId),
      nextAt,
      jobs: digest === null ? [] : [mailJob(userId, digest, ctx.waitsOf('email').length + 1, now)],
      traces: lines.map(traceOf),
    },
  }

  function traceOf({ eventId, step }: Line): NewTrace {
    const row = { userId, eventId, at: now, channel: 'email', target: null, count: null } as const
    if (step.action !== 'send') {
      const { reason, about = null, until: lasting = null } = step
      return { ...row, step: step.action === 'hold' ? 'held' : 'dropped', reason, about, until: lasting }
    }
    if (kept === null) return { ...row, step: 'queued', reason: 'digest', about: `the digest of ${id}` }
    return { ...row, step: 'held', reason: `digest_${kept.reason}`, about: kept.about ?? null, until }
  }
}

const FEW: PlanStep = { channel: 'email', action: 'hold', reason: 'few' }

function closedAtOf({ closedAt }: DigestState, now: number): number {
  return closedAt === null || closedAt > now + MAX_AHEAD_MS ? Number.NEGATIVE_INFINITY : closedAt
}

async function readLines(
  ctx: MakeDigestContext,
  userId: string,
  now: number,
  wanted: boolean,
): Promise<readonly Line[]> {
  const lines: Line[] = []
  for (let after = 0; lines.length < MAX_ITEMS;) {
    const page = await ctx.store.listWaitingItems(userId, { now, after, limit: PAGE })
    for (const { n, event: stored } of page) {
      after = n
      const event: EcEvent = JSON.parse(stored.json)
      const due = { userId, eventId: event.id, channel: 'email', reason: 'digest', unless: null } as const
      const plan = wanted ? ctx.planAgain(event, { ...due, signs: signsOf(stored) }, now) : null
      const step = plan?.steps.find(({ channel }) => channel === 'email')
      lines.push({ eventId: event.id, step: step ?? { channel: 'email', action: 'suppress', reason: 'no_digest' } })
    }
    if (page.length < PAGE) break
    // Reading never waits, and others want their turn.
    await breathe()
  }
  return lines
}

/** After the last of so many tries what is in it waits for the next digest. */
function mailJob(userId: string, digest: string, maxAttempts: number, at: number): NewJob {
  const payload = { user_id: userId, digest }
  return { kind: 'digest.send', group: '', priority: DIGEST_PRIORITY, maxAttempts, runAt: at, payload }
}
