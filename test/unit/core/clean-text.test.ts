import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanLine, cleanText } from '#ec/core/clean-text.js'

const anyCodeUnits = fc.string({ unit: fc.nat(0xffff).map(code => String.fromCharCode(code)), maxLength: 200 })
/** Words, blanks and line ends as people write them, and now and then something else. */
const nearlyPlain = fc.string({
  unit: fc.constantFrom('a', 'b', '~', '!', 'c', ' ', '\n', '\r', '\t', 'é'),
  maxLength: 12,
})

describe('cleanLine', () => {
  it.each([
    ['  two   words \n and\tmore ', 'two words and more'],
    ['\u001b[31mred\u001b[0m', '[31mred [0m'],
    ['a\u0000b\u0085c\u2028d', 'a b c d'],
    ['user\u202egnp.exe', 'usergnp.exe'],
    ['\u200b\ufeff', ''],
    ['half \ud83d of a pair', 'half \ufffd of a pair'],
    ['مرحبا‌بك 👩‍👩‍👧', 'مرحبا‌بك 👩‍👩‍👧'],
  ])('makes of %j %j', (text, expected) => {
    expect(cleanLine(text, 100)).toBe(expected)
  })

  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abcde…'],
    ['abcd  efgh', 6, 'abcd…'],
    ['abc🦊🦊', 5, 'abc…'],
    ['🦊'.repeat(50), 4, '🦊…'],
  ])('cuts %j to %i characters: %j', (text, max, expected) => {
    expect(cleanLine(text, max)).toBe(expected)
  })

  it('says of plain words what the whole cleaning says', () => {
    fc.assert(
      fc.property(nearlyPlain, fc.integer({ min: 1, max: 40 }), (text, max) => {
        // Nothing is left of the mark at the end, which no text with something to clean lacks.
        if (text.length < 4 * max) expect(cleanLine(text, max)).toBe(cleanLine(`${text}\u200b`, max))
      }),
      { numRuns: 1000 },
    )
  })

  it('marks what it has cut even when little remains of the beginning', () => {
    expect(cleanLine(`a${' '.repeat(1000)}b`, 10)).toBe('a…')
  })

  it('is well-formed, bounded and free of controls for any text', () => {
    fc.assert(
      fc.property(anyCodeUnits, fc.integer({ min: 1, max: 80 }), (text, max) => {
        const line = cleanLine(text, max)
        expect(line.length).toBeLessThanOrEqual(max)
        expect(line).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]|\s\s|^\s|\s$/u)
        expect(cleanLine(line, max)).toBe(line)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('cleanText', () => {
  it.each([
    ['one\r\ntwo\rthree\u2028four', 'one\ntwo\nthree\nfour'],
    ['a  \n\n\n\n  b\tc', 'a\n\nb c'],
    ['\u0007bell', 'bell'],
  ])('makes of %j %j', (text, expected) => {
    expect(cleanText(text, 100)).toBe(expected)
  })

  it('says of plain lines what the whole cleaning says', () => {
    fc.assert(
      fc.property(nearlyPlain, fc.integer({ min: 1, max: 40 }), (text, max) => {
        if (text.length < 4 * max) expect(cleanText(text, max)).toBe(cleanText(`${text}\u200b`, max))
      }),
      { numRuns: 1000 },
    )
  })

  it('is well-formed, bounded and free of controls but line ends for any text', () => {
    fc.assert(
      fc.property(anyCodeUnits, fc.integer({ min: 1, max: 80 }), (text, max) => {
        const clean = cleanText(text, max)
        expect(clean.length).toBeLessThanOrEqual(max)
        expect(clean.replaceAll('\n', ' ')).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u)
        expect(clean).not.toMatch(/\n{3}|^\s|\s$/)
      }),
      { numRuns: 1000 },
    )
  })
})
