import { ERROR_CODES, type ErrorCode } from '../../core/error-codes.ts'
import { EcError, toEcError } from '../../core/errors.ts'

/** An error as it crosses a thread: only ours keep their code. */
export interface PlainError {
  readonly code: string
  readonly message: string
  readonly hint: string
}

/** How long a sender should wait after the disk refused. */
export const RETRY_AFTER_MS = 2000

export function toPlainError(thrown: unknown): PlainError {
  const { code, message, hint } = toEcError(thrown)
  return { code, message, hint }
}

/** The error that a thread told of. */
export function reviveError({ code, message, hint }: PlainError): EcError {
  const known: ErrorCode = isErrorCode(code) ? code : 'EC_INTERNAL'
  const later = known === 'EC_STORAGE_FULL' || known === 'EC_STORAGE_FAILED'
  return new EcError(known, message, { hint, ...(later ? { retryAfterMs: RETRY_AFTER_MS } : {}) })
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code)
}
