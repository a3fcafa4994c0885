import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactRequest } from '#ec/commands/capture/redact-request.js'

const JSON_TYPE = { 'content-type': 'application/json' }

function redact(body: unknown, { keep = [] as string[], headers = JSON_TYPE as Record<string, string> } = {}) {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const made = redactRequest({ headers, body: bytes, settings: {} }, keep)
  return { ...made, text: Buffer.from(made.body).toString('utf8') }
}

describe('redacting', () => {
  it.each([
    ['an address', { from: 'Zoe Quill <zoe.quill@mail.test.de>' }, 'zoe.quill'],
    ['a handle of a person', { sender: { login: 'zquill77' } }, 'zquill77'],
    ['a name of a person', { author: { name: 'Zoe Quill', email: 'z@mail.de' } }, 'Zoe'],
    ['a secret by its key', { client_secret: 'hunter2hunter2' }, 'hunter2'],
    ['a token by its form', { note: 'use ghp_0123456789abcdef0123' }, 'ghp_'],
    ['a token in a URL', { link: 'https://x.test/a?access_token=abc123def' }, 'abc123def'],
    ['a password in a URL', { link: 'https://bob:pa55w0rd@x.test/' }, 'pa55w0rd'],
    ['a phone number', { attendee: { phone: '+34 612 345 678' } }, '612'],
    ['an address of a machine', { ip: '81.44.12.9' }, '81.44.12.9'],
    [
      'an address inside base64',
      { data: Buffer.from('{"emailAddress":"z@mail.de"}').toString('base64') },
      'QG1haWwuZGU',
    ],
  ])('replaces %s', (_, body, hidden) => {
    expect(JSON.stringify(body)).toContain(hidden)
    const { text, replaced } = redact(body)
    expect(text).not.toContain(hidden)
    expect(replaced).toBeGreaterThan(0)
  })

  it('gives the same person the same placeholder wherever he is named', () => {
    const { text } = redact({
      sender: { login: 'zquill', email: 'zoe@mail.de' },
      body: 'zquill wrote to zoe@mail.de and ben@mail.de',
    })
    expect(JSON.parse(text)).toEqual({
      sender: { login: 'person-1', email: 'person1@example.com' },
      body: 'person-1 wrote to person1@example.com and person2@example.com',
    })
  })

  it('keeps white space, order, types and large numbers to the byte', () => {
    const body = '{ "b":\t1.10, "a":[ 12345678901234567890, null ],\n "s":"\\u00e9" }'
    expect(redact(body)).toMatchObject({ text: body, replaced: 0 })
  })

  it('leaves what it is told to, wherever else that stands', () => {
    const body = { sender: { login: 'octo-org' }, url: 'https://x.test/octo-org' }
    expect(redact(body, { keep: ['body.sender.login'] }).text).toBe(JSON.stringify(body))
  })

  it('reads the JSON in the field of a form', () => {
    const form = new URLSearchParams({ payload: JSON.stringify({ sender: { email: 'z@mail.de' } }) }).toString()
    const { text } = redact(form, { headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    expect(JSON.parse(new URLSearchParams(text).get('payload') ?? '')).toEqual({
      sender: { email: 'person1@example.com' },
    })
  })

  it('lets bytes that are no text be as they are, and says so', () => {
    const body = Buffer.from([0xff, 0xfe, 0x00])
    expect(redactRequest({ headers: {}, body, settings: {} }, [])).toMatchObject({ body, readable: false })
  })

  it('lets no address, token or secret through, wherever it stands in a document', () => {
    const word = fc.stringMatching(/^[a-z]{3,10}$/)
    const email = fc.tuple(word, word).map(([user, host]) => `${user}@${host}.de`)
    const token = fc.stringMatching(/^[A-Za-z0-9]{20}$/).map(text => `ghp_${text}`)
    const filler = fc.jsonValue({ maxDepth: 2 })
    fc.assert(
      fc.property(email, token, filler, word, (address, secret, around, key) => {
        const body = { around, [key]: [`to ${address}, ${secret}`, { deep: { [key]: address } }], api_key: secret }
        const { text } = redact(body)
        expect(text).not.toContain(address)
        expect(text).not.toContain(secret)
        expect(() => JSON.parse(text)).not.toThrow()
      }),
      { numRuns: 200 },
    )
  })
})
