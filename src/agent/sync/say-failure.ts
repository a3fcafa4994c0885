import { ERROR_CODES, type ErrorCode } from '../../core/error-codes.ts'
import type { Account } from '../../core/account.ts'
import { signInAgain } from './sign-in-again.ts'

/** What a stored failure of a read is, in words. */
export function sayFailure(code: string): string {
  return isErrorCode(code) ? ERROR_CODES[code].title : code
}

/** What a person does about it; where it mends itself, what tells more. */
export function nextAfter(code: string, account: Pick<Account, 'family' | 'address'> | null): string {
  switch (code) {
    case 'EC_SCOPE_MISSING':
    case 'EC_ACCOUNT_SIGNED_OUT':
      return signInAgain(account)
    case 'EC_API_DISABLED':
      return '`ec doctor` names the page on which it is enabled'
    default:
      return 'ec calls'
  }
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code)
}
