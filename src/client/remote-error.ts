import { ERROR_CODES, type ErrorCode } from '../core/error-codes.ts'
import { isErrno } from '../core/errno.ts'
import { EcError, type ErrorCategory } from '../core/errors.ts'
import type { Address } from './transport.ts'

/** Members of a problem document that `EcError` has a place of its own for. */
const OWN_MEMBERS = new Set(['type', 'title', 'status', 'detail', 'code', 'hint', 'instance'])

/**
 * The error that an answer tells (a problem document, RFC 9457). A code that this version does not know survives as
 * `details.code` of `EC_REMOTE`; an answer that is no problem document at all is `EC_REMOTE` too.
 */
export function toRemoteError(status: number, text: string, retryAfterMs: number | null): EcError {
  const problem = parseProblem(text)
  const told = stringOf(problem['code'])
  const code = told !== null && isErrorCode(told) ? told : 'EC_REMOTE'
  const members = Object.entries(problem).filter(([name]) => !OWN_MEMBERS.has(name))
  const hint = stringOf(problem['hint']) ?? (told === null ? hintOf(status) : null)
  return new EcError(
    code,
    stringOf(problem['detail']) ?? stringOf(problem['title']) ?? `the agent answered ${status}`,
    {
      status,
      category: categoryOf(code, status),
      details: { ...Object.fromEntries(members), ...(told !== null && code === 'EC_REMOTE' ? { code: told } : {}) },
      ...(hint === null ? {} : { hint }),
      ...(retryAfterMs === null ? {} : { retryAfterMs }),
    },
  )
}

/** The error that a broken or impossible connection is; errors of ours pass through. */
export function toConnectionError(thrown: unknown, address: Address): EcError {
  if (thrown instanceof EcError) return thrown
  const where = 'socket' in address ? address.socket : new URL(address.url).origin
  if (isErrno(thrown, 'ENOENT') || isErrno(thrown, 'ECONNREFUSED')) {
    return new EcError('EC_AGENT_UNREACHABLE', `no agent answers at ${where}`, {
      cause: thrown,
      hint:
        'socket' in address ? 'start one with `ec agent`, or name its data folder with --data-dir' : 'check the URL',
    })
  }
  if (isErrno(thrown, 'EACCES')) {
    return new EcError('EC_AGENT_UNREACHABLE', `the agent at ${where} belongs to another user of this machine`, {
      cause: thrown,
      hint: 'use --url and a key, or run the command as that user',
    })
  }
  if (isErrno(thrown, 'ECONNRESET') || isErrno(thrown, 'EPIPE')) {
    return new EcError('EC_AGENT_UNREACHABLE', `the connection to ${where} broke before the answer was there`, {
      cause: thrown,
      hint: 'look whether it was done, then try again',
    })
  }
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return new EcError('EC_AGENT_UNREACHABLE', `${where} cannot be reached: ${reason}`, {
    cause: thrown,
    hint: 'check the URL',
  })
}

/** Nothing is a mistake on the command line any more once the agent has looked at it. */
function categoryOf(code: ErrorCode, status: number): ErrorCategory {
  const { category } = ERROR_CODES[code]
  if (code !== 'EC_REMOTE') return category === 'usage' ? 'refused' : category
  if (status === 401 || status === 403) return 'config'
  if (status === 404) return 'empty'
  return status === 429 || status >= 503 ? 'unreachable' : 'refused'
}

function hintOf(status: number): string {
  return status >= 500 ? 'try again, and look at the log of the agent' : 'check that the URL is that of an agent'
}

function parseProblem(text: string): Record<string, unknown> {
  try {
    const problem: unknown = JSON.parse(text)
    return typeof problem === 'object' && problem !== null && !Array.isArray(problem) ? { ...problem } : {}
  } catch {
    return {}
  }
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code)
}
