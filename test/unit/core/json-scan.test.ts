import * as fc from 'fast-check'
import { isSurelyJsonObject } from '#ec/core/json-scan.js'
import { isRecord } from '#ec/core/peek.js'
import { decodeBody } from '#ec/core/webhook-body.js'
import { describe, expect, it } from 'vitest'

/** What decides when the scan is not sure. */
function isJsonObject(bytes: Uint8Array): boolean {
  const text = decodeBody(bytes)
  if (text === null) return false
  try {
    return isRecord(JSON.parse(text))
  } catch {
    return false
  }
}

const objects = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4 }), { noNullPrototype: true })
const spacing = fc.constantFrom('', ' ', '\t', '\r\n  ')

/** Bytes that mean something in JSON, and some that may not stand where they come. */
const meaningful = fc.constantFrom(...Buffer.from('{}[]":,\\u0019.eE+-ntrfalse \n\u0000é/'))

describe('isSurelyJsonObject', () => {
  it('knows every object that is written as JSON', () => {
    fc.assert(
      fc.property(objects, spacing, (value, space) => {
        expect(isSurelyJsonObject(Buffer.from(JSON.stringify(value, null, space)))).toBe(true)
      }),
    )
  })

  it('is sure of nothing that the parser refuses, whatever happens to a text', () => {
    const change = fc.record({ at: fc.nat(), drop: fc.nat(3), put: fc.array(meaningful, { maxLength: 3 }) })
    fc.assert(
      fc.property(objects, fc.array(change, { maxLength: 3 }), (value, changes) => {
        const bytes = [...Buffer.from(JSON.stringify(value))]
        for (const { at, drop, put } of changes) bytes.splice(at % (bytes.length + 1), drop, ...put)
        const body = Uint8Array.from(bytes)
        if (isSurelyJsonObject(body)) expect(isJsonObject(body)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('is sure of nothing that the parser refuses, whatever stands in an object', () => {
    fc.assert(
      fc.property(fc.array(meaningful, { maxLength: 8 }), given => {
        const body = Buffer.concat([Buffer.from('{"a":'), Uint8Array.from(given), Buffer.from('}')])
        if (isSurelyJsonObject(body)) expect(isJsonObject(body)).toBe(true)
      }),
      { numRuns: 5000 },
    )
  })

  it.each(['-0', '0', '10.5e+3', '1E-2', '"\\u00fF\\n"', '[]', '[1, "", null]', '{"":{}}', 'true', 'false'])(
    'knows the value %s',
    value => expect(isSurelyJsonObject(Buffer.from(`{"a":${value}}`))).toBe(true),
  )

  it.each([
    '01',
    '1.',
    '.5',
    '+1',
    '1e',
    '-',
    '"\\x"',
    '"\\u12g4"',
    '"\\u12',
    '[1,]',
    '{"a":1,}',
    'nul',
    'nulls',
    '"a',
    '\t',
  ])('is not sure of the value %s', value => expect(isSurelyJsonObject(Buffer.from(`{"a":${value}}`))).toBe(false))

  it('leaves to the parser what begins or ends with anything else, is no object, or is nested deeply', () => {
    const deep = `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`
    for (const text of ['', ' {}', '{} ', '\ufeff{}', '[]', 'null', '{', '{}}', deep]) {
      expect(isSurelyJsonObject(Buffer.from(text))).toBe(false)
    }
  })

  it('is not sure of a text that is no UTF-8', () => {
    expect(isSurelyJsonObject(Buffer.from('7b2261223a22ff227d', 'hex'))).toBe(false)
  })
})
