import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { modeOf } from '#ec/agent/sync/mode.js'
import { lookAhead, PROOF_MS, renewalAt, type SyncTimes } from '#ec/agent/sync/next-look.js'
import type { Situation } from '#ec/agent/sync/situation.js'
import type { SyncPass } from '#ec/core/sync.js'
import { anAccount, T0 } from '../../../support/store-samples.ts'
import { aSituation, aSubscription } from '../../../support/situation.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const TIMES: SyncTimes = { pollMs: 15 * MINUTE, fallbackMs: HOUR, fallbackMaxMs: 2 * HOUR, silenceMs: 6 * HOUR }

const look = (situation: Situation, now: number, awakeSince = T0) =>
  lookAhead(situation, modeOf(situation, now), TIMES, { now, awakeSince })

/** When the first duty of a type falls due, looking again each time that it says so. */
function firstDue(situation: Situation, type: string, from = T0 + 2000): number {
  let now = from
  for (let n = 0; n < 10_000; n += 1) {
    const { due, at } = look(situation, now)
    if (due.some(duty => duty.type === type)) return now
    if (at === null) throw new Error('it is never due')
    // Other duties are done meanwhile, and change nothing of this one.
    now = at > now ? at : now + MINUTE / 6
  }
  throw new Error('it is looked at for ever')
}

function aPass(): SyncPass {
  const counts = { pages: 1, read: 1, changed: 0, expected: null, missedAt: null }
  const begun = { type: 'webhook', cause: 'webhook', phase: 'read', seq: 1, through: null, startedAt: T0 } as const
  return { ...begun, page: 'p2', generation: 1, cursor: null, ...counts }
}

describe('a resource that is told of changes', () => {
  it('is probed after six hours of silence, give or take a quarter', () => {
    const at = firstDue(aSituation(), 'read')
    const since = T0 + 1000
    expect(at).toBeGreaterThanOrEqual(since + 4.5 * HOUR)
    expect(at).toBeLessThanOrEqual(since + 7.5 * HOUR)
    expect(look(aSituation(), at).due).toEqual([{ type: 'read', cause: 'probe', full: false }])
  })

  it('is read once more after a read that a stop cut short, and no third time', () => {
    const pass = { ...aPass(), startedAt: T0 + HOUR - 1 }
    const cut = aSituation({ state: { pass, job: 'job_1', asked: null } })
    const after = { type: 'read', cause: 'probe', full: false, after: 'pass' }
    expect(look(cut, T0 + HOUR, T0 + HOUR).due).toEqual([after])
    const asked = { cause: 'probe', full: false } as const
    expect(
      look(aSituation({ state: { ...cut.state, asked, lastSyncAt: T0 + HOUR } }), T0 + HOUR, T0 + HOUR).due,
    ).toEqual([])
    const fresh = { ...cut.state, pass: { ...pass, startedAt: T0 + HOUR }, lastSyncAt: T0 + HOUR }
    expect(look(aSituation({ state: fresh }), T0 + HOUR, T0 + HOUR).due).toEqual([])
  })

  it('is read once a day while it is quiet, and not at each silence', () => {
    const at = firstDue(aSituation({ resource: { state: 'quiet' } }), 'read')
    expect(at).toBeGreaterThan(T0 + 21 * HOUR)
    expect(at).toBeLessThanOrEqual(T0 + 1000 + DAY)
  })

  it('is renewed before a fifth of its life is left (pitfall 54: at instants of their own)', () => {
    const quiet = aSituation({ resource: { state: 'quiet' }, state: { lastSyncAt: T0 + 6 * DAY } })
    const at = firstDue(quiet, 'subscribe')
    expect(at).toBeGreaterThan(T0 + 7 * DAY * 0.7 - 1)
    expect(at).toBeLessThanOrEqual(T0 + 7 * DAY * 0.8)
    const instants = Array.from({ length: 50 }, (_, n) => renewalAt(aSubscription({ id: `sub-${n}` })))
    expect(new Set(instants.map(one => Math.round(one / HOUR))).size).toBeGreaterThan(10)
  })

  it('is renewed each day where the service wants it so (pitfall 63)', () => {
    const at = renewalAt(aSubscription(), DAY)
    expect(at).toBeGreaterThan(T0 + 0.9 * DAY - 1)
    expect(at).toBeLessThanOrEqual(T0 + DAY)
  })

  it('is not relied upon when its end was never told', () => {
    expect(renewalAt(aSubscription({ expiresAt: null }))).toBe(T0 + HOUR)
  })

  it('is doubted when nothing proves it in its time', () => {
    const situation = aSituation({ resource: { state: 'starting' }, subscription: { verifiedAt: null } })
    expect(firstDue(situation, 'doubt')).toBe(T0 + PROOF_MS)
  })

  it('is read once after a start or a sleep, soon, and not all at once (pitfall 56)', () => {
    const woke = T0 + 5 * HOUR
    const instants = Array.from({ length: 40 }, (_, n) => {
      const situation = aSituation({ resource: { id: `r${n}` } })
      const { at } = look(situation, woke, woke)
      return at ?? Infinity
    })
    expect(Math.min(...instants)).toBeGreaterThanOrEqual(woke)
    expect(Math.max(...instants)).toBeLessThanOrEqual(woke + 30_000)
    expect(new Set(instants).size).toBeGreaterThan(30)
    // What was read since is not read again.
    const read = aSituation({ state: { lastSyncAt: woke + 1000 } })
    expect(look(read, woke + MINUTE, woke).due).toEqual([])
  })
})

