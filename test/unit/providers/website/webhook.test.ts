import * as fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { keysOf, makeSecret } from '#ec/providers/website/secret.js'
import { sign } from '#ec/providers/website/sign.js'
import { parse, verify } from '#ec/providers/website/webhook.js'
import { readFixtures } from '../../../support/fixture-files.js'
import { fixtureRequest } from '#ec/core/fixture.js'
import { aRequest, aResource, RECEIVED_AT } from '../../../support/webhook.js'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const resource = aResource('website')
const NOW_S = RECEIVED_AT / 1000
const BODY = '{"type":"content.updated","data":{}}'
const headersOf = (id: string, timestamp: number | string, signature: string) => ({
  'webhook-id': id,
  'webhook-timestamp': String(timestamp),
  'webhook-signature': signature,
})
/** Signed by the library. */
function signed(body = BODY, { secret = SECRET, id = 'msg_1', atS = NOW_S } = {}) {
  return aRequest(headersOf(id, atS, new Webhook(secret).sign(id, new Date(atS * 1000), body)), body, 'website')
}
const check = (request: ReturnType<typeof signed>, secrets = [SECRET], now = RECEIVED_AT) =>
  verify(request, secrets, resource, now)

const read = (body: string | Uint8Array, id: string | undefined = 'msg_1') =>
  parse(aRequest(id === undefined ? {} : { 'webhook-id': id }, body))

describe('the signature, beside the library of Standard Webhooks', () => {
  afterEach(() => void vi.useRealTimers())

  it('agrees with the published vector', () => {
    const headers = headersOf(
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      1614265330,
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    )
    expect(check(aRequest(headers, '{"test": 2432232314}'), [SECRET], 1614265330_000)).toEqual({ ok: true })
  })

  it('takes what the library signs, and signs what the library takes', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: RECEIVED_AT })
    const secret = fc.uint8Array({ minLength: 24, maxLength: 64 }).map(makeSecret)
    const id = fc.string({ minLength: 1, maxLength: 60 }).map(text => `msg_${text.replace(/[^!-~]/g, '')}`)
    const body = fc.string({ unit: 'grapheme' })
    await fc.assert(
      fc.asyncProperty(secret, id, body, async (key, name, text) => {
        expect(check(signed(text, { secret: key, id: name }), [SECRET, key])).toEqual({ ok: true })
        expect(check(signed(text, { secret: key, id: name })).ok).toBe(key === SECRET)
        const bare = aRequest({ 'webhook-id': name }, text)
        const { headers } = await sign(bare, [key], resource, RECEIVED_AT)
        const all = { ...bare.headers, ...headers }
        expect(() => new Webhook(key).verify(text, all, { jsonParse: false })).not.toThrow()
      }),
    )
  })

  it('judges the age of a signature as the library does, in both directions', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    for (const skew of [-3600, -301, -300, -299, 0, 299, 300, 301, 3600]) {
      vi.setSystemTime(RECEIVED_AT)
      const request = signed(BODY, { atS: NOW_S + skew })
      let taken = true
      try {
        new Webhook(SECRET).verify(BODY, request.headers, { jsonParse: false })
      } catch {
        taken = false
      }
      expect([skew, check(request).ok]).toEqual([skew, taken])
    }
  })
})

describe('verify', () => {
  it('says by how much a signature is too old or too new, and that it fits', () => {
    expect(check(signed(BODY, { atS: NOW_S - 3600 }))).toEqual({
      ok: false,
      code: 'EC_SIGNATURE_INVALID',
      detail:
        'the signature fits, but header webhook-timestamp is 3,600 seconds behind the clock here; at most 300 are taken',
    })
    expect(check(signed(BODY, { atS: NOW_S + 301 }))).toMatchObject({
      detail: expect.stringContaining('301 seconds ahead of the clock here'),
    })
  })

  it('covers the id and the time as well as the body', () => {
    const request = signed()
    for (const name of ['webhook-id', 'webhook-timestamp']) {
      const headers = { ...request.headers, [name]: name === 'webhook-id' ? 'msg_2' : String(NOW_S + 1) }
      expect(check({ ...request, headers })).toMatchObject({ code: 'EC_SIGNATURE_INVALID' })
    }
  })

  it('takes one of several signatures, and passes over other versions', () => {
    const right = signed().headers['webhook-signature'] ?? ''
    const other = `v1,${Buffer.alloc(32, 1).toString('base64')}`
    const listed = (value: string) => ({ ...signed(), headers: { ...signed().headers, 'webhook-signature': value } })
    for (const value of [`${other} ${right}`, `${right} ${other}`, `v1a,xyz ${right}`, ` ${right} `]) {
      expect(check(listed(value))).toEqual({ ok: true })
    }
    const base64 = right.slice('v1,'.length)
    for (const value of [
      '',
      ' ',
      'v1,',
      base64,
      `v1a,${base64}`,
      `V1,${base64}`,
      `v1 ${base64}`,
      `v1,${base64.slice(0, -1)}`,
      `${right}=`,
      right.toUpperCase(),
      other,
    ]) {
      expect(check(listed(value)), value).toMatchObject({ ok: false, code: 'EC_SIGNATURE_INVALID' })
    }
  })

  it.each(['', '-5', '1e9', '0x10', ' 1767603600', '1767603600.5', '9'.repeat(13), 'now'])(
    'takes %j for no time at all',
    timestamp => {
      const request = signed()
      const headers = { ...request.headers, 'webhook-timestamp': timestamp }
      expect(check({ ...request, headers })).toMatchObject({
        detail: 'header webhook-timestamp should be seconds since 1970',
      })
    },
  )

  it('takes a plain secret as its text, and as base64 where senders decode it', () => {
    const plain = 'a plain secret of words'
    const headers = headersOf('m', NOW_S, new Webhook(plain, { format: 'raw' }).sign('m', new Date(RECEIVED_AT), BODY))
    expect(check(aRequest(headers, BODY), [plain])).toEqual({ ok: true })
    const bare = SECRET.slice('whsec_'.length)
    expect(check(signed(), [bare])).toEqual({ ok: true })
  })

  it('makes no key of an empty secret', () => {
    expect([keysOf(''), keysOf('whsec_')]).toEqual([[], []])
    expect(keysOf('whsec_not base64!')).toEqual([Buffer.from('whsec_not base64!')])
  })

  it('holds for each fixture at the instant of its recording, as the sender signed it', () => {
    const good = readFixtures('website').filter(({ fixture }) => fixture.sign === 'at-replay')
    expect(good.length).toBeGreaterThan(8)
    for (const { name, fixture } of good) {
      const secrets = [
        ...(fixture.secret ? [fixture.secret] : []),
        ...(fixture.resource.set['secrets']?.split(',') ?? []),
      ]
      expect(check(fixtureRequest(fixture, 'r1'), secrets, Date.parse(fixture.recorded_at)), name).toEqual({ ok: true })
    }
  })
})

describe('parse', () => {
  it('takes the id for the key and the type for the kind, as one clean line', () => {
    expect(read('{"type":"a.b"}')).toEqual({ ok: true, items: [{ key: 'msg_1', kind: 'a.b' }] })
    expect(read(JSON.stringify({ type: ' a\u0000b\r\nc ' }))).toMatchObject({ items: [{ kind: 'a b c' }] })
  })

  it.each(['[]', '', 'x', '{}', '{"type":7}', '{"type":""}', '{"type":"\\u0000"}'])('refuses %j', body => {
    expect(read(body)).toMatchObject({ ok: false })
  })
})
