import { describe, expect, it } from 'vitest'
import { decodeBody, isForm, parseJsonObject } from '#ec/core/webhook-body.js'

describe('decodeBody', () => {
  it('decodes UTF-8, and answers null to anything else', () => {
    expect(decodeBody(Buffer.from('café 🦊'))).toBe('café 🦊')
    for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf0, 0x9f, 0xa6]]) {
      expect(decodeBody(Uint8Array.from(bytes))).toBeNull()
    }
  })

  it('gives the next body its own answer after a bad one', () => {
    expect(decodeBody(Uint8Array.of(0x61, 0xc3))).toBeNull()
    expect(decodeBody(Uint8Array.of(0xa9))).toBeNull()
    expect(decodeBody(Buffer.from('ok'))).toBe('ok')
  })
})

describe('isForm', () => {
  it.each([
    ['application/x-www-form-urlencoded', true],
    ['Application/X-WWW-Form-Urlencoded; charset=UTF-8', true],
    ['application/x-www-form-urlencoded-not', false],
    ['application/json', false],
    ['multipart/form-data', false],
    [undefined, false],
  ])('says of %j %j', (type, expected) => {
    expect(isForm(type)).toBe(expected)
  })
})

describe('parseJsonObject', () => {
  it('takes one JSON object, however deep', () => {
    expect(parseJsonObject('{"a":1}', 'the body')).toEqual({ ok: true, value: { a: 1 } })
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect(parseJsonObject(deep, 'the body').ok).toBe(true)
  })

  it.each([
    ['', 'the body is empty; expected is a JSON object'],
    ['[]', 'the body is an array; expected is a JSON object'],
    ['null', 'the body is null; expected is a JSON object'],
    ['"x"', 'the body is a string; expected is a JSON object'],
    ['{"secret":tru', 'the body is not JSON'],
    ['{} {}', 'the body is not JSON'],
  ])('refuses %j without quoting it', (text, detail) => {
    expect(parseJsonObject(text, 'the body')).toEqual({ ok: false, detail })
  })
})
