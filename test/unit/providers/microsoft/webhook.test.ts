import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sign } from '#ec/providers/microsoft/sign.js'
import { parse, verify } from '#ec/providers/microsoft/webhook.js'
import { aRequest, aResource } from '../../../support/webhook.js'

const S = 'the-client-state'
const resource = aResource('microsoft')
const item = (over: Record<string, unknown> = {}) => ({
  id: 'n1',
  subscriptionId: '7f105c7d-2dc5-4530-97cd-4e7ae6534c07',
  clientState: S,
  changeType: 'updated',
  resource: 'Users/1/Events/AAMk1',
  resourceData: { id: 'AAMk1' },
  ...over,
})
const batch = (...value: unknown[]) => aRequest({ 'content-type': 'application/json' }, JSON.stringify({ value }))
const textOf = (body: Uint8Array | undefined) => Buffer.from(body ?? []).toString()
const of = (id: string) => aResource('microsoft', { subscription_id: id })
const read = (request: ReturnType<typeof batch>, secrets = [S]) => {
  const parsed = parse(request, resource, secrets)
  if (!parsed.ok) throw new Error(parsed.detail)
  return { items: parsed.items, refused: parsed.refused ?? [] }
}

describe('verify', () => {
  it('looks for the clientState in each item, and is content with one', () => {
    const forged = item({ clientState: 'guessed' })
    expect(verify(batch(item()), [S], resource)).toEqual({ ok: true })
    expect(verify(batch(forged, item()), [S], resource)).toEqual({ ok: true })
    expect(verify(batch(forged, forged), [S], resource)).toMatchObject({
      ok: false,
      code: 'EC_SIGNATURE_INVALID',
      detail: 'the clientState of the notification, 7 characters, is none that this resource knows',
    })
  })

  it.each([
    ['', 'the body is empty; expected is a JSON object'],
    ['{"value":{}}', 'the body has no array "value"'],
    ['{"value":[]}', 'the array "value" is empty'],
    [Buffer.from([0xff]), 'the body is not UTF-8'],
    ['null', 'the body is null; expected is a JSON object'],
  ])('finds no clientState in %j', (body, why) => {
    expect(verify(aRequest({}, body), [S], resource)).toEqual({
      ok: false,
      code: 'EC_SIGNATURE_MISSING',
      detail: `${why}, so it has no clientState`,
    })
  })

  it.each([undefined, null, 7, true, '', [S], { [S]: S }])('takes a clientState of %j for none', clientState => {
    expect(verify(batch(item({ clientState })), [S, ''], resource)).toMatchObject({ code: 'EC_SIGNATURE_MISSING' })
  })

  it('lets no clientState be kept of what it refuses: it may be the right one, of another subscription', () => {
    const verdict = verify(batch(item(), item()), [S], of('another'))
    if (verdict.ok) throw new Error('it was taken')
    expect(textOf(verdict.body)).toContain('AAMk1')
    expect(textOf(verdict.body)).not.toMatch(/clientState|the-client-state/)
  })

  it('asks for the subscription that the resource names, in any case of its letters', () => {
    expect(verify(batch(item()), [S], of('7F105C7D-2DC5-4530-97CD-4E7AE6534C07')).ok).toBe(true)
    expect(verify(batch(item()), [S], of('another'))).toMatchObject({ code: 'EC_SIGNATURE_INVALID' })
    expect(verify(batch(item()), [S], of('')).ok).toBe(true)
  })

  it('agrees exactly when some item carries one of the secrets', () => {
    const secret = fc.string({ minLength: 1, maxLength: 128 })
    fc.assert(
      fc.property(fc.array(secret, { maxLength: 3 }), fc.array(secret, { maxLength: 5 }), (secrets, states) => {
        const request = batch(...states.map(clientState => item({ clientState })))
        expect(verify(request, secrets, resource).ok).toBe(states.some(state => secrets.includes(state)))
      }),
    )
  })
})

describe('parse', () => {
  it('takes what is authentic, and refuses each other item with its own reason', () => {
    const { items, refused } = read(
      batch(
        item(),
        item({ id: 'n2', clientState: 'guessed' }),
        7,
        item({ id: 'n3', changeType: 'deleted' }),
        item({ changeType: 'two words' }),
      ),
    )
    expect(items).toMatchObject([
      { key: 'n1', kind: 'updated' },
      { key: 'n3', kind: 'deleted' },
    ])
    expect(refused.map(({ reason }) => reason)).toEqual([
      'EC_SIGNATURE_INVALID',
      'EC_SIGNATURE_MISSING',
      'EC_NOTIFICATION_MALFORMED',
    ])
    expect(refused.map(({ body }) => JSON.parse(textOf(body)).value)).toMatchObject([
      [{ id: 'n2' }],
      [7],
      [{ id: 'n1' }],
    ])
  })

  it('keeps of each its own part, without the clientState', () => {
    const { items, refused } = read(batch(item(), item({ id: 'n2', changeType: 1 }), item({ clientState: 'guessed' })))
    const { clientState: _, ...rest } = item()
    expect(JSON.parse(textOf(items[0]?.body))).toEqual({ value: [rest] })
    for (const { body } of [...items, ...refused]) expect(textOf(body)).not.toMatch(/clientState|the-client-state/)
  })

  it('hashes what has no id, whatever the order of its fields and its clientState', () => {
    const { id: _, ...bare } = item()
    const turned = Object.fromEntries(Object.entries({ ...bare, clientState: 'another' }).toReversed())
    const [first] = read(batch(bare)).items
    expect(first?.key).toMatch(/^[0-9a-f]{64}$/)
    expect(read(batch(turned), ['another']).items[0]?.key).toBe(first?.key)
    expect(read(batch({ ...bare, resourceData: { id: 'AAMk2' } })).items[0]?.key).not.toBe(first?.key)
    for (const id of ['', 'two words', 'x'.repeat(201), 7]) {
      expect(read(batch(item({ id }))).items[0]?.key).toMatch(/^[0-9a-f]{64}$/)
    }
  })

  it('takes the lifecycle event for the kind', () => {
    const { items } = read(batch(item({ changeType: undefined, lifecycleEvent: 'missed' })))
    expect(items).toMatchObject([{ kind: 'missed' }])
  })
})

describe('sign', () => {
  it('puts the clientState into what was kept without it, and keeps the keys', async () => {
    const { id: _, ...bare } = item({ changeType: 'created' })
    const { items } = read(batch(item(), bare))
    for (const { key, body = new Uint8Array() } of items) {
      const kept = aRequest({}, body)
      expect(verify(kept, [S], resource).ok).toBe(false)
      const signed = { ...kept, body: (await sign(kept, ['next', S])).body ?? body }
      expect(verify(signed, ['next'], resource)).toEqual({ ok: true })
      expect(read(signed, ['next']).items).toMatchObject([{ key }])
    }
  })

  it('leaves a handshake as it is, and needs a secret', async () => {
    expect(await sign(aRequest({}, ''), [S])).toEqual({ headers: {} })
    await expect(sign(batch(item()), [])).rejects.toMatchObject({ code: 'EC_SECRET_MISSING' })
  })
})
