import { createECDH, randomBytes } from 'node:crypto'
import webpush from 'web-push'
import { describe, expect, it } from 'vitest'
import { encrypt, MAX_PLAINTEXT_BYTES } from '#ec/agent/dispatch/push/encrypt.js'
import { createPushBrowser } from '../../../../support/push-browser.js'

const ENDPOINT = 'https://push.example.org/1'

describe('the encryption of a push message', () => {
  it('is the example of RFC 8291, appendix A, byte for byte', () => {
    const address = {
      endpoint: ENDPOINT,
      p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
      auth: 'BTBZMqHH6r4Tts7J_aSIgg',
    }
    const body = encrypt(Buffer.from('When I grow up, I want to be a watermelon'), address, {
      privateKey: Buffer.from('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw', 'base64url'),
      salt: Buffer.from('DGv6ra1nlYgDCS1FRnbzlw', 'base64url'),
    })
    expect(body.toString('base64url')).toBe(
      'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl' +
        '7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
    )
  })

  it('is read by a browser that also reads what web-push encrypts', () => {
    const browser = createPushBrowser()
    const text = Buffer.from('Сборка готова 🎉')
    const oracle = webpush.encrypt(browser.p256dh, browser.auth, text, webpush.supportedContentEncodings.AES_128_GCM)
    // web-push hands the key and the salt over beside the ciphertext; its own sender puts the same header before it.
    expect(browser.decrypt(oracle.cipherText).toString()).toBe(text.toString())
    expect(browser.decrypt(encrypt(text, browser)).toString()).toBe(text.toString())
  })

  it('uses fresh secrets for each message', () => {
    const browser = createPushBrowser()
    const bodies = [1, 2].map(() => encrypt(Buffer.from('same'), browser))
    expect(bodies[0]!.subarray(0, 16)).not.toEqual(bodies[1]!.subarray(0, 16))
    expect(bodies[0]!.subarray(21, 86)).not.toEqual(bodies[1]!.subarray(21, 86))
  })

  it('fills a body of 4,096 bytes with the longest message, and takes no longer one', () => {
    const browser = createPushBrowser()
    const address = { endpoint: ENDPOINT, ...browser }
    const longest = randomBytes(MAX_PLAINTEXT_BYTES)
    const body = encrypt(longest, address)
    expect(body.length).toBe(4_096)
    expect(browser.decrypt(body)).toEqual(longest)
    expect(() => encrypt(randomBytes(MAX_PLAINTEXT_BYTES + 1), address)).toThrow(RangeError)
  })

  it('refuses a point that is not on the curve', () => {
    const off = createECDH('prime256v1').generateKeys()
    off[64] = off[64]! ^ 1
    const address = {
      endpoint: ENDPOINT,
      p256dh: off.toString('base64url'),
      auth: randomBytes(16).toString('base64url'),
    }
    expect(() => encrypt(Buffer.from('x'), address)).toThrow()
  })
})
