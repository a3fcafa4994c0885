/** What a service refuses, in the words that the real one uses. */
export interface ErrorParts {
  readonly reason: string
  readonly message: string
  /** `global` unless told otherwise. */
  readonly domain?: string
  readonly location?: string
  readonly locationType?: 'parameter' | 'header'
  /** As gRPC calls it; only newer services send it. */
  readonly rpc?: string
  readonly retryAfterS?: number
}

/** A refusal; the shape of its body is the service's own (`errorBody`). */
export class ApiError extends Error {
  readonly status: number
  readonly parts: ErrorParts

  constructor(status: number, parts: ErrorParts) {
    super(parts.message)
    this.name = 'ApiError'
    this.status = status
    this.parts = parts
  }
}

export function badRequest(message: string, location?: string, reason = 'invalid'): ApiError {
  const at = location === undefined ? {} : { location, locationType: 'parameter' as const }
  return new ApiError(400, { reason, message, rpc: 'INVALID_ARGUMENT', ...at })
}

export function notFound(message = 'Not Found'): ApiError {
  return new ApiError(404, { reason: 'notFound', message, rpc: 'NOT_FOUND' })
}

export function forbidden(message: string, reason = 'forbidden'): ApiError {
  return new ApiError(403, { reason, message, rpc: 'PERMISSION_DENIED' })
}

/** How the services write an error: Calendar's elder form, Gmail's with a status, Pub/Sub's with that alone, OAuth's own. */
export type ErrorStyle = 'calendar' | 'gmail' | 'pubsub' | 'oauth'

export function errorBody({ status, parts }: ApiError, style: ErrorStyle): unknown {
  const { reason, message, domain = 'global', location, locationType, rpc } = parts
  if (style === 'oauth') return { error: reason, error_description: message }
  if (style === 'pubsub') return { error: { code: status, message, status: rpc ?? 'UNKNOWN', ...errorInfo(reason) } }
  const at = location === undefined ? {} : { locationType, location }
  const errors = [{ domain, reason, message, ...at }]
  const state = style === 'gmail' ? { status: rpc ?? 'UNKNOWN' } : {}
  return { error: { errors, code: status, message, ...state } }
}

/** As newer services say why (https://cloud.google.com/apis/design/errors#error_info). */
function errorInfo(reason: string) {
  const known = REASONS.get(reason)
  if (known === undefined) return {}
  return { details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: known, domain: 'googleapis.com' }] }
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['accessNotConfigured', 'SERVICE_DISABLED'],
  ['insufficientPermissions', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'],
])