describe('a resource that is polled', () => {
  it('is read at the pace of polling where nothing will ever tell', () => {
    const at = firstDue(aSituation({ webhooks: 'off', subscription: null }), 'read')
    expect(at - T0 - 1000).toBeGreaterThanOrEqual(15 * MINUTE)
    expect(at - T0 - 1000).toBeLessThanOrEqual(15 * MINUTE * 1.25)
  })

  it.each([
    [1, 1.2],
    [3, 1.6],
    [5, 2],
    [9, 2],
  ])('is read after %i failures every %f hours in fallback, and a little', (failureCount, hours) => {
    const state = failureCount >= 5 ? 'suspended' : 'degraded'
    const situation = aSituation({
      resource: { state },
      state: { failureCount },
      tried: aSubscription({ createdAt: T0 + 30 * DAY }),
    })
    const at = firstDue(situation, 'read') - T0 - 1000
    expect(at).toBeGreaterThanOrEqual(hours * HOUR - 1)
    expect(at).toBeLessThanOrEqual(hours * HOUR * 1.25)
  })

  it.each([
    [1, 'degraded', MINUTE],
    [2, 'degraded', 5 * MINUTE],
    [3, 'degraded', 15 * MINUTE],
    [4, 'degraded', 30 * MINUTE],
    [5, 'suspended', 6 * HOUR],
    [9, 'suspended', 6 * HOUR],
  ] as const)('asks for a subscription again after %i failures (%s)', (failureCount, state, wait) => {
    const triedAt = T0 + HOUR
    const situation = aSituation({
      subscription: null,
      resource: { state },
      state: { failureCount },
      tried: aSubscription({ createdAt: triedAt }),
    })
    const at = firstDue(situation, 'subscribe', triedAt + 1)
    expect(at - triedAt).toBeGreaterThanOrEqual(wait)
    expect(at - triedAt).toBeLessThanOrEqual(wait * 1.2 + MINUTE / 6)
  })

  it('asks for another when a person wanted one and it was refused, though the old one is there', () => {
    const situation = aSituation({
      resource: { state: 'starting' },
      state: { failureCount: 1 },
      tried: aSubscription({ createdAt: T0 + HOUR }),
    })
    expect(firstDue(situation, 'subscribe', T0 + HOUR + 1) - T0 - HOUR).toBeLessThanOrEqual(2 * MINUTE)
  })

  it('is asked for once a day where it never can be watched (pitfall 13)', () => {
    const situation = aSituation({ subscription: null, resource: { state: 'disabled' } })
    const at = firstDue(situation, 'subscribe')
    expect(at - T0).toBeGreaterThanOrEqual(DAY)
    expect(at - T0).toBeLessThanOrEqual(1.1 * DAY + MINUTE)
  })

  it('is never asked for again once it was given up', () => {
    const situation = aSituation({ subscription: null, resource: { state: 'disabled' }, state: { failureCount: 10 } })
    expect(() => firstDue(situation, 'subscribe')).toThrow('for ever')
  })

  it('is asked for soon where the address has changed', () => {
    const situation = aSituation({ address: 'https://new.example.org/webhooks/shelf/r1', state: { failureCount: 7 } })
    expect(firstDue(situation, 'subscribe') - T0).toBeLessThanOrEqual(2 * MINUTE)
  })

  it('stops what delivers when webhooks are switched off', () => {
    expect(look(aSituation({ webhooks: 'off' }), T0 + HOUR).due).toContainEqual({ type: 'unwatch' })
    expect(look(aSituation({ webhooks: 'off', subscription: null }), T0 + HOUR).due).not.toContainEqual({
      type: 'unwatch',
    })
  })
})

