import { describe, expect, it } from 'vitest'
import { reportCalls } from '#ec/agent/house/call-report.js'
import { checkBudgets } from '#ec/agent/house/check-budgets.js'
import type { BudgetUse } from '#ec/core/call-budget.js'
import { FakeClock } from '../../../support/fake-clock.ts'
import { anAccount, aResource, T0 } from '../../../support/store-samples.ts'
import { subscription } from '../../../support/sync-view.ts'
import { openTestBackend } from '../../../support/test-backend.ts'

const DAY_MS = 86_400_000

function use(over: Partial<BudgetUse> = {}): BudgetUse {
  const calls = { used: 10, perMinute: 500, limitPerMinute: 600, waits: 0, waitedMs: 0, lastWaitAt: null }
  return { budget: 'Google Calendar', account: 'a1', ...calls, ...over }
}

describe('the report of calls', () => {
  it('tells by account what was asked for and saved, and names the account by its address', async () => {
    const clock = new FakeClock(T0)
    const { store } = await openTestBackend(clock)
    await store.putAccount(anAccount({ id: 'a1' }))
    await store.putAccount(anAccount({ id: 'a2', address: 'bea@example.org' }))
    const calendar = { provider: 'google-calendar', createdAt: T0 - 7 * DAY_MS }
    await store.addResource(aResource({ ...calendar, id: 'r1', source: { accountId: 'a1', target: 'c1' } }))
    await store.addResource(aResource({ ...calendar, id: 'r2', source: { accountId: 'a2', target: 'c2' } }))
    // What is only told of is not read, and saves nothing.
    await store.addResource(aResource({ ...calendar, id: 'r3' }))
    await store.addSubscription(subscription({ resourceId: 'r1' }))
    const call = {
      at: T0 - 1000,
      provider: 'google-calendar',
      operation: 'events.list',
      status: 200,
      ms: 5,
      error: null,
    }
    await store.recordCalls([
      { ...call, account: 'a1', cause: 'webhook', attempt: 1 },
      { ...call, account: 'a1', cause: 'webhook', attempt: 2 },
      { ...call, account: 'a2', cause: 'polling', attempt: 1 },
      { ...call, provider: 'google', account: 'a1', cause: 'auth', attempt: 1 },
    ])
    const report = await reportCalls({ store, clock, budgets: () => [use()] }, T0 - DAY_MS)
    expect(report.accounts).toMatchObject([
      {
        provider: 'google-calendar',
        account: 'a1',
        address: 'anna@example.org',
        reads: 2,
        retries: 1,
        saving: { watched: 1, made: 2, old: { calls: 288 }, honest: { calls: 96 } },
      },
      {
        provider: 'google',
        address: 'anna@example.org',
        setup: 1,
        saving: { watched: 0, old: { savedPercent: null } },
      },
      { provider: 'google-calendar', address: 'bea@example.org', reads: 1, saving: { watched: 1, made: 1 } },
    ])
    expect(report.saving).toMatchObject({ watched: 2, made: 3, old: { calls: 576, savedPercent: (573 / 576) * 100 } })
    expect(report.sync).toMatchObject({ all: { webhook: 0, fallbackPercent: null }, resources: [] })
    expect(report.budgets).toEqual([{ ...use(), address: 'anna@example.org' }])
  })
})

function check(...uses: readonly BudgetUse[]) {
  return checkBudgets(uses, T0, account => `name of ${account}`)
}

describe('the check of budgets', () => {
  it('is well while there is room', () => {
    expect(check(use(), use({ used: 399, account: 'a2' }))).toMatchObject({
      status: 'ok',
      detail: 'Google Calendar of name of a2: 399 of 500 calls in the last minute',
    })
    expect(check(use({ used: 0 }))).not.toHaveProperty('detail')
    expect(check().status).toBe('ok')
    expect(check(use({ waits: 3, lastWaitAt: T0 - 11 * 60_000 })).status).toBe('ok')
  })

  it('warns near the limit, and of what had to wait, by the address of the account', () => {
    expect(check(use({ used: 400 }))).toMatchObject({
      code: 'calls.budget',
      status: 'warn',
      detail: 'Google Calendar of name of a1: 400 of 500 calls in the last minute',
    })
    expect(check(use({ waits: 3, lastWaitAt: T0 - 1000 })).detail).toContain('waited 3 times since the start')
  })
})
