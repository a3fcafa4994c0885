import type { BudgetUse } from '../../core/call-budget.ts'
import { judge, type CheckResult } from '../../core/check.ts'

/** What is told of waits: those of the last minutes. */
const RECENT_MS = 10 * 60_000
/** From there on the rest of a budget is told of before it is gone. */
const NEARLY = 0.8

/** Whether an account is near what it may ask for, or had to wait for it. `nameOf`: its address. */
export function checkBudgets(
  uses: readonly BudgetUse[],
  now: number,
  nameOf: (account: string) => string,
): CheckResult {
  const told = uses.flatMap(use => {
    const waited = use.lastWaitAt !== null && now - use.lastWaitAt < RECENT_MS
    if (!waited && use.used < NEARLY * use.perMinute) return []
    const waits = waited ? `, waited ${use.waits} times since the start` : ''
    return [`${use.budget} of ${nameOf(use.account)}: ${use.used} of ${use.perMinute} calls in the last minute${waits}`]
  })
  if (told.length === 0) return judge('calls.budget', 'ok')
  return judge('calls.budget', 'warn', told.join('; '))
}
