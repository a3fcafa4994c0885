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
  const tight = uses.filter(use => hasWaited(use, now) || use.used >= NEARLY * use.perMinute)
  const told = tight.map(use => {
    const waits = hasWaited(use, now) ? `, waited ${use.waits} times since the start` : ''
    return `${sayUse(use, nameOf)}${waits}`
  })
  if (told.length > 0) return judge('calls.budget', 'warn', told.join('; '))
  const [most] = uses.filter(({ used }) => used > 0).toSorted((a, b) => b.used / b.perMinute - a.used / a.perMinute)
  return judge('calls.budget', 'ok', most === undefined ? null : sayUse(most, nameOf))
}

function hasWaited({ lastWaitAt }: BudgetUse, now: number): boolean {
  return lastWaitAt !== null && now - lastWaitAt < RECENT_MS
}

function sayUse({ budget, account, used, perMinute }: BudgetUse, nameOf: (account: string) => string): string {
  const whose = account === '' ? '' : ` of ${nameOf(account)}`
  return `${budget}${whose}: ${used} of ${perMinute} calls in the last minute`
}
