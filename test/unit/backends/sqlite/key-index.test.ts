import { keyHash } from '#ec/backends/sqlite/key-index.js'
import { describe, expect, it } from 'vitest'

describe('keyHash', () => {
  // It stands in the files of those who run us: another number for the same key, and an old duplicate passes for new.
  it.each([
    ['', '', 2569288343622846],
    ['r1', 'k', 1515430281421124],
    ['5f0c1d9e-0000-4000-8000-000000000001', '72d3162e-cc78-11e3-81ab-4c9367dc0958', 4086990749379659],
    ['é', '\u{1f600}x', 4079248233338010],
  ])('of %j and %j is the number that it always was', (resourceId, key, hash) => {
    expect(keyHash(resourceId, key)).toBe(hash)
  })

  it('tells where the one text ends and the other begins', () => {
    expect(keyHash('ab', 'c')).not.toBe(keyHash('a', 'bc'))
  })
})
