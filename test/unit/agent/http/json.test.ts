import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findJsonFault } from '#ec/agent/http/json-fault.js'
import { parseJson } from '#ec/agent/http/json-text.js'
import { readNdjson } from '#ec/agent/http/ndjson.js'

describe('findJsonFault', () => {
  it.each([
    ['', 0],
    ['  ', 2],
    ['{"a":1,}', 7],
    ['{"a" 1}', 5],
    ['[1,2', 4],
    ['[1,]', 3],
    ['{"a":1} x', 8],
    ['{a:1}', 1],
    ['"ab\ncd"', 3],
    ['"a\\x"', 2],
    ['"abc', 4],
    ['tru', 0],
    ['01', 1],
    ['1.', 1],
    ['[[[}', 3],
    ["{'a':1}", 1],
  ])('%j stops being JSON at %i', (text, position) => {
    expect(findJsonFault(text)).toBe(position)
  })

  it('agrees with the engine on what is JSON', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      'a',
      '1',
      '-',
      '.',
      'e',
      'null',
      'true',
      ' ',
      '\n',
      '"k"',
      '\u0001',
      '\ud800',
    )
    const almost = fc.array(pieces, { maxLength: 12 }).map(parts => parts.join(''))
    const damaged = fc.tuple(fc.json(), fc.nat(), pieces).map(([text, at, piece]) => {
      const place = at % (text.length + 1)
      return text.slice(0, place) + piece + text.slice(place)
    })
    fc.assert(
      fc.property(fc.oneof(fc.json(), almost, damaged), text => {
        const fault = findJsonFault(text)
        expect(fault === null).toBe(isJson(text))
        if (fault !== null) expect(fault).toBeLessThanOrEqual(text.length)
      }),
      { numRuns: 2000 },
    )
  })

  it('is linear, and needs no stack, for megabytes of anything', () => {
    expect(findJsonFault(`"${'x'.repeat(4e6)}`)).toBe(4e6 + 1)
    expect(findJsonFault('['.repeat(4e6))).toBe(4e6)
    expect(findJsonFault(`"${'\\n'.repeat(1e6)}"`)).toBeNull()
  })
})

describe('parseJson', () => {
  it('gives what JSON.parse gives', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), text => {
        // Which is refused (refusals.test.ts).
        fc.pre(!text.includes('"__proto__"'))
        expect(parseJson(text, 64)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('counts brackets outside of strings only', () => {
    expect(parseJson('["[[[[\\"[["]', 1)).toEqual(['[[[["[['])
    expect(parseJson('[{}]', 2)).toEqual([{}])
    expect(() => parseJson('[[]]', 1)).toThrow('nested deeper than 1')
  })

  it('takes harmless keys that look like the refused ones', () => {
    const text = '{"prototype":1,"constructor":{"name":"x"},"proto":"__proto__"}'
    expect(parseJson(text, 64)).toEqual(JSON.parse(text))
  })
})

describe('readNdjson', () => {
  it('reads each line for itself', () => {
    const { lines } = readNdjson('{"a":1}\r\n\n  \nnope\n2', 10, 64)
    expect(lines).toMatchObject([{ value: { a: 1 } }, { error: { code: 'EC_BODY_INVALID' } }, { value: 2 }])
  })

  it('counts only lines that hold something', () => {
    expect(readNdjson('\n'.repeat(1000) + '1\n2', 2, 64).lines).toHaveLength(2)
    expect(() => readNdjson('1\n2\n3', 2, 64)).toThrow('at most 2 events')
  })
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
