import { expect, it } from 'vitest'
import { nextLookMs } from '#ec/agent/activity/next-look.js'

it.each([
  ['soon after a quiet time', 3_000, true, 100],
  ['a quarter of a second after the last look', 50, true, 200],
  ['never sooner than things have gathered', 249, true, 100],
  ['five seconds after the last look when nothing has happened', 1_000, false, 4_000],
  ['at once when that is over', 9_000, false, 0],
])('is %s', (_, sinceMs, noticed, expected) => {
  expect(nextLookMs(sinceMs, noticed)).toBe(expected)
})
