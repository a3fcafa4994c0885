import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { budgetOf, perMinute } from '#ec/core/call-budget.js'
import { CallBudgets } from '#ec/core/call-budgets.js'
import { FakeClock } from '../../support/fake-clock.ts'
import { runs } from '../../support/long.ts'

const events = { provider: 'google-calendar', operation: 'events.list', account: 'a1' }

describe('the budget of a request', () => {
  it.each([
    ['google-calendar', 'events.list', 'Google Calendar', 600],
    ['google-calendar', 'channels.stop', 'Google Calendar', 600],
    ['gmail', 'messages.get', 'Gmail', 3000],
    ['gmail', 'subscriptions.pull', 'Pub/Sub', null],
    ['google', 'topics.create', 'Pub/Sub', null],
    ['github', 'hooks.create', 'github', null],
  ])('of %s, %s is that of %s', (provider, operation, name, limitPerMinute) => {
    expect(budgetOf({ provider, operation })).toMatchObject({ name, limitPerMinute })
  })

  it('stays under the own limit of the service', () => {
    for (const provider of ['google-calendar', 'gmail']) {
      const { rate, limitPerMinute } = budgetOf({ provider, operation: 'events.list' })
      expect(perMinute(rate)).toBeLessThanOrEqual(((limitPerMinute ?? 0) * 5) / 6)
    }
  })
})

describe('what is used of a budget', () => {
  it('never goes over the limit of the service in any minute, however it is asked', () => {
    const steps = fc.array(fc.tuple(fc.nat(5000), fc.nat(80)), { maxLength: 120 })
    fc.assert(
      fc.property(steps, history => {
        const clock = new FakeClock()
        const budgets = new CallBudgets(clock)
        const sent: number[] = []
        for (const [wait, asks] of history) {
          clock.advance(wait)
          for (let i = 0; i < asks; i++) if (budgets.take(events) === 0) sent.push(clock.monotonic())
        }
        for (const [i, at] of sent.entries()) {
          const within = sent.slice(i).findIndex(later => later - at >= 60_000)
          expect(within === -1 ? sent.length - i : within).toBeLessThanOrEqual(500)
        }
      }),
      { numRuns: runs(60) },
    )
  })

  it('is the last minute, of each account and service by itself', () => {
    const clock = new FakeClock()
    const budgets = new CallBudgets(clock)
    budgets.take(events)
    clock.advance(30_000)
    budgets.take(events)
    budgets.take({ ...events, account: 'a2' })
    budgets.take({ provider: 'gmail', operation: 'subscriptions.pull', account: 'a1' })
    const used = () => budgets.uses().map(({ budget, account, used: calls }) => [budget, account, calls])
    expect(used()).toEqual([
      ['Google Calendar', 'a1', 2],
      ['Google Calendar', 'a2', 1],
      ['Pub/Sub', 'a1', 1],
    ])
    clock.advance(30_000)
    expect(used()[0]).toEqual(['Google Calendar', 'a1', 1])
    clock.advance(3_600_000)
    expect(used()[0]).toEqual(['Google Calendar', 'a1', 0])
    budgets.take(events)
    expect(used()[0]).toEqual(['Google Calendar', 'a1', 1])
  })

  it('says how long one has to wait', () => {
    const clock = new FakeClock()
    const budgets = new CallBudgets(clock)
    for (let i = 0; i < 50; i++) expect(budgets.take(events)).toBe(0)
    expect(budgets.take(events)).toBe(134)
    budgets.waited(events, 134)
    expect(budgets.uses()[0]).toMatchObject({
      used: 50,
      perMinute: 500,
      waits: 1,
      waitedMs: 134,
      lastWaitAt: clock.now(),
    })
  })

  it('is not counted where there is none', () => {
    const budgets = new CallBudgets(new FakeClock(), () => null)
    for (let i = 0; i < 10_000; i++) expect(budgets.take(events)).toBe(0)
    expect(budgets.uses()).toEqual([])
  })
})
