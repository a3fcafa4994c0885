import type { BrowserReport, ReportedCheck } from '../../../core/browser-report.ts'
import type { Sql } from '../connection.ts'

interface ReportRow {
  readonly user_id: string
  readonly browser: string
  readonly device: string | null
  readonly user_agent: string
  readonly language: string | null
  readonly tz: string | null
  readonly made_at: number
  readonly received_at: number
  readonly asked_at: number | null
  readonly checks: string
}

export function listReports(sql: Sql, userId: string): readonly BrowserReport[] {
  return sql<ReportRow>(
    `select user_id, browser, device, user_agent, language, tz, made_at, received_at, asked_at, checks
     from diagnostics where user_id = ? order by received_at desc, n desc`,
  )
    .all(userId)
    .map(toReport)
}

function toReport(row: ReportRow): BrowserReport {
  const checks: readonly ReportedCheck[] = JSON.parse(row.checks)
  return {
    userId: row.user_id,
    browser: row.browser,
    device: row.device,
    userAgent: row.user_agent,
    language: row.language,
    tz: row.tz,
    madeAt: row.made_at,
    receivedAt: row.received_at,
    askedAt: row.asked_at,
    checks,
  }
}
