import { describe, expect, it } from 'vitest'
import { modeOf } from '#ec/agent/sync/mode.js'
import { anAccount, T0 } from '../../../support/store-samples.ts'
import { aSituation, aSubscription } from '../../../support/situation.ts'

const NOW = T0 + 3_600_000

type Parts = Parameters<typeof aSituation>[0]

const TABLE: readonly [string, Parts, string, string, string | null][] = [
  ['an active and healthy subscription is relied upon', {}, 'webhook', 'never', null],
  ['so is a quiet one', { resource: { state: 'quiet' } }, 'webhook', 'never', null],
  ['what is paused is not read', { resource: { paused: true } }, 'none', 'never', 'ec resources resume r1'],
  [
    'nothing is asked of an account that is signed out (pitfall 85)',
    { account: anAccount({ state: 'action_required', reason: 'EC_ACCOUNT_SIGNED_OUT' }) },
    'none',
    'never',
    `ec setup ${anAccount().family} --account ${anAccount().address}`,
  ],
  ['nothing is read without its account', { account: null }, 'none', 'never', 'ec setup google'],
  ['switched off for all, it is polled', { webhooks: 'off' }, 'polling', 'poll', 'ec features on webhooks'],
  [
    'switched off for it alone, it is polled',
    { webhooks: 'off_here' },
    'polling',
    'poll',
    'ec features on webhooks:r1',
  ],
  ['without an address it is polled', { address: null }, 'polling', 'poll', 'start the agent with'],
  ['what never can be watched is polled (pitfall 13)', { resource: { state: 'disabled' } }, 'polling', 'poll', null],
  [
    'what was given up is polled',
    { resource: { state: 'disabled' }, state: { failureCount: 10 } },
    'polling',
    'fallback',
    'ec resources watch r1',
  ],
  [
    'but tried anew where the address is another',
    {
      resource: { state: 'disabled' },
      state: { failureCount: 10 },
      tried: aSubscription({ address: 'https://old.example.org/' }),
    },
    'polling',
    'fallback',
    null,
  ],
  ['none yet: polled meanwhile', { subscription: null, resource: { state: 'starting' } }, 'polling', 'fallback', null],
  [
    'one that ran out is not relied upon, whatever its health (pitfall 56)',
    { subscription: { expiresAt: NOW } },
    'polling',
    'fallback',
    null,
  ],
  [
    'one that delivers elsewhere is not',
    { address: 'https://new.example.org/webhooks/shelf/r1' },
    'polling',
    'fallback',
    null,
  ],
  [
    'one that nothing has proved is not',
    { resource: { state: 'starting' }, subscription: { verifiedAt: null } },
    'polling',
    'fallback',
    null,
  ],
  [
    'a degraded one is not',
    { resource: { state: 'degraded' }, state: { failureCount: 1 } },
    'polling',
    'fallback',
    null,
  ],
  [
    'a suspended one is not',
    { resource: { state: 'suspended' }, state: { failureCount: 5 } },
    'polling',
    'fallback',
    'ec resources watch r1',
  ],
  [
    'after a read that was given up it is polled',
    { state: { error: 'EC_PROVIDER', errorAt: NOW } },
    'polling',
    'fallback',
    'ec calls',
  ],
  [
    'that a right lacks counts more than that nothing can be delivered',
    { state: { error: 'EC_SCOPE_MISSING', errorAt: NOW }, address: null },
    'polling',
    'poll',
    `ec setup ${anAccount().family} --account ${anAccount().address}`,
  ],
  [
    'an API that is off has a page on which it is enabled',
    { state: { error: 'EC_API_DISABLED', errorAt: NOW } },
    'polling',
    'fallback',
    '`ec doctor` names the page',
  ],
  [
    'what is fed by a stream lacks its setup, and no public URL',
    { address: null, provider: { stream: { keyOf: () => null, run: async () => {} } } },
    'polling',
    'poll',
    `ec setup ${anAccount().family} --account`,
  ],
  [
    'what is gone is looked for once a day',
    { state: { error: 'EC_TARGET_GONE', errorAt: NOW } },
    'polling',
    'daily',
    'ec resources remove r1',
  ],
]

describe('how a resource learns of changes', () => {
  it.each(TABLE)('%s', (_, parts, mode, pace, next) => {
    const verdict = modeOf(aSituation(parts), NOW)
    expect(verdict).toMatchObject({ mode, pace })
    expect(verdict.because).toMatch(/^\S.{8,}[^.]$/)
    if (next === null) expect(verdict.next === null || verdict.next.startsWith('ec ')).toBe(true)
    else expect(verdict.next).toContain(next)
  })

  it('is never told and polled at once: a pace is for polling alone', () => {
    for (const [, parts] of TABLE) {
      const { mode, pace } = modeOf(aSituation(parts), NOW)
      expect(pace === 'never').toBe(mode !== 'polling')
    }
  })

  it('is polled where the service tells of nothing', () => {
    const { provider } = aSituation()
    const { subscriptions: _, ...silent } = provider
    expect(modeOf({ ...aSituation(), provider: silent }, NOW)).toMatchObject({
      mode: 'polling',
      pace: 'poll',
      watch: false,
    })
  })
})
