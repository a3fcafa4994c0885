import type { ApiCall } from '../../../core/api-call.ts'
import type { NewTrace } from '../../store.ts'
import type { UnitContext } from '../unit.ts'

/** Of a row of `calls`. That something is not there yet is what setting up wants to know. */
export const CALL_FAILED = `status = 0 or (status >= 400 and not (status = 404 and cause = 'setup'))`

export function recordCalls(ctx: UnitContext, calls: readonly ApiCall[]): void {
  const insert = ctx.sql(
    `insert into calls (at, provider, account, operation, cause, attempt, status, ms, error)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  for (const call of calls) {
    const { at, provider, account, operation, cause, attempt, status, ms, error } = call
    insert.run(at, provider, account, operation, cause, attempt, status, ms, error)
  }
}

export function recordTraces(ctx: UnitContext, rows: readonly NewTrace[]): void {
  const insert = ctx.sql(
    `insert into traces (user_id, event_id, at, step, channel, target, reason, count, until, about)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  for (const row of rows) {
    const { userId, eventId, at, step, channel, target, reason, count, until = null, about = null } = row
    insert.run(userId, eventId, at, step, channel, target, reason, count, until, about)
  }
}
