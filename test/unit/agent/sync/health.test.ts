import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DISABLE_AT, judgeHealth, SUSPEND_AT, type Evidence, type Health } from '#ec/agent/sync/health.js'
import { HEALTH_STATES } from '#ec/core/resource.js'

const refused = (code: 'EC_PROVIDER' | 'EC_NOT_WATCHABLE' = 'EC_PROVIDER', covered = false): Evidence => ({
  type: 'refused',
  code,
  covered,
})

const TABLE: readonly [string, Health, Evidence, Health][] = [
  [
    'a proof makes a new one healthy',
    { state: 'starting', failureCount: 0 },
    { type: 'proved' },
    { state: 'healthy', failureCount: 0 },
  ],
  [
    'a proof forgets no failure',
    { state: 'degraded', failureCount: 3 },
    { type: 'proved' },
    { state: 'healthy', failureCount: 3 },
  ],
  [
    'a quiet one stays so by a proof',
    { state: 'quiet', failureCount: 0 },
    { type: 'proved' },
    { state: 'quiet', failureCount: 0 },
  ],
  [
    'an announcement ends the quiet',
    { state: 'quiet', failureCount: 0 },
    { type: 'announced' },
    { state: 'healthy', failureCount: 0 },
  ],
  [
    'the first announcement after failures takes one off',
    { state: 'suspended', failureCount: 5 },
    { type: 'announced' },
    { state: 'healthy', failureCount: 4 },
  ],
  [
    'the next one takes all',
    { state: 'healthy', failureCount: 4 },
    { type: 'announced' },
    { state: 'healthy', failureCount: 0 },
  ],
  [
    'silence with nothing behind it is quiet (pitfall 10)',
    { state: 'healthy', failureCount: 2 },
    { type: 'silent' },
    { state: 'quiet', failureCount: 0 },
  ],
  [
    'what was missed is a failure',
    { state: 'healthy', failureCount: 0 },
    { type: 'missed' },
    { state: 'degraded', failureCount: 1 },
  ],
  [
    'the fifth in a row suspends',
    { state: 'healthy', failureCount: 4 },
    { type: 'missed' },
    { state: 'suspended', failureCount: 5 },
  ],
  [
    'the tenth disables',
    { state: 'suspended', failureCount: 9 },
    { type: 'unproved' },
    { state: 'disabled', failureCount: 10 },
  ],
  [
    'a refusal leaves a new one starting',
    { state: 'starting', failureCount: 0 },
    refused(),
    { state: 'starting', failureCount: 1 },
  ],
  [
    'a refusal without cover degrades',
    { state: 'healthy', failureCount: 0 },
    refused(),
    { state: 'degraded', failureCount: 1 },
  ],
  [
    'a refusal while the old one delivers costs no health',
    { state: 'healthy', failureCount: 4 },
    refused('EC_PROVIDER', true),
    { state: 'healthy', failureCount: 4 },
  ],
  [
    'what never can be watched is disabled (pitfall 13)',
    { state: 'starting', failureCount: 0 },
    refused('EC_NOT_WATCHABLE'),
    { state: 'disabled', failureCount: 0 },
  ],
  [
    'a new beginning forgets everything',
    { state: 'disabled', failureCount: 12 },
    { type: 'began' },
    { state: 'starting', failureCount: 0 },
  ],
]

describe('the health of a subscription', () => {
  it.each(TABLE)('%s', (_, before, evidence, after) => {
    expect(judgeHealth(before, evidence)).toMatchObject(after)
  })

  it('tells once that it was given up', () => {
    const last = judgeHealth({ state: 'suspended', failureCount: 9 }, { type: 'missed' })
    expect(last.givenUp).toBe(true)
    expect(judgeHealth(last, { type: 'missed' }).givenUp).toBe(false)
    expect(judgeHealth({ state: 'starting', failureCount: 0 }, refused('EC_NOT_WATCHABLE')).givenUp).toBe(false)
  })

  it('ends one that proves itself and then tells nothing, again and again', () => {
    let health: Health = { state: 'starting', failureCount: 0 }
    const seen: string[] = []
    for (let n = 0; n < DISABLE_AT; n += 1) {
      health = judgeHealth(health, { type: 'proved' })
      health = judgeHealth(health, { type: 'missed' })
      seen.push(health.state)
    }
    expect(seen.indexOf('suspended')).toBe(SUSPEND_AT - 1)
    expect(health.state).toBe('disabled')
  })

  it('is suspended and disabled by the count alone, whatever comes', () => {
    const evidence = fc.constantFrom<Evidence>(
      { type: 'proved' },
      { type: 'announced' },
      { type: 'silent' },
      { type: 'missed' },
      { type: 'unproved' },
      refused(),
      refused('EC_PROVIDER', true),
      { type: 'began' },
    )
    fc.assert(
      fc.property(fc.array(evidence, { maxLength: 60 }), all => {
        let health: Health = { state: 'starting', failureCount: 0 }
        for (const one of all) {
          const { givenUp, ...after } = judgeHealth(health, one)
          expect(HEALTH_STATES).toContain(after.state)
          expect(after.failureCount - health.failureCount).toBeLessThanOrEqual(1)
          if (after.state === 'disabled') expect(after.failureCount).toBeGreaterThanOrEqual(DISABLE_AT)
          if (one.type === 'silent' && after.state === 'quiet') expect(after.failureCount).toBe(0)
          expect(givenUp).toBe(after.state === 'disabled' && health.state !== 'disabled')
          health = after
        }
      }),
    )
  })
})
