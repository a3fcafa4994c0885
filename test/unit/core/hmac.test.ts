import { createHmac } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkHmacHeader, isHmacSha256 } from '#ec/core/hmac.js'
import { aRequest } from '../../support/webhook.js'

const GITHUB = { name: 'X-Hub-Signature-256', prefix: 'sha256=' }
const CALCOM = { name: 'X-Cal-Signature-256', prefix: '' }

/** Published by the services themselves and by RFC 4231 (test case 2). */
const VECTORS = [
  {
    of: 'GitHub’s documentation',
    secret: "It's a Secret to Everybody",
    body: 'Hello, World!',
    digest: '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  },
  {
    of: 'a Cal.com booking',
    secret: 'cal-demo-secret',
    body: '{"triggerEvent":"BOOKING_CREATED","createdAt":"2026-01-05T09:00:00.000Z","payload":{"uid":"bk_demo_1","title":"Demo"}}',
    digest: 'b2bbf5fa81d9f5ae6e2cae6c57810bbf2ec1f8b079253cd914e55797466c8144',
  },
  {
    of: 'RFC 4231, a short key',
    secret: 'Jefe',
    body: 'what do ya want for nothing?',
    digest: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  },
]

describe('isHmacSha256', () => {
  it.each(VECTORS)('agrees with $of', ({ secret, body, digest }) => {
    expect(isHmacSha256(Buffer.from(digest, 'hex'), Buffer.from(body), [secret])).toBe(true)
  })

  it('takes the digest under any of the secrets, and under no other', () => {
    const secrets = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 4 })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), secrets, fc.nat(), (body, secrets, n) => {
        const signer = secrets[n % secrets.length] ?? ''
        const digest = createHmac('sha256', signer).update(body).digest()
        expect(isHmacSha256(digest, body, secrets)).toBe(true)
        expect(
          isHmacSha256(
            digest,
            body,
            secrets.filter(secret => secret !== signer),
          ),
        ).toBe(false)
      }),
    )
  })

  it.each([0, 31, 33])('refuses a digest of %i bytes instead of throwing', length => {
    const right = createHmac('sha256', 'k').update('x').digest()
    const digest = Buffer.concat([right, right]).subarray(0, length)
    expect(isHmacSha256(digest, Buffer.from('x'), ['k'])).toBe(false)
  })

  it('matches nothing without a secret, or with an empty one that anybody knows', () => {
    const digest = createHmac('sha256', '').update('x').digest()
    expect(isHmacSha256(digest, Buffer.from('x'), [''])).toBe(false)
    expect(isHmacSha256(digest, Buffer.from('x'), [])).toBe(false)
  })
})

describe('checkHmacHeader', () => {
  const body = 'x'.repeat(1204)
  const digest = createHmac('sha256', 'right').update(body).digest('hex')
  const check = (header: typeof GITHUB, value: string | undefined, secrets: readonly string[]) =>
    checkHmacHeader(header, aRequest(value === undefined ? {} : { [header.name.toLowerCase()]: value }, body), secrets)

  it('takes the right signature in the right form', () => {
    expect(check(GITHUB, `sha256=${digest}`, ['right'])).toEqual({ ok: true })
    expect(check(CALCOM, digest, ['old', 'right'])).toEqual({ ok: true })
  })

  it.each([
    [
      GITHUB,
      undefined,
      'header X-Hub-Signature-256 is missing; expected is "sha256=" and 64 lower-case hex digits',
      'EC_SIGNATURE_MISSING',
    ],
    [
      GITHUB,
      '',
      'header X-Hub-Signature-256 should be "sha256=" and 64 lower-case hex digits; it is empty',
      'EC_SIGNATURE_INVALID',
    ],
    [
      GITHUB,
      digest,
      'header X-Hub-Signature-256 should be "sha256=" and 64 lower-case hex digits; it has 64 characters and does not begin with "sha256="',
      'EC_SIGNATURE_INVALID',
    ],
    [
      GITHUB,
      `sha256=${digest.slice(0, 40)}`,
      'header X-Hub-Signature-256 should be "sha256=" and 64 lower-case hex digits; it has 40 characters after "sha256="',
      'EC_SIGNATURE_INVALID',
    ],
    [
      GITHUB,
      `sha256=${digest.slice(0, 62)}zz`,
      'header X-Hub-Signature-256 should be "sha256=" and 64 lower-case hex digits; the 64 characters after "sha256=" are not all lower-case hex digits',
      'EC_SIGNATURE_INVALID',
    ],
    [
      CALCOM,
      `sha256=${digest}`,
      'header X-Cal-Signature-256 should be 64 lower-case hex digits; it has 71 characters',
      'EC_SIGNATURE_INVALID',
    ],
    [
      GITHUB,
      `sha256=${'0'.repeat(64)}`,
      'header X-Hub-Signature-256 is there, but is not the HMAC-SHA256 of the 1,204 bytes received under any of the 2 secrets',
      'EC_SIGNATURE_INVALID',
    ],
  ] as const)('says of %o what it found: %j', (header, value, detail, code) => {
    expect(check(header, value, ['old', 'right'])).toEqual({ ok: false, code, detail })
  })

  it('says it in the singular of one secret', () => {
    const refusal = check(GITHUB, `sha256=${digest}`, ['other'])
    expect(refusal).toMatchObject({ detail: expect.stringMatching(/received under the secret of the resource$/) })
  })
})
