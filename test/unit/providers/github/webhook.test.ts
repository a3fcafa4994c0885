import { sign, verify as octokitVerify } from '@octokit/webhooks-methods'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse, renew, sign as ours, verify } from '#ec/providers/github/webhook.js'
import { aRequest, aResource } from '../../../support/webhook.js'

const GUID = '72d3162e-cc78-11e3-81ab-4c9367dc0958'
const push = JSON.stringify({ ref: 'refs/heads/main', repository: { full_name: 'octo/demo' } })
const headers = { 'content-type': 'application/json', 'x-github-event': 'push', 'x-github-delivery': GUID }
const resource = aResource('github')
const detailOf = (result: ReturnType<typeof parse>) => (result.ok ? null : result.detail)

describe('verify', () => {
  it('agrees with the vector of GitHub’s documentation', () => {
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
    const request = aRequest({ 'x-hub-signature-256': signature }, 'Hello, World!')
    expect(verify(request, ["It's a Secret to Everybody"])).toEqual({ ok: true })
  })

  it('takes what Octokit signs, and refuses what Octokit refuses', async () => {
    const hexDigit = fc.constantFrom(...'0123456789abcdef')
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1, unit: 'binary' }),
        fc.string({ minLength: 1, unit: 'binary' }),
        fc.nat(63),
        hexDigit,
        async (secret, body, at, digit) => {
          const right = await sign(secret, body)
          const changed = right.slice(0, 7 + at) + digit + right.slice(8 + at)
          for (const signature of [right, changed]) {
            const expected = await octokitVerify(secret, body, signature)
            expect(verify(aRequest({ 'x-hub-signature-256': signature }, body), [secret]).ok).toBe(expected)
          }
        },
      ),
    )
  })

  it('signs as Octokit does, with the newest secret', async () => {
    const request = aRequest(headers, push)
    expect(await ours(request, ['new', 'old'])).toEqual({ headers: { 'x-hub-signature-256': await sign('new', push) } })
    await expect(ours(request, [])).rejects.toMatchObject({ code: 'EC_SECRET_MISSING' })
  })

  it('makes another delivery of one by its GUID', () => {
    const other = renew(aRequest(headers, push), 'fc5f5cb3-95ad-4ad7-b0e6-3b2aa5d7a4de')
    expect(parse(other, resource)).toEqual({
      ok: true,
      items: [{ key: 'fc5f5cb3-95ad-4ad7-b0e6-3b2aa5d7a4de', kind: 'push' }],
    })
  })

  it('refuses SHA-1 alone, and says what is expected in its place', () => {
    expect(verify(aRequest({ 'x-hub-signature': `sha1=${'0'.repeat(40)}` }, push), ['s'])).toEqual({
      ok: false,
      code: 'EC_SIGNATURE_MISSING',
      detail:
        'only header X-Hub-Signature (HMAC-SHA1) is there, which is not taken; expected is X-Hub-Signature-256, ' +
        'which GitHub sends beside it',
    })
  })
})

describe('parse', () => {
  it('takes the GUID of the delivery for the key and the event for the kind', () => {
    expect(parse(aRequest(headers, push), resource)).toEqual({ ok: true, items: [{ key: GUID, kind: 'push' }] })
  })

  it('gives a GUID in capitals the same key', () => {
    const request = aRequest({ ...headers, 'x-github-delivery': GUID.toUpperCase() }, push)
    expect(parse(request, resource)).toEqual(parse(aRequest(headers, push), resource))
  })

  it('takes a ping', () => {
    const request = aRequest({ ...headers, 'x-github-event': 'ping' }, '{"zen":"Speak like a human."}')
    expect(parse(request, resource)).toMatchObject({ ok: true, items: [{ kind: 'ping' }] })
  })

  it.each([undefined, '', 'Push', 'pull request', '../x', 'x'.repeat(65), 'push\n'])(
    'refuses the event name %j',
    event => {
      const { 'x-github-event': _, ...others } = headers
      const request = aRequest(event === undefined ? others : { ...others, 'x-github-event': event }, push)
      expect(detailOf(parse(request, resource))).toMatch(/^header X-GitHub-Event /)
    },
  )

  it.each(['1', 'Delivery-1', `${GUID}0`, 'x'.repeat(128)])('takes the id %j of a relay as it is', delivery => {
    const request = aRequest({ ...headers, 'x-github-delivery': delivery }, push)
    expect(parse(request, resource)).toEqual({ ok: true, items: [{ key: delivery, kind: 'push' }] })
  })

  it.each([undefined, '', `{${GUID}}`, `${GUID}, ${GUID}`, 'a b', 'x'.repeat(129), 'é'])(
    'refuses the delivery id %j',
    delivery => {
      const { 'x-github-delivery': _, ...others } = headers
      const request = aRequest(delivery === undefined ? others : { ...others, 'x-github-delivery': delivery }, push)
      expect(detailOf(parse(request, resource))).toMatch(/^header X-GitHub-Delivery /)
    },
  )

  it.each([
    ['', 'the body is empty; expected is a JSON object'],
    ['{"ref":', 'the body is not JSON'],
    ['[]', 'the body is an array; expected is a JSON object'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'the body is not UTF-8'],
  ])('refuses the body %j', (body, detail) => {
    expect(parse(aRequest(headers, body), resource)).toEqual({ ok: false, detail })
  })

  describe('a form', () => {
    const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }

    it('is read from its field payload', () => {
      const body = `other=1&${new URLSearchParams({ payload: '{"title":"a+b & ü = 100%"}' }).toString()}`
      expect(parse(aRequest(form, body), resource)).toMatchObject({ ok: true, items: [{ key: GUID }] })
    })

    it.each([
      ['', 'the body is a form without a readable field "payload"'],
      ['payloads=%7B%7D', 'the body is a form without a readable field "payload"'],
      ['payload=%7B%', 'the body is a form without a readable field "payload"'],
      ['payload=%7B%22a%22%3A%22%FF%22%7D', 'the body is a form without a readable field "payload"'],
      ['payload=', 'the form field "payload" is empty; expected is a JSON object'],
      ['payload=%5B%5D', 'the form field "payload" is an array; expected is a JSON object'],
      [push, 'the body is a form without a readable field "payload"'],
    ])('is refused as %j', (body, detail) => {
      expect(parse(aRequest(form, body), resource)).toEqual({ ok: false, detail })
    })
  })

  describe('with the setting repository', () => {
    it.each(['octo/demo', 'Octo/Demo', ''])('takes its deliveries: %j', repository => {
      expect(parse(aRequest(headers, push), aResource('github', { repository })).ok).toBe(true)
    })

    it('takes what is of no repository, as the ping of an organisation', () => {
      const request = aRequest({ ...headers, 'x-github-event': 'ping' }, '{"zen":"Keep it logically awesome."}')
      expect(parse(request, aResource('github', { repository: 'octo/demo' })).ok).toBe(true)
    })

    it('refuses another repository, and names both', () => {
      expect(parse(aRequest(headers, push), aResource('github', { repository: 'octo/other' }))).toEqual({
        ok: false,
        detail: 'it is of the repository octo/demo; this resource takes only octo/other (its setting "repository")',
      })
    })
  })
})
