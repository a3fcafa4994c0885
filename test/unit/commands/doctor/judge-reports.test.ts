import { describe, expect, it } from 'vitest'
import type { ReportRow, ReportStatus } from '#ec/client.js'
import { judgeReports } from '#ec/commands/doctor/judge-reports.js'
import { BROWSER_CHECKS } from '#ec/core/browser-checks.js'

const NOW = Date.parse('2026-03-05T12:00:00Z')
const DAY = 86_400_000

function report(status: ReportStatus, daysAgo = 0, detail: string | null = 'it was denied'): ReportRow {
  const at = new Date(NOW - daysAgo * DAY).toISOString()
  return {
    browser: `br_${status}${daysAgo}`,
    device: null,
    user_agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) Version/18.4 Mobile/15E148 Safari/604.1',
    language: null,
    tz: null,
    at,
    received_at: at,
    asked_at: null,
    checks: [{ code: 'browser.permission', status, detail }],
  }
}

function judgePermission(...reports: readonly ReportRow[]) {
  return judgeReports(reports, 'https://ec.example.org/diagnostics', NOW).find(
    ({ code }) => code === 'browser.permission',
  )
}

describe('what browsers reported', () => {
  it.each<[string, readonly ReportStatus[], string]>([
    ['fails where it fails everywhere', ['fail', 'fail'], 'fail'],
    ['warns where it fails somewhere', ['fail', 'ok'], 'warn'],
    ['warns where it warns', ['warn'], 'warn'],
    ['is right where it is right', ['ok', 'ok'], 'ok'],
    ['leaves out who could not see', ['unknown', 'skipped', 'ok'], 'ok'],
    ['is not known where nobody could see', ['unknown', 'skipped'], 'skip'],
  ])('%s', (_name, statuses, wanted) => {
    expect(judgePermission(...statuses.map(status => report(status)))?.status).toBe(wanted)
  })

  it('passes over old reports, unless there is no other, and says how old they are', () => {
    expect(judgePermission(report('ok'), report('fail', 31))?.status).toBe('ok')
    expect(judgePermission(report('fail', 31))).toMatchObject({
      status: 'fail',
      detail: 'Safari on iOS, 31 d 0 h ago: it was denied',
    })
    expect(judgeReports([report('ok', 31)], 'https://ec/diagnostics', NOW)[0]).toMatchObject({
      code: 'user.reports',
      status: 'warn',
      detail: 'Safari on iOS 31 d 0 h ago',
      hint: 'let the person open https://ec/diagnostics',
    })
  })

  it('has a finding for each check, whatever a newer page reports beside', () => {
    const newer = { ...report('ok'), checks: [{ code: 'browser.smell', status: 'fail' as const, detail: null }] }
    expect(judgeReports([newer], 'x', NOW).map(({ code }) => code)).toEqual(['user.reports', ...BROWSER_CHECKS])
    expect(judgePermission(newer)).toMatchObject({ status: 'skip', detail: 'no browser has looked at it' })
  })
})
