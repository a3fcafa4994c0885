import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerValidation } from '#ec/providers/microsoft/handshake.js'
import { aRequest } from '../../../support/webhook.js'

const at = (query: string) => ({ ...aRequest({}, '', 'microsoft'), url: `/webhooks/microsoft/0192f0c1${query}` })
const answerTo = (query: string) => answerValidation(at(query))?.answer ?? null

describe('answerValidation', () => {
  it("gives back Graph's token, decoded once, as text that no browser takes for a page", () => {
    const query =
      '?validationToken=Validation%3A+Testing+client+application+reachability+for+subscription+' +
      'Request-Id%3A+877cb92e-a60b-483b-8a39-79aa5f64f5a3'
    expect(answerTo(query)).toEqual({
      status: 200,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      },
      body:
        'Validation: Testing client application reachability for subscription ' +
        'Request-Id: 877cb92e-a60b-483b-8a39-79aa5f64f5a3',
    })
  })

  it.each([
    ['?validationToken=a%2520b', 'a%20b'],
    ['?validationToken=a+b%2Bc', 'a b+c'],
    ['?validationToken=100%', '100%'],
    ['?validationToken=%C3%A9', 'é'],
    ['?validationToken=%FF', '\ufffd'],
    ['?c=1&validationToken=x&validationToken=y', 'x'],
    ['?validationToken=%3Cscript%3Ealert(1)%3C/script%3E', '<script>alert(1)</script>'],
    ['?validationToken=%0d%0aset-cookie:%20a=b', '\r\nset-cookie: a=b'],
  ])('decodes %s exactly once', (query, body) => {
    expect(answerTo(query)).toMatchObject({ status: 200, body })
  })

  it.each([
    ['', 400],
    ['x'.repeat(2048), 200],
    ['x'.repeat(2049), 400],
    ['%C3%A9'.repeat(1025), 400],
  ])('answers a token %#: %s with %i', (token, status) => {
    const answer = answerTo(`?validationToken=${token}`)
    expect(answer?.status).toBe(status)
    if (status === 400) expect(answer?.body).toMatch(/^the validation token is /)
  })

  it('leaves every other request alone', () => {
    for (const query of ['', '?', '?validationtoken=x', '?c=cal_17', '#validationToken=x']) {
      expect(answerTo(query)).toBeNull()
    }
  })

  it('gives any token back as it was, whichever way it was encoded, and always as text', () => {
    const token = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(token, text => {
        for (const encoded of [encodeURIComponent(text), new URLSearchParams({ t: text }).toString().slice(2)]) {
          const answer = answerTo(`?validationToken=${encoded}`)
          expect(answer).toMatchObject({ status: 200, body: text })
          expect(answer?.headers).toMatchObject({
            'content-type': 'text/plain; charset=utf-8',
            'x-content-type-options': 'nosniff',
          })
        }
      }),
    )
  })
})
