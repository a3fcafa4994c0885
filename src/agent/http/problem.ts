import { ERROR_CODES } from '../../core/error-codes.ts'
import type { EcError } from '../../core/errors.ts'

const PROBLEM_TYPE = 'application/problem+json'

/** An error as RFC 9457 tells it; extra members come from `details`. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly hint: string
  readonly [member: string]: unknown
}

/** `EC_INTERNAL` says nothing of what happened inside: that stands in the log. */
export function toProblem(error: EcError): Problem {
  const { code, status, hint } = error
  const { title } = ERROR_CODES[code]
  const detail = code === 'EC_INTERNAL' ? 'something went wrong inside ec; its log says what' : error.message
  return { ...error.details, type: `urn:eventcenter:error:${code}`, title, status, detail, code, hint }
}

/** The headers that belong to the error itself. */
export function problemHeaders(error: EcError): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': PROBLEM_TYPE }
  const wait = error.retryAfterMs ?? DEFAULT_WAIT_MS[error.status]
  if (wait !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(wait / 1000)))
  const allow = error.details['allow']
  if (error.status === 405 && Array.isArray(allow)) headers['allow'] = allow.join(', ')
  if (error.status === 401 && error.code === 'EC_UNAUTHENTICATED') headers['www-authenticate'] = 'Bearer realm="ec"'
  return headers
}

/** A sender that is told to come back is always told when. */
const DEFAULT_WAIT_MS: Readonly<Record<number, number>> = { 429: 1_000, 503: 5_000 }
