import type { CheckResult } from '../../../core/check.ts'
import type { Dispatcher } from '../dispatcher.ts'

/** The checks of channels that the operator has set up; of the others there is nothing to say. */
export async function checkOutlets(dispatchers: readonly Dispatcher[]): Promise<readonly CheckResult[]> {
  const checks = dispatchers.map(async ({ outlets, checks: check }) => {
    const states = (await outlets?.list()) ?? []
    return states.length === 0 ? [] : check()
  })
  return (await Promise.all(checks)).flat()
}