describe('whatever the situation', () => {
  it('nothing is looked at for ever without something being due, and what is due is due now', () => {
    const situations = fc.record({
      state: fc.constantFrom('starting', 'healthy', 'quiet', 'degraded', 'suspended', 'disabled'),
      failureCount: fc.integer({ min: 0, max: 12 }),
      webhooks: fc.constantFrom('on', 'off', 'off_here'),
      paused: fc.boolean(),
      hasSubscription: fc.boolean(),
      expiresIn: fc.option(fc.integer({ min: -DAY, max: 8 * DAY })),
      verified: fc.boolean(),
      lastSync: fc.option(fc.integer({ min: 0, max: 3 * DAY })),
      held: fc.boolean(),
      error: fc.constantFrom(null, 'EC_PROVIDER', 'EC_TARGET_GONE'),
      at: fc.integer({ min: 0, max: 9 * DAY }),
    })
    fc.assert(
      fc.property(situations, one => {
        const now = T0 + one.at + (one.lastSync ?? 0)
        const situation = aSituation({
          resource: { state: one.state, paused: one.paused },
          webhooks: one.webhooks,
          subscription: one.hasSubscription
            ? { expiresAt: one.expiresIn === null ? null : now + one.expiresIn, verifiedAt: one.verified ? T0 : null }
            : null,
          state: {
            failureCount: one.failureCount,
            lastSyncAt: one.lastSync === null ? null : T0 + one.lastSync,
            error: one.error,
            errorAt: one.error === null ? null : T0,
            heldDeletion: one.held ? { gone: 20, of: 20, confirmed: false } : null,
          },
        })
        const { due, at } = look(situation, now)
        expect(at === null).toBe(one.paused)
        if (one.paused) {
          expect(due).toEqual([])
          return
        }
        expect(at).toBeGreaterThanOrEqual(now)
        // Whatever is read is read within a day, and a little for what is looked for once a day.
        expect(at).toBeLessThanOrEqual(now + 1.25 * DAY)
        expect(due.length > 0).toBe(at === now)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a consent that was given anew', () => {
  const failed = { error: 'EC_SCOPE_MISSING', errorAt: T0 + 1000, failureCount: 1 }
  const signedIn = (grantedAt: number) =>
    aSituation({
      account: anAccount({ grantedAt }),
      state: failed,
      subscription: null,
      resource: { state: 'starting' },
    })

  it('is a reason to try at once what failed under the old one', () => {
    const { due } = look(signedIn(T0 + 2000), T0 + 2000)
    expect(due.map(({ type }) => type).toSorted()).toEqual(['read', 'subscribe'])
  })

  it('is none when it is older than the failure', () => {
    expect(look(signedIn(T0), T0 + 2000).due).toEqual([])
  })
})
