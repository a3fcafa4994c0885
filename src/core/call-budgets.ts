import { LRUCache } from 'lru-cache'
import { budgetOf, perMinute, type BudgetUse, type CallBudget } from './call-budget.ts'
import type { Clock } from './clock.ts'
import { TokenBucket } from './token-bucket.ts'

/** Accounts and services that are remembered; the one that was silent longest is forgotten first. */
const MAX_REMEMBERED = 1_000
const SECONDS = 60

export type BudgetOf = (label: BudgetLabel) => CallBudget | null

interface BudgetLabel {
  readonly provider: string
  readonly operation: string
  readonly account: string
}

interface Use {
  readonly budget: CallBudget
  readonly account: string
  readonly bucket: TokenBucket
  /** Requests by second, the newest minute. */
  readonly counts: number[]
  /** The second that was counted last. */
  second: number
  waits: number
  waitedMs: number
  lastWaitAt: number | null
}

/** The budget of each account at each service: a guard before the service's own limit, and what is used of it. */
export class CallBudgets {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>
  readonly #budgetOf: BudgetOf
  readonly #uses = new LRUCache<string, Use>({ max: MAX_REMEMBERED })

  constructor(clock: Pick<Clock, 'now' | 'monotonic'>, budgets: BudgetOf = budgetOf) {
    this.#clock = clock
    this.#budgetOf = budgets
  }

  /** Takes the right to one request: 0 when there was one, else how many ms until there is. */
  take(label: BudgetLabel): number {
    const now = this.#clock.monotonic()
    const use = this.#useOf(label, now)
    if (use === null) return 0
    const wait = use.bucket.take(now)
    if (wait > 0) return wait
    const second = forget(use, now)
    use.counts[second % SECONDS] = (use.counts[second % SECONDS] ?? 0) + 1
    return 0
  }

  /** A request has waited. */
  waited(label: BudgetLabel, ms: number): void {
    const use = this.#useOf(label, this.#clock.monotonic())
    if (use === null) return
    use.waits += 1
    use.waitedMs += ms
    use.lastWaitAt = this.#clock.now()
  }

  uses(): readonly BudgetUse[] {
    const now = this.#clock.monotonic()
    const uses = [...this.#uses.values()].map(use => {
      forget(use, now)
      const { budget, account, counts, waits, waitedMs, lastWaitAt } = use
      return {
        budget: budget.name,
        account,
        used: counts.reduce((sum, count) => sum + count, 0),
        perMinute: perMinute(budget.rate),
        limitPerMinute: budget.limitPerMinute,
        waits,
        waitedMs,
        lastWaitAt,
      }
    })
    return uses.toSorted((a, b) => a.budget.localeCompare(b.budget) || a.account.localeCompare(b.account))
  }

  #useOf(label: BudgetLabel, now: number): Use | null {
    const budget = this.#budgetOf(label)
    if (budget === null) return null
    const { account } = label
    // Neither has a line feed.
    const key = `${budget.name}\n${account}`
    const known = this.#uses.get(key)
    if (known !== undefined) return known
    const fresh: Use = {
      budget,
      account,
      bucket: new TokenBucket(budget.rate, now),
      counts: Array.from({ length: SECONDS }, () => 0),
      second: Math.floor(now / 1000),
      waits: 0,
      waitedMs: 0,
      lastWaitAt: null,
    }
    this.#uses.set(key, fresh)
    return fresh
  }
}

/** Empties the seconds since the last count; the present one. */
function forget(use: Use, now: number): number {
  const second = Math.floor(now / 1000)
  for (let past = Math.max(use.second + 1, second - SECONDS + 1); past <= second; past++) use.counts[past % SECONDS] = 0
  use.second = Math.max(use.second, second)
  return second
}
