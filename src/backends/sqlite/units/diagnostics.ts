import type { BrowserReport } from '../../../core/browser-report.ts'
import type { UnitContext } from '../unit.ts'
import { ensureUser } from './users.ts'

/** Keeps the last report of a browser. Of a user's browsers the `limit` that reported last stay. */
export function putReport(ctx: UnitContext, report: BrowserReport, limit: number): void {
  const { userId, browser, device, userAgent, language, tz, madeAt, receivedAt, askedAt, checks } = report
  ensureUser(ctx, userId, receivedAt)
  ctx
    .sql(
      `insert into diagnostics (user_id, browser, device, user_agent, language, tz, made_at, received_at, asked_at, checks)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       on conflict (user_id, browser) do update set device = excluded.device, user_agent = excluded.user_agent,
         language = excluded.language, tz = excluded.tz, made_at = excluded.made_at,
         received_at = excluded.received_at, asked_at = ifnull(excluded.asked_at, asked_at), checks = excluded.checks`,
    )
    .run(userId, browser, device, userAgent, language, tz, madeAt, receivedAt, askedAt, JSON.stringify(checks))
  ctx
    .sql(
      `delete from diagnostics where n in
         (select n from diagnostics where user_id = ? order by received_at desc, n desc limit -1 offset ?)`,
    )
    .run(userId, limit)
}
