import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { createSeal } from '#ec/core/seal.js'
import { describe, expect, it } from 'vitest'

const key = randomBytes(32)

describe('a sealed value', () => {
  it('opens to what it was, whatever it was', () => {
    const seal = createSeal(key)
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (plain, context) => {
        expect(createSeal(key).open(seal.seal(plain, context), context)).toBe(plain)
      }),
    )
  })

  it('shows nothing of what it holds, and never looks the same twice', () => {
    const seal = createSeal(key)
    const [a, b] = [seal.seal('correct horse', 'x'), seal.seal('correct horse', 'x')]
    expect(Buffer.from(a).includes('horse')).toBe(false)
    expect(Buffer.from(a).equals(Buffer.from(b))).toBe(false)
  })

  it('opens with no other key and in no other place', () => {
    const sealed = createSeal(key).seal('s', 'resource:1')
    const broken = expect.objectContaining({ code: 'EC_SEAL_BROKEN' })
    expect(() => createSeal(randomBytes(32)).open(sealed, 'resource:1')).toThrow(broken)
    expect(() => createSeal(key).open(sealed, 'resource:2')).toThrow(broken)
    expect(() => createSeal(key).open(new Uint8Array(), 'resource:1')).toThrow(broken)
  })

  it('does not open once a single bit is another', () => {
    const seal = createSeal(key)
    const sealed = seal.seal('s3cret', 'c')
    fc.assert(
      fc.property(fc.nat(sealed.length * 8 - 1), bit => {
        const tampered = Uint8Array.from(sealed)
        tampered[bit >> 3]! ^= 1 << (bit & 7)
        expect(() => seal.open(tampered, 'c')).toThrow(expect.objectContaining({ code: 'EC_SEAL_BROKEN' }))
      }),
    )
  })

  it('does not open when it was cut short', () => {
    const seal = createSeal(key)
    const sealed = seal.seal('s3cret', 'c')
    for (let length = 0; length < sealed.length; length++) {
      expect(() => seal.open(sealed.subarray(0, length), 'c')).toThrow(
        expect.objectContaining({ code: 'EC_SEAL_BROKEN' }),
      )
    }
  })
})
