import { cleanLine } from '../../core/clean-text.ts'
import { EcError, type EcErrorOptions } from '../../core/errors.ts'
import type { ErrorCode } from '../../core/error-codes.ts'
import { peek, peekList, peekString } from '../../core/peek.ts'
import { parseRetryAfter } from '../../core/retry.ts'

/** An answer of a Google API that is no success. */
export interface GoogleRefusal {
  /** As Google's reference calls the request: `events.list`. */
  readonly operation: string
  readonly status: number
  /** The header, where it came. */
  readonly retryAfter: string | null
  /** As it came: JSON of either form, HTML of something in between, or nothing. */
  readonly body: string
  /** ms since 1970, by the clock of whoever answered. */
  readonly now: number
}

/**
 * What a refusal means for us, by its reasons before its status: Google answers 403 to a full quota as well as to a
 * missing right, and the two want opposite things. `details` holds `google_status`, `google_reason` (the first of its
 * reasons, '' when it gave none) and `google_location` (the parameter it points at), for callers to whom a 404 or a 410
 * means something of its own. Total.
 * https://developers.google.com/workspace/calendar/api/guides/errors
 */
export function readGoogleError(refusal: GoogleRefusal): EcError {
  const { operation, status, now } = refusal
  const error = peek(parse(refusal.body), 'error')
  const reasons = reasonsOf(error)
  const said = cleanLine(peekString(error, 'message') || (typeof error === 'string' ? error : ''), MAX_SAID)
  const { code, ...how } = judge(status, new Set(reasons), error)
  const asked = parseRetryAfter(refusal.retryAfter, now)
  const retryAfterMs = asked ?? how.retryAfterMs
  const what = `google answered ${operation} with ${status}${said === '' ? '' : `: ${said}`}`
  return new EcError(code, what, {
    ...how,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    details: {
      google_status: status,
      google_reason: reasons[0] ?? '',
      google_location: cleanLine(peekString(peekList(error, 'errors')[0], 'location'), 80),
    },
  })
}

const MAX_SAID = 240
const MINUTE_MS = 60_000

interface Judgement extends Pick<EcErrorOptions, 'category' | 'status' | 'hint' | 'retryAfterMs'> {
  readonly code: ErrorCode
}

/** The quotas are counted by the minute, so a minute is what to wait when Google names no time. */
const RATE = [
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'quotaExceeded',
  'RATE_LIMIT_EXCEEDED',
  'RESOURCE_EXHAUSTED',
]
const DAILY = ['dailyLimitExceeded', 'dailyLimitExceededUnreg']
const SCOPE = ['insufficientPermissions', 'insufficientScopes', 'insufficient_scope', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT']
const DISABLED = ['accessNotConfigured', 'SERVICE_DISABLED']
const POLICY = ['domainPolicy', 'ORG_RESTRICTION_VIOLATION', 'ORG_POLICY_VIOLATION']
const ADDRESS = ['webhookUrlUnauthorized', 'push.webhookUrlUnauthorized']
const EXPIRED = ['fullSyncRequired', 'updatedMinTooLongAgo']

function judge(status: number, reasons: ReadonlySet<string>, error: unknown): Judgement {
  const isAny = (known: readonly string[]): boolean => known.some(reason => reasons.has(reason))
  // A 401 of a watch may be about the address that it names, and not about who asks.
  if (status === 401 && !isAny(ADDRESS)) return { code: 'EC_ACCOUNT_SIGNED_OUT' }
  if (isAny(DAILY)) return { code: 'EC_RATE_LIMITED', retryAfterMs: 60 * MINUTE_MS }
  if (status === 429 || isAny(RATE)) return { code: 'EC_RATE_LIMITED', retryAfterMs: MINUTE_MS }
  if (isAny(SCOPE)) return { code: 'EC_SCOPE_MISSING' }
  if (isAny(DISABLED)) return { code: 'EC_API_DISABLED', hint: `enable it at ${consoleOf(error)}` }
  if (isAny(POLICY)) return { code: 'EC_ORG_POLICY' }
  if (isAny(['pushNotSupportedForRequestedResource'])) return { code: 'EC_NOT_WATCHABLE' }
  if (isAny(EXPIRED)) return { code: 'EC_CURSOR_EXPIRED' }
  if (status === 404 || status === 410) return { code: 'EC_TARGET_GONE' }
  // Theirs to mend: backendError, internalError, and what a proxy between us says in its place.
  if (status >= 500 || status === 408) return { code: 'EC_PROVIDER', category: 'unreachable', status: 503 }
  return { code: 'EC_PROVIDER' }
}

/** Of the elder form `errors[].reason`, of the newer one `details[].reason` and `status`, of OAuth's `error` itself. */
function reasonsOf(error: unknown): readonly string[] {
  if (typeof error === 'string') return [cleanLine(error, MAX_REASON)]
  const listed = [...peekList(error, 'errors'), ...peekList(error, 'details')].map(one => peekString(one, 'reason'))
  return [...listed, peekString(error, 'status')]
    .filter(reason => reason !== '')
    .map(reason => cleanLine(reason, MAX_REASON))
}

const MAX_REASON = 80

/** Where a person enables the API: the newer form carries the address, the elder one has it in its words. */
function consoleOf(error: unknown): string {
  const activation = peekList(error, 'details').map(one => peekString(one, 'metadata', 'activationUrl'))
  const help = peekList(error, 'errors').map(one => peekString(one, 'extendedHelp'))
  const said = CONSOLE_LINK.exec(peekString(error, 'message'))?.[0] ?? ''
  return [...activation, ...help, said].find(url => CONSOLE_URL.test(url)) ?? CONSOLE
}

const CONSOLE = 'https://console.cloud.google.com/apis/library'
const CONSOLE_LINK = /https:\/\/console\.(?:cloud|developers)\.google\.com\/[^\s"'<>]{1,300}/
const CONSOLE_URL = /^https:\/\/console\.(?:cloud|developers)\.google\.com\/[^\s"'<>]{1,300}$/

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
