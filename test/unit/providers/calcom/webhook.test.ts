import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parse, sign, verify } from '#ec/providers/calcom/webhook.js'
import { aRequest } from '../../../support/webhook.js'

const golden =
  '{"triggerEvent":"BOOKING_CREATED","createdAt":"2026-01-05T09:00:00.000Z","payload":{"uid":"bk_demo_1","title":"Demo"}}'
const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'
const request = (body: string | Uint8Array, type = JSON_TYPE) => aRequest({ 'content-type': type }, body, 'calcom')
const sha256 = (body: string) => createHash('sha256').update(body).digest('hex')

describe('verify', () => {
  it('agrees with a signature that Cal.com made', () => {
    const signature = 'b2bbf5fa81d9f5ae6e2cae6c57810bbf2ec1f8b079253cd914e55797466c8144'
    expect(verify(aRequest({ 'x-cal-signature-256': signature }, golden), ['cal-demo-secret'])).toEqual({ ok: true })
  })

  it('signs as Cal.com does', async () => {
    expect(await sign(request(golden), ['cal-demo-secret'])).toEqual({
      headers: { 'x-cal-signature-256': 'b2bbf5fa81d9f5ae6e2cae6c57810bbf2ec1f8b079253cd914e55797466c8144' },
    })
  })

  it('verifies a form by its raw bytes, too', () => {
    const body = 'name=Ana+%26+Ben'
    const signature = createHmac('sha256', 's').update(body).digest('hex')
    const signed = aRequest({ 'x-cal-signature-256': signature, 'content-type': FORM_TYPE }, body)
    expect(verify(signed, ['s'])).toEqual({ ok: true })
  })

  it('says what to do when the webhook at Cal.com has no secret', () => {
    expect(verify(aRequest({ 'x-cal-signature-256': 'no-secret-provided' }, golden), ['s'])).toEqual({
      ok: false,
      code: 'EC_SIGNATURE_MISSING',
      detail:
        'header X-Cal-Signature-256 says "no-secret-provided": the webhook at Cal.com has no secret; ' +
        'enter the secret of this resource there',
    })
  })

  it('does not take those words for a secret', () => {
    const body = createHmac('sha256', 'no-secret-provided').update(golden).digest('hex')
    expect(verify(aRequest({ 'x-cal-signature-256': body }, golden), ['s']).ok).toBe(false)
    expect(verify(aRequest({ 'x-cal-signature-256': 'no-secret-provided' }, golden), ['no-secret-provided']).ok).toBe(
      false,
    )
  })
})

describe('parse', () => {
  it('takes the hash of the bytes for the key and the trigger for the kind', () => {
    expect(parse(request(golden))).toEqual({ ok: true, items: [{ key: sha256(golden), kind: 'BOOKING_CREATED' }] })
  })

  it('gives bodies that differ in one space different keys', () => {
    expect(parse(request(`${golden} `))).toMatchObject({ ok: true, items: [{ key: sha256(`${golden} `) }] })
  })

  it.each([
    '{}',
    '{"triggerEvent":7}',
    '{"triggerEvent":""}',
    '{"triggerEvent":"two words"}',
    `{"triggerEvent":"${'X'.repeat(65)}"}`,
    '{"payload":{"triggerEvent":"BOOKING_CREATED"}}',
  ])('knows no kind of %s', body => {
    expect(parse(request(body))).toMatchObject({ ok: true, items: [{ kind: 'unknown' }] })
  })

  it.each([
    ['', 'the body is empty; expected is a JSON object'],
    ['{"triggerEvent":', 'the body is not JSON'],
    ['[]', 'the body is an array; expected is a JSON object'],
    ['A booking was made', 'the body is not JSON'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'the body is not UTF-8'],
  ])('refuses %j as JSON', (body, detail) => {
    expect(parse(request(body))).toEqual({ ok: false, detail })
  })

  it.each([
    ['triggerEvent=BOOKING_PAID&uid=bk_1', 'BOOKING_PAID'],
    ['{"triggerEvent":"BOOKING_PAID","uid":"bk_1"}', 'BOOKING_PAID'],
    ['A booking was made', 'unknown'],
    ['50% off & more = better', 'unknown'],
    ['', 'unknown'],
  ])('takes what a template of the user’s own made, sent as a form: %j', (body, kind) => {
    expect(parse(request(body, FORM_TYPE))).toEqual({ ok: true, items: [{ key: sha256(body), kind }] })
  })
})
