import type { Plan } from '../../../core/plan.ts'
import type { EventItem, NewEvent } from '../../store.ts'
import type { UnitContext } from '../unit.ts'
import { holdForDigest } from './digests.ts'
import { findAsking, openQuestion } from './open-question.ts'
import { ensureUser } from './users.ts'

/** An event on its way to the writer's thread. */
export type PackedEvent = Omit<NewEvent, 'plan'> & { readonly plan: string; readonly inbox: boolean }

/** What comes back: only what the sender does not know. */
export type AppendedRow =
  | { readonly outcome: 'appended'; readonly seq: number | null }
  | { readonly outcome: 'repeated'; readonly id: string; readonly seq: number | null; readonly plan: Plan }
  | { readonly outcome: 'conflict'; readonly id: string }

/** What the units need of an event's row. */
interface EventRow {
  readonly n: number
  readonly id: string
  readonly user_id: string
  readonly seq: number | null
  readonly ws: number
  readonly inbox: number
  readonly type: string
  readonly progress_key: string | null
  readonly superseded: number
  readonly expires_at: number | null
  readonly read_at: number | null
  readonly archived_at: number | null
  readonly retracted_at: number | null
  readonly plan: string
  readonly json: string
}

const EVENT_COLUMNS = `n, id, user_id, seq, ws, inbox, type, progress_key, superseded, expires_at, read_at, archived_at,
  retracted_at, plan, json`

export function appendEvent(ctx: UnitContext, event: PackedEvent): AppendedRow {
  const before = findEarlier(ctx, event)
  if (before) return before
  const asking = event.question === null ? null : findAsking(ctx, event.question.id, event.userId)
  if (asking !== null) return { outcome: 'conflict', id: asking }
  ensureUser(ctx, event.userId, event.createdAt)
  const seq = event.deliverAt === null ? place(ctx, event, event.inbox ? 1 : 0) : null
  ctx
    .sql(
      `insert into events (id, user_id, seq, type, level, service, key_id, content_hash, placed_at, expires_at, ws, inbox,
         progress_key, plan, json)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      event.id,
      event.userId,
      seq,
      event.type,
      event.level,
      event.service,
      event.keyId,
      event.contentHash,
      event.createdAt,
      event.expiresAt,
      event.ws ? 1 : 0,
      event.inbox ? 1 : 0,
      event.progressKey,
      event.plan,
      event.json,
    )
  if (event.idempotencyKey !== null) {
    ctx
      .sql(
        `insert into idempotency (key_id, user_id, key, content_hash, event_id, created_at) values (?, ?, ?, ?, ?, ?)`,
      )
      .run(event.keyId ?? '', event.userId, event.idempotencyKey, event.contentHash ?? '', event.id, event.createdAt)
  }
  for (const job of event.jobs) ctx.jobs.insert(ctx, job, event.createdAt)
  if (event.digest) holdForDigest(ctx, event.digest, event.createdAt)
  if (event.question) openQuestion(ctx, event.question, event)
  return { outcome: 'appended', seq }
}

/** A scheduled event that took its place in the stream. */
export interface Delivered {
  readonly item: EventItem
  readonly plan: Plan
}

/** Gives an event that waited for its instant a place in the stream; null when it was retracted, expired or is there. */
export function deliverScheduled(ctx: UnitContext, userId: string, eventId: string, now: number): Delivered | null {
  const row = findRow(ctx, userId, eventId)
  if (!row || row.seq !== null || row.retracted_at !== null) return null
  if (row.expires_at !== null && row.expires_at <= now) return null
  // It can have been read before its time, from the list of what is scheduled.
  const unread = row.inbox === 1 && row.read_at === null && row.archived_at === null
  const { type, progress_key: progressKey } = row
  const seq = place(ctx, { userId, type, progressKey }, unread ? 1 : 0)
  ctx.sql('update events set seq = ?, placed_at = ? where n = ?').run(seq, now, row.n)
  const plan: Plan = JSON.parse(row.plan)
  return { item: rowToItem(row, seq), plan }
}

export function renumberProgress(ctx: UnitContext, userId: string, eventId: string): EventItem | null {
  const row = findRow(ctx, userId, eventId)
  if (!row || row.seq === null || row.progress_key === null) return null
  if (row.superseded === 1 || row.retracted_at !== null) return null
  const seq = nextSeq(ctx, userId, 0, 0)
  ctx.sql('update events set seq = ? where n = ?').run(seq, row.n)
  return rowToItem(row, seq)
}

/** Takes the next number for an event; progress takes the place of what came before it of the same job. */
function place(
  ctx: UnitContext,
  event: { readonly userId: string; readonly type: string; readonly progressKey: string | null },
  unread: 0 | 1,
): number {
  if (event.progressKey !== null) {
    ctx
      .sql(
        `update events set superseded = 1
         where user_id = ? and progress_key = ? and progress_key is not null and superseded = 0 and seq is not null`,
      )
      .run(event.userId, event.progressKey)
  }
  return nextSeq(ctx, event.userId, unread, isAction(event.type) ? unread : 0)
}

/** The next number of a user's stream; what is unread changes in the same breath. */
export function nextSeq(ctx: UnitContext, userId: string, unread: number, unreadAction: number): number {
  const [seq, undo] = ctx.heads.next(userId, unread, unreadAction)
  ctx.onRollback(undo)
  return seq
}

export function isAction(type: string): boolean {
  return type === 'action.required'
}

function findEarlier(ctx: UnitContext, event: PackedEvent): AppendedRow | null {
  if (event.contentHash === null) return null
  if (event.idempotencyKey !== null) {
    const key = ctx
      .sql<{ content_hash: string; event_id: string }>(
        'select content_hash, event_id from idempotency where key_id = ? and user_id = ? and key = ?',
      )
      .get(event.keyId ?? '', event.userId, event.idempotencyKey)
    if (key && key.content_hash !== event.contentHash) return { outcome: 'conflict', id: key.event_id }
    if (key) return repeated(ctx, event.userId, key.event_id)
  }
  const same = ctx
    .sql<{ content_hash: string | null; key_id: string | null }>(
      'select content_hash, key_id from events where id = ? and user_id = ?',
    )
    .get(event.id, event.userId)
  if (!same) return null
  if (same.content_hash !== event.contentHash || same.key_id !== event.keyId) {
    return { outcome: 'conflict', id: event.id }
  }
  return repeated(ctx, event.userId, event.id)
}

function repeated(ctx: UnitContext, userId: string, id: string): AppendedRow {
  const row = ctx
    .sql<{ seq: number | null; plan: string }>('select seq, plan from events where id = ? and user_id = ?')
    .get(id, userId)
  // Retention took the event but not the key: the caller asked for the same again, and that was done.
  if (!row) return { outcome: 'repeated', id, seq: null, plan: EMPTY_PLAN }
  const plan: Plan = JSON.parse(row.plan)
  return { outcome: 'repeated', id, seq: row.seq, plan }
}

const EMPTY_PLAN: Plan = { steps: [], rule: 'default', warnings: [], inbox: true }

function findRow(ctx: UnitContext, userId: string, eventId: string): EventRow | undefined {
  return ctx.sql<EventRow>(`select ${EVENT_COLUMNS} from events where id = ? and user_id = ?`).get(eventId, userId)
}

function rowToItem(row: EventRow, seq: number): EventItem {
  return {
    kind: 'event',
    userId: row.user_id,
    seq,
    id: row.id,
    json: row.json,
    ws: row.ws === 1,
    progressKey: row.progress_key,
  }
}
