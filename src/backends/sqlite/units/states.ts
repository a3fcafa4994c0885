import type { EventState } from '../../../core/event.ts'
import type { NewJob } from '../../../core/job.ts'
import { sendJob } from '../../../core/send-jobs.ts'
import type { StateChange, StateItem } from '../../store.ts'
import type { UnitContext } from '../unit.ts'
import { countOpening } from './engagement.ts'
import { isAction, nextSeq } from './events.ts'

interface StateRow {
  readonly n: number
  readonly id: string
  readonly type: string
  readonly seq: number | null
  readonly inbox: number
  readonly seen_at: number | null
  readonly read_at: number | null
  readonly archived_at: number | null
  readonly snoozed_until: number | null
  readonly answered_at: number | null
  readonly retracted_at: number | null
  readonly pushed_at: number | null
  readonly opened_at: number | null
}

const COLUMNS = `n, id, type, seq, inbox, seen_at, read_at, archived_at, snoozed_until, answered_at, retracted_at, pushed_at,
  opened_at`

export function changeStates(ctx: UnitContext, change: StateChange): readonly StateItem[] {
  return change.ids.flatMap(id => changeOne(ctx, change, id) ?? [])
}

function changeOne(ctx: UnitContext, change: StateChange, id: string): StateItem | null {
  const { userId, state, by, at } = change
  const row = ctx.sql<StateRow>(`select ${COLUMNS} from events where id = ? and user_id = ?`).get(id, userId)
  if (!row || row.retracted_at !== null) return null
  const next = apply(row, state, at, change.until)
  if (!next) return null
  ctx
    .sql(
      `update events set seen_at = ?, read_at = ?, archived_at = ?, snoozed_until = ?, answered_at = ?, retracted_at = ?,
         opened_at = ? where n = ?`,
    )
    .run(
      next.seen_at,
      next.read_at,
      next.archived_at,
      next.snoozed_until,
      next.answered_at,
      next.retracted_at,
      next.opened_at,
      row.n,
    )
  if (row.opened_at === null && next.opened_at !== null && row.pushed_at !== null) {
    countOpening(ctx, userId, row.type, row.pushed_at, at)
  }
  if (state === 'retracted' && isAction(row.type)) {
    ctx
      .sql(
        `update questions set state = 'cancelled', ended_at = ? where event_id = ? and user_id = ? and state = 'open'`,
      )
      .run(at, id, userId)
  }
  const unread = counts(next) - counts(row)
  const seq = nextSeq(ctx, userId, unread, isAction(row.type) ? unread : 0)
  const until = state === 'snoozed' ? change.until : null
  ctx
    .sql('insert into states (user_id, seq, event_id, state, by_whom, at, until) values (?, ?, ?, ?, ?, ?, ?)')
    .run(userId, seq, id, state, by, at, until)
  if (until !== null && until > at) ctx.jobs.insert(ctx, comeBackJob(userId, id, until), at)
  return { kind: 'state', userId, seq, id, state, by, at, until }
}

/** Who snoozes an event wants to be reminded of it, wherever he is by then. */
function comeBackJob(userId: string, eventId: string, runAt: number): NewJob {
  const about = { user_id: userId, event_id: eventId, channel: 'push', reason: 'snooze' } as const
  return sendJob({ ...about, unless: 'read', snooze: runAt }, runAt, 0)
}

/** The row after the change; null when nothing would change. */
function apply(row: StateRow, state: EventState, at: number, until: number | null): StateRow | null {
  switch (state) {
    case 'seen':
      return row.seen_at === null ? { ...row, seen_at: at } : null
    case 'read':
      return row.read_at === null ? open(row, at) : null
    case 'unread':
      return row.read_at === null ? null : { ...row, read_at: null }
    case 'archived':
      return row.archived_at === null ? { ...row, archived_at: at } : null
    case 'unarchived':
      return row.archived_at === null ? null : { ...row, archived_at: null }
    case 'snoozed':
      return row.snoozed_until === until ? null : { ...row, snoozed_until: until }
    case 'answered':
      return row.answered_at === null ? { ...open(row, at), answered_at: at } : null
    case 'retracted':
      return { ...row, retracted_at: at }
    default:
      return state satisfies never
  }
}

function open(row: StateRow, at: number): StateRow {
  return { ...row, read_at: row.read_at ?? at, seen_at: row.seen_at ?? at, opened_at: row.opened_at ?? at }
}

/** 1 for an event that counts as unread. */
function counts(row: StateRow): number {
  const open = row.read_at === null && row.archived_at === null && row.retracted_at === null
  return row.inbox === 1 && row.seq !== null && open ? 1 : 0
}
