import type { CheckCode } from './check-codes.ts'
import { judge, type CheckResult } from './check.ts'
import { isUnreadable } from './is-unreadable.ts'

/**
 * Checks that read the store. While it cannot be read they are skipped, by these codes, with what it says: of a damaged
 * store all else is to be told all the more.
 */
export async function whileReadable(
  codes: readonly CheckCode[],
  examine: () => Promise<readonly CheckResult[]>,
): Promise<readonly CheckResult[]> {
  try {
    return await examine()
  } catch (error) {
    if (!isUnreadable(error)) throw error
    const { message, hint } = error
    return codes.map(code => judge(code, 'skip', message, hint))
  }
}
