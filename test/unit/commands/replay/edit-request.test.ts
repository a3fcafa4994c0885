import { describe, expect, it } from 'vitest'
import { editRequest, readEdit } from '#ec/commands/replay/edit-request.js'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

function edit(body: string, text: string, headers: Readonly<Record<string, string>> = {}): string {
  return Buffer.from(editRequest({ headers, body: Buffer.from(body) }, [readEdit(text)]).body).toString()
}

describe('--set', () => {
  it.each([
    ['{"a":{"b":1}}', 'body.a.b=2', '{"a":{"b":2}}'],
    ['{"a":1}', 'body.a=two words', '{"a":"two words"}'],
    ['{"a":1}', 'body.a="2"', '{"a":"2"}'],
    ['{"a":1}', 'body.b.c=null', '{"a":1,"b":{"c":null}}'],
    ['{"a":[1,2]}', 'body.a.1=3', '{"a":[1,3]}'],
    ['{"a":[1,2]}', 'body.a.2={"x":1}', '{"a":[1,2,{"x":1}]}'],
    ['{"a":1}', 'body.a=x=y', '{"a":"x=y"}'],
  ])('makes of %s with %s %s', (before, text, after) => {
    expect(edit(before, text)).toBe(after)
  })

  it('reaches the fields of a form, and the JSON in them', () => {
    expect(edit('a=1&b=2', 'body.a=x y', FORM)).toBe('a=x+y&b=2')
    const form = new URLSearchParams({ payload: '{"ref":"a"}' }).toString()
    expect(new URLSearchParams(edit(form, 'body.payload.ref=b', FORM)).get('payload')).toBe('{"ref":"b"}')
  })

  it('sets headers by their lower-case names', () => {
    const edited = editRequest({ headers: { a: '1' }, body: Buffer.of() }, [readEdit('headers.X-Event=3')])
    expect(edited.headers).toEqual({ a: '1', 'x-event': '3' })
  })

  it.each(['body=1', 'body.a', 'query.a=1', '=1', 'body..a=1', 'headers=1'])('refuses %s', text => {
    expect(() => readEdit(text)).toThrow(expect.objectContaining({ code: 'EC_USAGE' }))
  })

  it.each([
    ['not JSON', 'body.a=1'],
    ['{"a":1}', 'body.a.b=1'],
    ['{"a":[1]}', 'body.a.x=1'],
    ['{"a":[1]}', 'body.a.5=1'],
  ])('of %s says why %s cannot be', (body, text) => {
    expect(() => edit(body, text)).toThrow(expect.objectContaining({ code: 'EC_USAGE' }))
  })
})
