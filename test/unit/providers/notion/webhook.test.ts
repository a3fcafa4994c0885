import { signWebhookPayload, verifyWebhookSignature } from '@notionhq/client'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sign } from '#ec/providers/notion/sign.js'
import { parse, verify } from '#ec/providers/notion/webhook.js'
import { aRequest, aResource } from '../../../support/webhook.js'

const resource = aResource('notion')
const request = (body: string | Uint8Array, headers = {}) => aRequest(headers, body, 'notion')
const secretText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 })

describe("the signature, beside Notion's own library", () => {
  it('agrees with the vector of the documentation', () => {
    const token = 'secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl'
    const signature = 'sha256=461e8cbcba8a75c3edd866f0e71280f5a85cbf21eff040ebd10fe266df38a735'
    const body = `{"verification_token":"${token}"}`
    expect(verify(request(body, { 'x-notion-signature': signature }), [token])).toEqual({ ok: true })
  })

  it('takes what the library signs', async () => {
    await fc.assert(
      fc.asyncProperty(secretText, fc.uint8Array({ maxLength: 300 }), async (verificationToken, body) => {
        const signature = await signWebhookPayload({ body, verificationToken })
        expect(verify(request(body, { 'x-notion-signature': signature }), [verificationToken])).toEqual({ ok: true })
        expect(verify(request(body, { 'x-notion-signature': signature }), [`${verificationToken}x`]).ok).toBe(false)
      }),
    )
  })

  it('signs what the library takes', async () => {
    await fc.assert(
      fc.asyncProperty(secretText, fc.uint8Array({ maxLength: 300 }), async (verificationToken, body) => {
        const { headers } = await sign(request(body), [verificationToken, 'another'])
        const signature = headers['x-notion-signature']
        expect(await verifyWebhookSignature({ body, signature, verificationToken })).toBe(true)
      }),
    )
  })

  it('cannot sign without a token', async () => {
    await expect(sign(request('{}'), [])).rejects.toMatchObject({ code: 'EC_SECRET_MISSING' })
  })
})

describe('parse', () => {
  const event = { id: 'e1', type: 'page.created', workspace_id: '13950b26-c203-4f3b-b97d-93ec06319565' }
  const read = (over: object, settings = {}) =>
    parse(request(JSON.stringify({ ...event, ...over })), aResource('notion', settings))

  it('takes the id for the key, whichever attempt it is', () => {
    for (const attempt_number of [1, 2, 8]) {
      expect(read({ attempt_number })).toEqual({ ok: true, items: [{ key: 'e1', kind: 'page.created' }] })
    }
  })

  it.each([
    ['', 'the body is empty; expected is a JSON object'],
    ['[]', 'the body is an array; expected is a JSON object'],
    [Buffer.from([0xff]), 'the body is not UTF-8'],
    ['{"type":"page.created"}', 'the event has no "id" of 1 to 200 visible ASCII characters'],
    ['{"id":"two words","type":"page.created"}', 'the event has no "id" of 1 to 200 visible ASCII characters'],
    ['{"id":"e1"}', 'the event has no "type" as page.created'],
    ['{"id":"e1","type":"Page Created"}', 'the event has no "type" as page.created'],
  ])('refuses %j', (body, detail) => {
    expect(parse(request(body), resource)).toEqual({ ok: false, detail })
  })

  it('takes the longest type that there is', () => {
    expect(read({ type: 'page.transcription_block.transcript_deleted' })).toMatchObject({ ok: true })
  })

  it('takes one workspace where one is named, with dashes or without', () => {
    expect(read({}, { workspace: '13950B26C2034F3BB97D93EC06319565' }).ok).toBe(true)
    expect(read({}, { workspace: '' }).ok).toBe(true)
    expect(read({}, { workspace: 'another' })).toEqual({
      ok: false,
      detail:
        'it is of the workspace 13950b26-c203-4f3b-b97d-93ec06319565; ' +
        'this resource takes only another (its setting "workspace")',
    })
    expect(read({ workspace_id: undefined }, { workspace: 'another' })).toMatchObject({
      detail: expect.stringContaining('it is of no workspace'),
    })
  })
})
