import type { Store } from '../../backends/store.ts'
import { REPORT_LIMITS, type BrowserReport } from '../../core/browser-report.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { EventInput } from '../../core/event-schema.ts'
import { nameBrowser } from '../../core/name-browser.ts'
import { TokenBuckets } from '../../core/token-buckets.ts'
import type { DiagnosticApi } from '../http/api.ts'

export interface DiagnosticApiOptions {
  readonly store: Pick<Store, 'putReport' | 'listReports' | 'getUser'>
  readonly clock: Clock
  /** The user whom the operator is. */
  readonly operator: string
  /** Tells the operator, once for each id. */
  readonly ring: (alert: EventInput & { readonly id: string }) => void
}

/** A page reports each time that it has looked, and a person presses buttons meanwhile. */
const RATE = { burst: 30, perSecond: 30 / 60 }
const MAX_USERS = 10_000

/** What browsers say of themselves, kept for whoever is asked why nothing comes. */
export function createDiagnosticApi(options: DiagnosticApiOptions): DiagnosticApi {
  const { store, clock, operator, ring } = options
  const buckets = new TokenBuckets(RATE, MAX_USERS, clock)

  return {
    async report(given, asksHelp) {
      const retryAfterMs = buckets.take(given.userId)
      if (retryAfterMs > 0) throw new EcError('EC_RATE_LIMITED', 'the browser reports too often', { retryAfterMs })
      const receivedAt = clock.now()
      const report = { ...given, receivedAt, askedAt: asksHelp ? receivedAt : null }
      await store.putReport(report, REPORT_LIMITS.browsers)
      if (asksHelp) ring(callForHelp(operator, report))
      return receivedAt
    },
    async reports(userId) {
      if ((await store.getUser(userId)) !== null) return store.listReports(userId)
      throw new EcError('EC_NOT_FOUND', 'no such user', { hint: 'list who there is: `ec users list`' })
    },
  }
}

/** One for each browser and hour, however often the button is pressed. */
function callForHelp(operator: string, report: BrowserReport): EventInput & { readonly id: string } {
  const { userId, browser, userAgent, checks, receivedAt } = report
  const failed = checks.filter(({ status }) => status === 'fail').map(({ code }) => code)
  const found = failed.length === 0 ? 'No check fails there.' : `These checks fail there: ${failed.join(', ')}.`
  return {
    id: `evt_help-${browser}-${new Date(receivedAt).toISOString().slice(0, 13)}`,
    user_id: operator,
    type: 'system.alert',
    level: 'warning',
    title: `${userId} asks for help with notifications`,
    body: `On ${nameBrowser(userAgent)}. ${found}\n\`ec doctor --user ${userId}\` tells more.`,
    service: 'ec',
    collapse_key: `help:${userId}`,
    data: { user: userId, browser, failed },
  }
}
