import type { ReportRow } from '../../client.ts'
import { BROWSER_CHECKS, type BrowserCheck } from '../../core/browser-checks.ts'
import { judge, type CheckStatus } from '../../core/check.ts'
import { nameBrowser } from '../../core/name-browser.ts'
import type { Finding } from './finding.ts'
import { ago } from './judge-reach.ts'

const DAY_MS = 86_400_000
/** What a browser said longer ago says little of today. */
const OLD_MS = 30 * DAY_MS

/**
 * What the browsers of a person said of themselves, one finding a check: what fails in every browser fails, what fails in
 * some warns. Old reports count only where there is no other. Pure.
 */
export function judgeReports(reports: readonly ReportRow[], page: string, now: number): readonly Finding[] {
  const fresh = reports.filter(({ received_at }) => now - Date.parse(received_at) < OLD_MS)
  const counted = fresh.length > 0 ? fresh : reports
  return [judgeAge(reports, fresh, page, now), ...BROWSER_CHECKS.map(code => judgeCheck(code, counted, page, now))]
}

function judgeAge(reports: readonly ReportRow[], fresh: readonly ReportRow[], page: string, now: number): Finding {
  const ask = `let the person open ${page}`
  if (reports.length === 0) return judge('user.reports', 'warn', 'no browser has reported yet', ask)
  const all = reports.map(({ user_agent, received_at, asked_at }) => {
    const help = asked_at === null ? '' : `, asked for help ${ago(asked_at, now)}`
    return `${nameBrowser(user_agent)} ${ago(received_at, now)}${help}`
  })
  return judge('user.reports', fresh.length === 0 ? 'warn' : 'ok', all.join('; '), ask)
}

function judgeCheck(code: BrowserCheck, reports: readonly ReportRow[], page: string, now: number): Finding {
  const said = reports.flatMap(report => {
    const check = report.checks.find(one => one.code === code)
    return check === undefined ? [] : [{ report, ...check }]
  })
  if (said.length === 0) {
    const nobody = reports.length === 0 ? 'no browser has reported yet' : 'no browser has looked at it'
    return judge(code, 'skip', nobody, `let the person open ${page}`)
  }
  const status = sum(said)
  const wanted = status === 'ok' ? ['ok'] : status === 'skip' ? ['unknown', 'skipped'] : ['fail', 'warn']
  const told = said
    .filter(one => wanted.includes(one.status))
    .map(({ report, detail }) => {
      const who = `${nameBrowser(report.user_agent)}, ${ago(report.received_at, now)}`
      return detail === null ? who : `${who}: ${detail}`
    })
  return judge(code, status, told.join('; '))
}

function sum(said: readonly { readonly status: ReportRow['checks'][number]['status'] }[]): CheckStatus {
  const known = said.filter(({ status }) => status !== 'unknown' && status !== 'skipped')
  if (known.length === 0) return 'skip'
  if (known.every(({ status }) => status === 'fail')) return 'fail'
  return known.every(({ status }) => status === 'ok') ? 'ok' : 'warn'
}
