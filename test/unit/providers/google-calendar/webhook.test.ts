import { describe, expect, it } from 'vitest'
import { sign } from '#ec/providers/google-calendar/sign.js'
import { concerns, parse, verify } from '#ec/providers/google-calendar/webhook.js'
import { aRequest, aResource } from '../../../support/webhook.js'

const HEADERS = {
  'x-goog-channel-id': 'channel-1',
  'x-goog-channel-token': 'token-1',
  'x-goog-message-number': '7',
  'x-goog-resource-id': 'resource-1',
  'x-goog-resource-state': 'exists',
}
const request = (over: Readonly<Record<string, string>> = {}) =>
  aRequest({ ...HEADERS, ...over }, '', 'google-calendar')
const without = (name: keyof typeof HEADERS) => {
  const { [name]: _, ...headers } = HEADERS
  return aRequest(headers, '', 'google-calendar')
}
const calendar = (settings: Readonly<Record<string, string>> = {}) => aResource('google-calendar', settings)

describe('verify', () => {
  it('takes the token alone when neither channel nor resource is known', () => {
    expect(verify(request(), ['token-1'], calendar())).toEqual({ ok: true })
    expect(verify(request(), ['token-1'], calendar({ channel_id: '', google_resource_id: ' , ' }))).toEqual({
      ok: true,
    })
  })

  it('takes the old channel and its successor while both deliver', () => {
    const settings = { channel_id: 'channel-0, channel-1', google_resource_id: 'resource-1' }
    expect(verify(request(), ['token-1'], calendar(settings))).toEqual({ ok: true })
    expect(verify(request({ 'x-goog-channel-id': 'channel-0' }), ['token-1'], calendar(settings))).toEqual({ ok: true })
  })

  it.each([
    [{ channel_id: 'channel' }, 'X-Goog-Channel-ID'],
    [{ channel_id: 'CHANNEL-1' }, 'X-Goog-Channel-ID'],
    [{ google_resource_id: 'resource-2' }, 'X-Goog-Resource-ID'],
    [{ channel_id: 'channel-1', google_resource_id: 'resource-2' }, 'X-Goog-Resource-ID'],
  ])('refuses the right token when %j is another one', (settings, header) => {
    const refusal = { ok: false, code: 'EC_SIGNATURE_INVALID', detail: expect.stringContaining(header) }
    expect(verify(request(), ['token-1'], calendar(settings))).toEqual(refusal)
  })

  it('says nothing of channels to one who does not know the token', () => {
    const verdict = verify(
      request({ 'x-goog-channel-token': 'x' }),
      ['token-1'],
      calendar({ channel_id: 'secret-channel' }),
    )
    expect(verdict).toEqual({
      ok: false,
      code: 'EC_SIGNATURE_INVALID',
      detail: 'header X-Goog-Channel-Token has 1 characters, but is not the secret of the resource',
    })
  })

  it('says how to make a channel with a token', () => {
    expect(verify(without('x-goog-channel-token'), ['token-1'], calendar())).toMatchObject({
      code: 'EC_SIGNATURE_MISSING',
      detail: expect.stringContaining('with the secret of this resource as its token'),
    })
  })
})

describe('parse', () => {
  it('takes channel and message number for the key and the state for the kind', () => {
    expect(parse(request())).toEqual({ ok: true, items: [{ key: 'channel-1:7', kind: 'exists' }] })
  })

  it.each(['sync', 'exists', 'not_exists', 'update', 'trash'])('takes the state %s', state => {
    expect(parse(request({ 'x-goog-resource-state': state }))).toMatchObject({ ok: true, items: [{ kind: state }] })
  })

  it('reads nothing of a body', () => {
    expect(parse({ ...request(), body: Buffer.from('{"a":') })).toMatchObject({ ok: true })
  })

  it.each(['x-goog-channel-id', 'x-goog-message-number', 'x-goog-resource-state'] as const)('misses %s', name => {
    const parsed = parse(without(name))
    expect(parsed.ok ? '' : parsed.detail.toLowerCase()).toBe(`header ${name} is missing`)
  })

  it.each([
    ['x-goog-message-number', ''],
    ['x-goog-message-number', '-1'],
    ['x-goog-message-number', '1.5'],
    ['x-goog-message-number', '1e3'],
    ['x-goog-message-number', '\u0661'],
    ['x-goog-message-number', '9'.repeat(21)],
    ['x-goog-channel-id', ''],
    ['x-goog-channel-id', 'two words'],
    ['x-goog-channel-id', 'x'.repeat(257)],
    ['x-goog-resource-state', ''],
    ['x-goog-resource-state', 'Exists'],
    ['x-goog-resource-state', 'x'.repeat(65)],
  ])('refuses %s: %j', (name, value) => {
    expect(parse(request({ [name]: value })).ok).toBe(false)
  })
})

describe('concerns', () => {
  it('goes by the channel when the resource names one', () => {
    expect(concerns(request(), calendar({ channel_id: 'channel-0,channel-1' }))).toBe(true)
    expect(concerns(request(), calendar({ channel_id: 'channel-2' }))).toBe(false)
    expect(concerns(without('x-goog-channel-id'), calendar({ channel_id: 'channel-2' }))).toBe(false)
  })

  it('leaves it to the token when the resource names none', () => {
    expect(concerns(request(), calendar())).toBe(true)
  })
})

describe('sign', () => {
  it('sends the newest secret as the token', async () => {
    expect(await sign(request(), ['new', 'old'])).toEqual({ headers: { 'x-goog-channel-token': 'new' } })
  })

  it.each([[[]], [['']]])('cannot sign with %j', async secrets => {
    await expect(sign(request(), secrets)).rejects.toMatchObject({ code: 'EC_SECRET_MISSING' })
  })
})
