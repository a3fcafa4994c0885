import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactRequest } from '#ec/commands/capture/redact-request.js'

function redact(body: unknown, keep: readonly string[] = [], headers: Readonly<Record<string, string>> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const redacted = redactRequest({ headers, body: Buffer.from(text), settings: {} }, keep)
  return { ...redacted, text: Buffer.from(redacted.body).toString() }
}

const redactJson = (body: unknown, keep: readonly string[] = []) => JSON.parse(redact(body, keep).text)

describe('redactRequest', () => {
  it.each([
    ['an e-mail address', { m: 'a.b@corp.org' }, { m: 'person1@example.com' }],
    ['one inside a text', { m: 'Ask <a.b@corp.org>, please' }, { m: 'Ask <person1@example.com>, please' }],
    ['one in a URL', { u: 'https://x.org/c/a%40corp.org/e' }, { u: 'https://x.org/c/person1%40example.com/e' }],
    ['an address that is nobody’s already', { m: 'ana@example.com' }, { m: 'ana@example.com' }],
    [
      'a person',
      { author: { name: 'Eva Ruiz', email: 'e@corp.org', username: 'eva' } },
      { author: { name: 'Person 1', email: 'person1@example.com', username: 'person-1' } },
    ],
    [
      'what is no person',
      { repository: { name: 'demo', full_name: 'octo/demo' } },
      { repository: { name: 'demo', full_name: 'octo/demo' } },
    ],
    [
      'a name in a title',
      { title: 'Call of Eva and Bo', attendees: [{ name: 'Eva Ruiz' }, { name: 'Bo' }] },
      { title: 'Call of Person 1 and Person 2', attendees: [{ name: 'Person 1' }, { name: 'Person 2' }] },
    ],
    [
      'a word that only begins like a name',
      { title: 'Evaluate', user: { name: 'Eva' } },
      { title: 'Evaluate', user: { name: 'Person 1' } },
    ],
    [
      'a handle in a URL',
      { sender: { login: 'eva' }, u: 'https://github.com/eva' },
      { sender: { login: 'person-1' }, u: 'https://github.com/person-1' },
    ],
    [
      'the host of a URL',
      { sender: { login: 'github' }, u: 'https://github.com/github' },
      { sender: { login: 'person-1' }, u: 'https://github.com/person-1' },
    ],
    [
      'an answer of a form',
      { responses: { name: { label: 'n', value: 'Eva' }, email: { label: 'e', value: 'e@corp.org' } } },
      { responses: { name: { label: 'n', value: 'Person 1' }, email: { label: 'e', value: 'person1@example.com' } } },
    ],
    [
      'a secret by its key',
      { client_state: 'abcdefgh', clientSecret: 's' },
      { client_state: 'xxxxxxxx', clientSecret: 'x' },
    ],
    ['a secret elsewhere too', { token: 'abcdefgh', u: '/a/abcdefgh/b' }, { token: 'xxxxxxxx', u: '/a/xxxxxxxx/b' }],
    ['a secret by its form', { t: 'use ghp_0123456789abcdef0123 now' }, { t: `use ${'x'.repeat(24)} now` }],
    [
      'a secret of a URL',
      { u: 'https://x.org/?access_token=abc123&b=1' },
      { u: 'https://x.org/?access_token=xxxxxx&b=1' },
    ],
    ['a password of a URL', { u: 'https://eva:pw@x.org/' }, { u: 'https://xxxxxx@x.org/' }],
    ['an IP address', { ip: '81.2.69.142', local: '127.0.0.1' }, { ip: '192.0.2.1', local: '127.0.0.1' }],
    ['an IPv6 address', { ip: '2a00:1450:4007::200e', time: '09:59:30' }, { ip: '2001:db8::1', time: '09:59:30' }],
    ['a version', { agent: 'Chrome/120.0.0.0' }, { agent: 'Chrome/120.0.0.0' }],
    [
      'a phone number',
      { t: 'call +34 600 11 22 33', at: '2026-01-05T09:00:00+01:00' },
      { t: 'call +12025550001', at: '2026-01-05T09:00:00+01:00' },
    ],
    [
      'a phone number as it is dialled at home',
      { t: 'call 0171 2345678 or 030/123456', id: '0123-4567', day: '05-01-2026', n: 'v1-0123-456789' },
      { t: 'call +12025550001 or +12025550002', id: '0123-4567', day: '05-01-2026', n: 'v1-0123-456789' },
    ],
    [
      'a phone number by its key',
      { phone: 34600112233, mobile: '600 112 233' },
      { phone: 10000000000, mobile: '+12025550001' },
    ],
    [
      'base64 of JSON',
      { data: Buffer.from('{"emailAddress":"e@corp.org"}').toString('base64') },
      { data: Buffer.from('{"emailAddress":"person1@example.com"}').toString('base64') },
    ],
    [
      'where somebody lives or is met',
      { location: 'Calle Mayor 5, Madrid', o: { value: 'at Calle Mayor 5, Madrid!' }, zip: '28013', city: 'Madrid' },
      { location: 'Address 1', o: { value: 'at Address 1!' }, zip: 'Address 2', city: 'Madrid' },
    ],
    [
      'a place that is none',
      { location: 'integrations:zoom', venue: 'attendeeInPerson', address: 'https://meet.example/x 1' },
      { location: 'integrations:zoom', venue: 'attendeeInPerson', address: 'https://meet.example/x 1' },
    ],
    [
      'other addresses under the same key',
      { address: 'e@corp.org', b: { address: '81.2.69.142' }, c: { address: '2a00:1450:4007::200e' } },
      { address: 'person1@example.com', b: { address: '192.0.2.1' }, c: { address: '2001:db8::2' } },
    ],
    ['an address as a key', { by: { 'e@corp.org': 1 } }, { by: { 'person1@example.com': 1 } }],
  ])('treats %s', (_what, before, after) => {
    expect(redactJson(before)).toEqual(after)
  })

  it('gives the same person the same placeholder wherever he is named', () => {
    const sender = { login: 'zquill', email: 'zoe@mail.de' }
    expect(redactJson({ sender, body: 'zquill wrote to zoe@mail.de and ben@mail.de' })).toEqual({
      sender: { login: 'person-1', email: 'person1@example.com' },
      body: 'person-1 wrote to person1@example.com and person2@example.com',
    })
  })

  it('takes names for text, whatever characters they have', () => {
    for (const login of ['eva-ruiz', 'dependabot[bot]', 'a.b+c', 'x|y', '(z)', 'a\\b', '$^{}']) {
      expect(redactJson({ sender: { login }, note: `by ${login}!` })).toEqual({
        sender: { login: 'person-1' },
        note: 'by person-1!',
      })
    }
  })

  it('takes time in proportion to the text', () => {
    const long = {
      a: 'x'.repeat(300_000),
      b: `${'1.'.repeat(100_000)}`,
      c: '+'.repeat(200_000),
      d: ':a'.repeat(100_000),
    }
    expect(redactJson(long)).toEqual(long)
  })

  it('leaves every other byte as it was: white space, order, large numbers, escapes', () => {
    const json = '{ "b": 12345678901234567890, "a": [1.0, "\\u00e9", true],\r\n "m":"e@corp.org" }\n'
    expect(redact(json).text).toBe(json.replace('e@corp.org', 'person1@example.com'))
  })

  it('keeps what it is told to, wherever else it stands', () => {
    const body = { sender: { login: 'eva' }, url: '/eva', pusher: { email: 'e@corp.org' } }
    expect(redactJson(body, ['body.sender.login'])).toEqual({ ...body, pusher: { email: 'person2@example.com' } })
    expect(redactJson(body, ['body.pusher', 'body.sender'])).toEqual(body)
  })

  it('redacts forms field by field, with the JSON inside them', () => {
    const form = new URLSearchParams({ payload: '{"email":"e@corp.org"}', name: 'x', secret: 'abc' }).toString()
    const { text } = redact(form, [], { 'content-type': 'application/x-www-form-urlencoded' })
    expect(Object.fromEntries(new URLSearchParams(text))).toEqual({
      payload: '{"email":"person1@example.com"}',
      name: 'x',
      secret: 'xxx',
    })
  })

  it('redacts headers and settings by the same placeholders', () => {
    const body = Buffer.from('{"email":"e@corp.org"}')
    const headers = { 'x-goog-resource-uri': 'https://x/calendars/e%40corp.org/events' }
    const redacted = redactRequest({ headers, body, settings: { email: 'E@corp.org' } }, [])
    expect(redacted.headers).toEqual({ 'x-goog-resource-uri': 'https://x/calendars/person1%40example.com/events' })
    expect(redacted.settings).toEqual({ email: 'person1@example.com' })
  })

  it('says that bytes which are no text were not looked into', () => {
    expect(redactRequest({ headers: {}, body: Buffer.of(0xff), settings: {} }, []).readable).toBe(false)
  })

  it('lets no address and no secret survive, keeps the shape, and does nothing the second time', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9]{2,8}$/)
    const email = fc.tuple(word, word).map(([user, host]) => `${user}@${host}.org`)
    const secret = fc.stringMatching(/^[A-Za-z0-9]{12,30}$/).filter(text => /[A-Z]/.test(text) && /\d/.test(text))
    const text = fc.string({ unit: 'grapheme', maxLength: 12 })
    const around = (value: string) => fc.tuple(text, text).map(([a, b]) => `${a} ${value} ${b}`)
    const document = fc.record({ emails: fc.array(email, { minLength: 1, maxLength: 4 }), secret }).chain(found => {
      const places = [...found.emails, found.secret].map(around)
      const tree = fc.record({ places: fc.tuple(...places), other: fc.jsonValue({ maxDepth: 3 }) })
      return tree.map(({ places, other }) => ({
        found,
        body: { api_key: found.secret, places, other, user: { email: found.emails[0] } },
      }))
    })
    fc.assert(
      fc.property(document, ({ found, body }) => {
        const { text: once } = redact(body)
        for (const address of found.emails) expect(once).not.toContain(address)
        expect(once).not.toContain(found.secret)
        expect(shapeOf(JSON.parse(once))).toEqual(shapeOf(body))
        expect(redact(once).text).toBe(once)
      }),
      { numRuns: 300 },
    )
  })
})

/** Types without values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value === 'object' && value !== null) return Object.values(value).map(shapeOf)
  return typeof value
}
