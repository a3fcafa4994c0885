import { ERROR_CODES, type ErrorCode } from './error-codes.ts'

/** What went wrong in kind; the exit code of a command follows from it (`docs/reference/errors.md`). */
export type ErrorCategory = 'failed' | 'usage' | 'config' | 'refused' | 'check' | 'empty' | 'unreachable'

export interface EcErrorOptions {
  /** Instead of the catalogue's: what an answer from afar says of itself. */
  readonly category?: ErrorCategory
  readonly status?: number
  /** The one next step for a person; the catalogue's when not given. */
  readonly hint?: string
  readonly cause?: unknown
  /** Extra members of the problem document (RFC 9457): small, safe to show, never a secret. */
  readonly details?: Readonly<Record<string, unknown>>
  /** How long a sender should wait before it tries again. */
  readonly retryAfterMs?: number
  /** The exit code, where another than the category's is the custom, as 127 for a command that is not there. */
  readonly exit?: number
}

/** An error that a person or a program can act on: a stable code, what happened, and the next step. */
export class EcError extends Error {
  readonly code: ErrorCode
  readonly category: ErrorCategory
  /** The HTTP status that says the same. */
  readonly status: number
  readonly hint: string
  readonly details: Readonly<Record<string, unknown>>
  readonly retryAfterMs: number | undefined
  readonly exit: number | undefined

  constructor(code: ErrorCode, message: string, options: EcErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'EcError'
    const entry = ERROR_CODES[code]
    this.code = code
    this.category = options.category ?? entry.category
    this.status = options.status ?? entry.status
    this.hint = options.hint ?? entry.hint
    this.details = options.details ?? {}
    this.retryAfterMs = options.retryAfterMs
    this.exit = options.exit
  }
}

/** The error itself if it is one of ours, else `EC_INTERNAL` around it. Total: takes whatever was thrown. */
export function toEcError(thrown: unknown): EcError {
  if (thrown instanceof EcError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new EcError('EC_INTERNAL', message, { cause: thrown })
}
