import { describe, expect, it } from 'vitest'
import { nextAttemptAt, parseRetryAfter, senderNow } from '#ec/core/retry.js'

const DAY = 24 * 60 * 60_000
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
    [' 2.128 ', 2128],
    ['99999999', DAY],
    ['Tue, 05 Jan 2027 09:00:00 GMT', DAY],
    ['soon', null],
    ['-5', null],
    ['', null],
    [null, null],
  ])('reads %j as %j', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected)
  })
})

describe('the time of a sender', () => {
  const now = Date.parse('2026-01-05T09:00:00Z')
  it('is told by his Date, so that a date to come back at is as far off as he means', () => {
    const headers = new Headers({
      date: 'Mon, 05 Jan 2026 08:00:00 GMT',
      'retry-after': 'Mon, 05 Jan 2026 08:00:30 GMT',
    })
    expect(parseRetryAfter(headers.get('retry-after'), senderNow(headers, now))).toBe(30_000)
    expect(parseRetryAfter(headers.get('retry-after'), now)).toBe(0)
  })

  it.each([{}, { date: '' }, { date: 'yesterday' }])('is ours where he says %j', headers => {
    expect(senderNow(new Headers(headers), now)).toBe(now)
  })
})
