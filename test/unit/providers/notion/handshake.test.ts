import { signWebhookPayload } from '@notionhq/client'
import { describe, expect, it } from 'vitest'
import { answerHandshake } from '#ec/providers/notion/handshake.js'
import { aRequest, aResource, RECEIVED_AT } from '../../../support/webhook.js'

/** The example of Notion's documentation. */
const TOKEN = 'secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl'
const BODY = `{"verification_token":"${TOKEN}"}`
const SIGNATURE = 'sha256=461e8cbcba8a75c3edd866f0e71280f5a85cbf21eff040ebd10fe266df38a735'
const MINUTE = 60_000

const fresh = { ...aResource('notion'), state: 'starting', hasSecret: false, createdAt: RECEIVED_AT } as const
const signed = (body = BODY, signature = SIGNATURE) => aRequest({ 'x-notion-signature': signature }, body, 'notion')
const selfSigned = async (token: string) => {
  const body = JSON.stringify({ verification_token: token })
  return signed(body, await signWebhookPayload({ body, verificationToken: token }))
}
const refusal = (
  request: ReturnType<typeof signed>,
  resource: Parameters<typeof answerHandshake>[1] = fresh,
  afterMs = 0,
) => answerHandshake(request, resource, RECEIVED_AT + afterMs)

describe('answerHandshake', () => {
  it("believes Notion's own example, and answers 200", () => {
    expect(answerHandshake(signed(), fresh, RECEIVED_AT + MINUTE)).toEqual({
      answer: { status: 200, headers: {}, body: '' },
      secret: TOKEN,
    })
  })

  it.each([
    [14 * MINUTE + 59_000, true],
    [15 * MINUTE, true],
    [15 * MINUTE + 1000, false],
    [3 * 24 * 60 * MINUTE, false],
  ])('%i ms after the resource was made: %s', (afterMs, believed) => {
    const found = refusal(signed(), fresh, afterMs)
    expect(found).toHaveProperty(believed ? 'secret' : 'refused')
  })

  it('says how late it was', () => {
    expect(refusal(signed(), fresh, 16 * MINUTE)).toEqual({
      refused: 'it came 16 minutes after the resource was added; it is believed within 15 minutes',
    })
  })

  it('is believed once, and only by a resource that is starting', () => {
    expect(refusal(signed(), { ...fresh, hasSecret: true })).toEqual({
      refused: 'the resource has its secret already; a handshake is believed once',
    })
    expect(refusal(signed(), { ...fresh, state: 'healthy' })).toHaveProperty('refused')
  })

  it('believes no token that another one has signed, or none', () => {
    const { 'x-notion-signature': _, ...headers } = signed().headers
    expect(refusal({ ...signed(), headers })).toHaveProperty('refused')
    for (const signature of ['', SIGNATURE.toUpperCase(), SIGNATURE.slice(0, -1), `sha256=${'0'.repeat(64)}`]) {
      expect(refusal(signed(BODY, signature))).toHaveProperty('refused')
    }
    expect(refusal(signed(`${BODY} `))).toHaveProperty('refused')
  })

  it('never repeats the token in a refusal', async () => {
    for (const found of [
      refusal(signed(BODY, 'x')),
      refusal(signed(), fresh, 20 * MINUTE),
      refusal(await selfSigned('short')),
    ]) {
      expect(JSON.stringify(found)).not.toMatch(/secret_|short/)
    }
  })

  it.each([
    ['secret_', false],
    ['12345678', true],
    ['ntn_another_prefix', true],
    ['with space in it', false],
    ['x'.repeat(512), true],
    ['x'.repeat(513), false],
    ['é'.repeat(20), false],
  ])('takes %j for a token: %s', async (token, taken) => {
    expect(refusal(await selfSigned(token))).toHaveProperty(taken ? 'secret' : 'refused')
  })

  it.each([
    '{"id":"1","type":"page.created"}',
    '{"id":"1","type":"page.created","verification_token":"secret_in_an_event"}',
    '{"data":{"verification_token":"secret_deep_inside"}}',
    '["verification_token"]',
    '{"verification_token":',
    '',
    `{"verification_token":"${'x'.repeat(5000)}"}`,
  ])('leaves any other body to the rest: %j', body => {
    expect(refusal(signed(body))).toBeNull()
  })
})
