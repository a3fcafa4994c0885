import { describe, expect, it } from 'vitest'
import { fixtureRequest, parseFixture } from '#ec/core/fixture.js'

const fixture = {
  provider: 'github',
  description: 'A push.',
  recorded_at: '2026-01-05T09:00:00.000Z',
  request: { method: 'POST', path: 'github/{resource}', headers: { 'X-GitHub-Event': 'push' }, body: 'é' },
  resource: { set: {} },
  secret: 's',
  sign: 'recorded',
  expect: { status: 202, notifications: [{ kind: 'push' }], events: [{ type: 'github.push' }] },
}
const problemsOf = (raw: unknown) => {
  const parsed = parseFixture(raw)
  return parsed.ok ? [] : parsed.problems.map(problem => problem.path)
}

describe('parseFixture', () => {
  it('takes a fixture and lowers its header names', () => {
    const parsed = parseFixture(fixture)
    expect(parsed).toMatchObject({ ok: true, fixture: { request: { headers: { 'x-github-event': 'push' } } } })
  })

  it.each([
    [null, ''],
    [{ ...fixture, provider: 'Git Hub' }, 'provider'],
    [{ ...fixture, sing: 'recorded' }, ''],
    [{ ...fixture, recorded_at: 'yesterday' }, 'recorded_at'],
    [{ ...fixture, sign: 'never' }, 'sign'],
    [{ ...fixture, secret: '' }, 'secret'],
    [{ ...fixture, expect: { status: 7 } }, 'expect.status'],
    [{ ...fixture, request: { ...fixture.request, path: '/webhooks/github' } }, 'request.path'],
    [{ ...fixture, request: { ...fixture.request, body_base64: 'aGk=' } }, 'request'],
    [{ ...fixture, request: { ...fixture.request, body: undefined } }, 'request'],
    [{ ...fixture, request: { ...fixture.request, body: undefined, body_base64: 'é' } }, 'request.body_base64'],
    [{ ...fixture, request: { ...fixture.request, headers: { 'a b': 'x' } } }, 'request.headers.a b'],
    [{ ...fixture, request: { ...fixture.request, body_repeat: 0 } }, 'request.body_repeat'],
    [{ ...fixture, request: { ...fixture.request, body: 'ab', body_repeat: 40_000_000 } }, 'request'],
  ])('refuses what is none, and says where: %#', (raw, path) => {
    expect(problemsOf(raw)).toContain(path)
  })
})

describe('fixtureRequest', () => {
  it('is the request as it reaches the receiver of a resource', () => {
    const parsed = parseFixture(fixture)
    if (!parsed.ok) throw new Error('not a fixture')
    expect(fixtureRequest(parsed.fixture, 'r1')).toEqual({
      method: 'POST',
      url: '/webhooks/github/r1',
      headers: { 'x-github-event': 'push' },
      body: Buffer.from([0xc3, 0xa9]),
      remoteAddress: '127.0.0.1',
    })
  })

  it('keeps a subpath and a query', () => {
    const request = { ...fixture.request, path: 'github/{resource}/lifecycle?validationToken=a%20b' }
    const parsed = parseFixture({ ...fixture, request })
    if (!parsed.ok) throw new Error('not a fixture')
    expect(fixtureRequest(parsed.fixture, 'r1').url).toBe('/webhooks/github/r1/lifecycle?validationToken=a%20b')
    expect(problemsOf({ ...fixture, request: { ...request, path: 'github/{resource}?a b' } })).toEqual(['request.path'])
  })

  it('carries a body that is too large to be written down', () => {
    const parsed = parseFixture({ ...fixture, request: { ...fixture.request, body: 'é,', body_repeat: 3 } })
    if (!parsed.ok) throw new Error('not a fixture')
    expect(fixtureRequest(parsed.fixture, 'r1').body.toString()).toBe('é,é,é,')
  })

  it('carries bytes that are no text in base64', () => {
    const { body: _, ...request } = fixture.request
    const parsed = parseFixture({ ...fixture, request: { ...request, body_base64: '/w==' } })
    if (!parsed.ok) throw new Error('not a fixture')
    expect(fixtureRequest(parsed.fixture, 'r1').body).toEqual(Buffer.from([0xff]))
  })
})
