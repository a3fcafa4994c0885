import { describe, expect, it } from 'vitest'
import { nextAttemptAt, parseRetryAfter } from '#ec/core/retry.js'

const policy = { maxAttempts: 4, baseMs: 1000, capMs: 5000 }

describe('nextAttemptAt', () => {
  it.each([
    { attempt: 1, random: 0.5, expected: 500 },
    { attempt: 2, random: 0.5, expected: 1000 },
    { attempt: 3, random: 0.999, expected: 3996 },
    { attempt: 3, random: 0, expected: 0 },
  ])('waits $expected ms after attempt $attempt', ({ attempt, random, expected }) => {
    expect(nextAttemptAt({ policy, attempt, random, now: 10_000 })).toBe(10_000 + expected)
  })

  it('gives up after the last attempt', () => {
    expect(nextAttemptAt({ policy, attempt: 4, random: 0, now: 0 })).toBeNull()
  })

  it('never comes back before the other side asked for it', () => {
    expect(nextAttemptAt({ policy, attempt: 1, random: 0.1, now: 0, retryAfterMs: 7000 })).toBe(7000)
  })
})

describe('parseRetryAfter', () => {
  const now = Date.parse('2026-01-05T09:00:00Z')
  it.each([
    ['120', 120_000],
    ['0.25', 250],
    ['Mon, 05 Jan 2026 09:00:30 GMT', 30_000],
    ['Mon, 05 Jan 2026 08:00:00 GMT', 0],
    ['soon', null],
    ['-5', null],
    ['', null],
    [null, null],
  ])('reads %j as %j', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected)
  })
})
