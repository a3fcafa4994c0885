import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from '#ec/core/duration.js'

describe('parseDuration', () => {
  it.each([
    ['90d', 90 * 86_400_000],
    ['1.5h', 5_400_000],
    ['500ms', 500],
    [' 2w ', 14 * 86_400_000],
    ['0s', 0],
  ])('reads %s', (text, ms) => expect(parseDuration(text)).toBe(ms))

  it.each(['', '90', 'd', '-1d', '1 d', '1y', '1e3s', '1d2h', 'Infinitys'])('refuses %j', text =>
    expect(parseDuration(text)).toBeNull(),
  )
})

describe('formatDuration', () => {
  it('is read back as the same', () => {
    fc.assert(fc.property(fc.nat(10 ** 11), ms => parseDuration(formatDuration(ms)) === ms))
  })
})
