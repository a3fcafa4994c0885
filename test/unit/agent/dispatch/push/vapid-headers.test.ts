import { createPublicKey } from 'node:crypto'
import { decodeJwt, jwtVerify } from 'jose'
import webpush from 'web-push'
import { describe, expect, it } from 'vitest'
import { VapidHeaders } from '#ec/agent/dispatch/push/vapid-headers.js'
import type { VapidKey } from '#ec/agent/dispatch/push/vapid-key.js'
import { toSigningKey } from '#ec/agent/dispatch/push/vapid-key.js'
import { FakeClock } from '../../../../support/fake-clock.js'

const HOUR_MS = 3_600_000
const ORIGIN = 'https://push.example.org'

describe('the signature of push requests', () => {
  it('is a token for the origin, for 12 hours, signed by the key that is named', async () => {
    const clock = new FakeClock()
    const key = vapidKey()
    const { token, k } = split(await new VapidHeaders(clock).headerFor(ORIGIN, key))
    expect(k).toBe(key.publicKey)
    const { payload, protectedHeader } = await jwtVerify(token, createPublicKey(toSigningKey(key)), {
      currentDate: new Date(clock.now()),
    })
    expect(protectedHeader).toEqual({ typ: 'JWT', alg: 'ES256' })
    expect(payload).toEqual({ aud: ORIGIN, sub: key.subject, exp: clock.now() / 1_000 + 12 * 3_600 })
  })

  it('says what web-push says', async () => {
    const clock = new FakeClock()
    const key = vapidKey()
    const exp = clock.now() / 1_000 + 12 * 3_600
    const oracle = webpush.getVapidHeaders(
      ORIGIN,
      key.subject,
      key.publicKey,
      key.privateKey,
      webpush.supportedContentEncodings.AES_128_GCM,
      exp,
    )
    const theirs = split(oracle.Authorization)
    const ours = split(await new VapidHeaders(clock).headerFor(ORIGIN, key))
    expect(ours.k).toBe(theirs.k)
    expect(decodeJwt(ours.token)).toEqual(decodeJwt(theirs.token))
    await jwtVerify(theirs.token, createPublicKey(toSigningKey(key)), { currentDate: new Date(clock.now()) })
  })

  it('is made once for an origin and a key, and anew after 11 hours', async () => {
    const clock = new FakeClock()
    const headers = new VapidHeaders(clock)
    const [key, other] = [vapidKey('a'), vapidKey('b')]
    const first = await headers.headerFor(ORIGIN, key)
    expect(await headers.headerFor('https://other.example.org', key)).not.toBe(first)
    expect(await headers.headerFor(ORIGIN, other)).not.toBe(first)
    clock.advance(11 * HOUR_MS - 1)
    expect(await headers.headerFor(ORIGIN, key)).toBe(first)
    clock.advance(1)
    expect(await headers.headerFor(ORIGIN, key)).not.toBe(first)
  })

  it('is made anew when it was not taken, and when the clock was set back', async () => {
    const clock = new FakeClock()
    const headers = new VapidHeaders(clock)
    const key = vapidKey()
    const first = await headers.headerFor(ORIGIN, key)
    headers.forget(ORIGIN, key)
    const second = await headers.headerFor(ORIGIN, key)
    expect(second).not.toBe(first)
    clock.jump(-HOUR_MS)
    const third = split(await headers.headerFor(ORIGIN, key))
    expect(decodeJwt(third.token).exp).toBe(clock.now() / 1_000 + 12 * 3_600)
  })
})

function vapidKey(id = 'a'): VapidKey {
  return { id, ...webpush.generateVAPIDKeys(), subject: 'mailto:ops@example.org' }
}

function split(header: string): { readonly token: string; readonly k: string } {
  const [, token = '', k = ''] = /^vapid t=([^,]+), ?k=([\w-]+)$/.exec(header) ?? []
  return { token, k }
}
