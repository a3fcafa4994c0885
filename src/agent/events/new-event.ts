import type { NewEvent, NewQuestion } from '../../backends/store.ts'
import { contentHash } from '../../core/canonical-json.ts'
import type { Clock } from '../../core/clock.ts'
import type { EventInput } from '../../core/event-schema.ts'
import { progressKey, type EcEvent } from '../../core/event.ts'
import type { Ids } from '../../core/ids.ts'
import type { NewJob } from '../../core/job.ts'
import type { Plan } from '../../core/plan.ts'
import { readQuestion } from '../../core/question.ts'
import { findDigest, sendJobsOf } from '../../core/send-jobs.ts'

export interface NewEventContext {
  readonly clock: Clock
  readonly ids: Ids
  /** `route` with its facts. */
  readonly plan: (event: EcEvent, now: number) => Plan
}

/** Where an event came from and what makes it the same as an earlier one. */
export interface Origin {
  readonly keyId: string | null
  readonly idempotencyKey: string | null
  /** The caller's own fields, to tell the same event from another under the same id or key; asked for only then. */
  readonly content: () => unknown
}

/** Finding the event and giving it a number can only fail with the disk, so a few tries are plenty. */
const DELIVER_ATTEMPTS = 10
const EXPIRE_ATTEMPTS = 10

/** Makes a checked event ready to be stored. The JSON text made here is the one that every client gets. */
export function makeNewEvent(ctx: NewEventContext, input: EventInput, origin: Origin): NewEvent {
  const now = ctx.clock.now()
  const id = input.id ?? ctx.ids.next('evt')
  const event: EcEvent = { id, ...input, created_at: input.created_at ?? new Date(now).toISOString() }
  const plan = ctx.plan(event, now)
  const deliverAt = laterThan(now, event.deliver_at)
  const deliver = deliverAt === null ? [] : [deliverJob(event, deliverAt)]
  const expiresAt = event.expires_at === undefined ? null : Date.parse(event.expires_at)
  const dueAt = findDigest(plan.steps)
  const idempotent = input.id !== undefined || origin.idempotencyKey !== null
  return {
    id,
    userId: event.user_id,
    json: JSON.stringify(event),
    type: event.type,
    level: event.level,
    service: event.service ?? null,
    keyId: origin.keyId,
    contentHash: idempotent ? contentHash(origin.content()) : null,
    idempotencyKey: origin.idempotencyKey,
    createdAt: now,
    deliverAt,
    jobs: [...deliver, ...sendJobsOf(event, plan.steps, deliverAt ?? now)],
    digest: dueAt === null ? null : { userId: event.user_id, eventId: id, heldAt: deliverAt ?? now, dueAt },
    expiresAt,
    plan,
    ws: plan.steps.some(step => step.channel === 'ws' && step.action === 'send'),
    progressKey: progressKey(event),
    question: questionOf(event, expiresAt),
  }
}

function laterThan(now: number, instant: string | undefined): number | null {
  const at = instant === undefined ? now : Date.parse(instant)
  return at > now ? at : null
}

function deliverJob(event: EcEvent, runAt: number): NewJob {
  return {
    kind: 'event.deliver',
    group: '',
    priority: 0,
    maxAttempts: DELIVER_ATTEMPTS,
    runAt,
    payload: { user_id: event.user_id, event_id: event.id },
  }
}

/** Null for what asks nothing, and for what is no question: that was refused where it came in, or asks a person nothing. */
function questionOf(event: EcEvent, expiresAt: number | null): NewQuestion | null {
  const question = readQuestion(event)
  if (!question.ok || question.terms === null) return null
  const { id, defaultOption } = question.terms
  return {
    id: id ?? event.id,
    defaultOption,
    expiresAt,
    expireJob: expiresAt === null ? null : expireJob(event.user_id, id ?? event.id, expiresAt),
  }
}

function expireJob(userId: string, question: string, runAt: number): NewJob {
  const payload = { user_id: userId, question }
  return { kind: 'question.expire', group: '', priority: 0, maxAttempts: EXPIRE_ATTEMPTS, runAt, payload }
}
