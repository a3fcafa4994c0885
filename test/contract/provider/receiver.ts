import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { fixtureRequest } from '#ec/core/fixture.js'
import type { RawRequest } from '#ec/core/notification.js'
import type { Provider } from '#ec/providers/provider.js'
import { type FixtureFile } from '../../support/fixture-files.js'
import { withComparison } from '../../support/rigged-comparison.js'
import { aVerifyContext } from '../../support/webhook.js'
import type { ProofTraits } from './proof-traits.js'
import { SENT_AGAIN } from './fixtures.js'
import { prepareFixture } from './receive-fixture.js'

export async function testReceiver(
  provider: Provider,
  files: readonly FixtureFile[],
  traits: ProofTraits,
): Promise<void> {
  const { receiver } = provider
  if (!receiver) return
  const { request, secret, now, resource } = await acceptedRequest(provider, files)
  const hasSecret = receiver.proof !== 'key'
  const ours = hasSecret ? [secret] : []
  const verify = async (changed: RawRequest, secrets: readonly string[] = ours) =>
    receiver.verify(changed, secrets, resource, now, aVerifyContext())
  const parse = (changed: RawRequest) => receiver.parse(changed, resource, ours)
  const bearer = traits.bearer === undefined ? [] : [traits.bearer]
  const withBody = (body: Uint8Array): RawRequest => ({ ...request, body })
  const withHeader = (name: string, value: string | undefined): RawRequest => {
    const { [name]: _, ...others } = request.headers
    return { ...request, headers: value === undefined ? others : { ...others, [name]: value } }
  }
  /** The headers without which nothing can be verified. */
  const signatures: string[] = []
  for (const name of Object.keys(request.headers)) {
    if (!(await verify(withHeader(name, undefined))).ok) signatures.push(name)
  }

  it('takes bodies of a sane size', () => {
    expect(receiver.maxBodyBytes).toBeGreaterThanOrEqual(1024 * 1024)
    expect(receiver.maxBodyBytes).toBeLessThanOrEqual(25 * 1024 * 1024)
  })

  it('keeps headers by their lower-case names, each once, and none that carries a secret', () => {
    expect(receiver.keepHeaders).toEqual([...new Set(receiver.keepHeaders.map(name => name.toLowerCase()))])
    for (const name of ['authorization', 'cookie', 'proxy-authorization', ...bearer]) {
      expect(receiver.keepHeaders).not.toContain(name)
    }
  })

  it('keeps every header that verifying and parsing need, but the one that is a secret', async () => {
    const only = (names: readonly string[]): RawRequest => ({
      ...request,
      headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => names.includes(name))),
    })
    expect(await verify(only([...receiver.keepHeaders, ...bearer]))).toEqual({ ok: true })
    expect(parse(only(receiver.keepHeaders))).toEqual(parse(request))
  })

  it('explains each setting', () => {
    for (const help of Object.values(receiver.settings)) expect(help).toMatch(/\S/)
  })

  it('verifies an authentic request', async () => {
    expect(await verify(request)).toEqual({ ok: true })
  })

  it('verifies bytes that are a view into a larger buffer, as sockets hand them over', async () => {
    const larger = new Uint8Array(request.body.byteLength + 20).fill(32)
    larger.set(request.body, 10)
    const view = larger.subarray(10, 10 + request.body.byteLength)
    expect(await verify(withBody(view))).toEqual({ ok: true })
    expect(parse(withBody(view))).toEqual(parse(request))
  })

  it.runIf(hasSecret)('verifies with any of several secrets, so that one can be replaced without a gap', async () => {
    expect(await verify(request, ['the next one', secret])).toEqual({ ok: true })
    expect(await verify(request, [secret, 'the next one'])).toEqual({ ok: true })
    expect((await verify(request, ['the next one', 'the one after'])).ok).toBe(false)
  })

  // A comparison that ends at the first difference tells by its length how much of a guess is right.
  it.runIf(hasSecret)('leaves it to a comparison in constant time whether a secret is right', async () => {
    const guess = [`${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`]
    expect((await verify(request, guess)).ok).toBe(false)
    expect(await withComparison(true, () => verify(request, guess))).toEqual({ ok: true })
    expect((await withComparison(false, () => verify(request))).ok).toBe(false)
  })

  it.runIf(hasSecret)('takes an empty secret for none', async () => {
    expect((await verify(request, [''])).ok).toBe(false)
    expect(await verify(request, ['', secret])).toEqual({ ok: true })
  })

  it.runIf(traits.coversBody)('refuses a body with any one bit changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(request.body.byteLength - 1), fc.nat(7), async (at, bit) => {
        const body = Uint8Array.from(request.body)
        body[at] = (body[at] ?? 0) ^ (1 << bit)
        expect(await verify(withBody(body))).toMatchObject({ ok: false, code: 'EC_SIGNATURE_INVALID' })
      }),
      { numRuns: 200 },
    )
  })

  it.runIf(traits.coversBody)('refuses a body that was cut off, lengthened or taken away', async () => {
    const { body } = request
    for (const changed of [
      body.subarray(0, -1),
      body.subarray(1),
      Buffer.concat([body, Buffer.of(10)]),
      Buffer.alloc(0),
    ]) {
      expect(await verify(withBody(changed))).toMatchObject({ ok: false, code: 'EC_SIGNATURE_INVALID' })
    }
  })

  it.runIf(traits.inHeader)('refuses a request without its signature, and says that it is missing', async () => {
    expect(signatures).not.toEqual([])
    for (const name of signatures) {
      expect(await verify(withHeader(name, undefined))).toMatchObject({ ok: false, code: 'EC_SIGNATURE_MISSING' })
    }
  })

  it.runIf(traits.exact)('refuses signatures that are cut, lengthened, no hex, empty or in capitals', async () => {
    for (const name of signatures) {
      const value = request.headers[name] ?? ''
      const wrong = [
        '',
        ' ',
        value.slice(0, -1),
        value.slice(0, -2),
        `${value}0`,
        `${value}00`,
        `${value}, ${value}`,
        `${value.slice(0, -2)}zz`,
        `${value.slice(0, -2)}\u00e9\u00e9`,
        value.toUpperCase(),
        '0'.repeat(value.length),
      ]
      for (const changed of wrong) {
        expect(await verify(withHeader(name, changed)), JSON.stringify(changed)).toMatchObject({
          ok: false,
          code: 'EC_SIGNATURE_INVALID',
        })
      }
    }
  })

  it('tells in a refusal neither a secret nor the right signature', async () => {
    const right = signatures.map(name => (request.headers[name] ?? '').replace(/^[a-z0-9]+[=,]/, ''))
    const refusals = await Promise.all([
      ...(traits.coversBody ? [verify(withBody(Buffer.concat([request.body, Buffer.of(32)])))] : []),
      ...(hasSecret ? [verify(request, ['the next one'])] : []),
      ...signatures.flatMap(name => [verify(withHeader(name, undefined)), verify(withHeader(name, 'nonsense'))]),
      ...signatures.map(name => verify(withHeader(name, '0'.repeat(request.headers[name]?.length ?? 0)))),
    ])
    for (const refusal of refusals) {
      const detail = refusal.ok ? '' : refusal.detail
      expect(detail).toMatch(/\S/)
      for (const hidden of [secret || 'the next one', 'the next one', ...right]) expect(detail).not.toContain(hidden)
    }
  })

  it('never throws and never agrees, whatever comes in', async () => {
    const headers = fc.dictionary(fc.constantFrom(...receiver.keepHeaders, ...bearer), fc.string({ unit: 'binary' }))
    await fc.assert(
      fc.asyncProperty(headers, fc.uint8Array({ maxLength: 200 }), async (headers, body) => {
        const changed = { ...request, headers, body }
        expect((await verify(changed)).ok).toBe(false)
        const parsed = parse(changed)
        if (!parsed.ok) expect(parsed.detail).toMatch(/^[^\p{Cc}]+$/u)
      }),
      { numRuns: 500 },
    )
  })

  it('gives equal requests equal keys', () => {
    const again = { ...request, headers: { ...request.headers }, body: Uint8Array.from(request.body) }
    expect(parse(again)).toEqual(parse(request))
  })

  it('gives different notifications of its fixtures different keys', () => {
    const bodies = new Map<string, Set<string>>()
    for (const { name, fixture } of files.filter(({ fixture }) => fixture.expect.status < 300)) {
      // A service may count its attempts, or sign each anew.
      if (SENT_AGAIN.test(name)) continue
      const parsed = parse(fixtureRequest(fixture, resource.id))
      for (const { key } of parsed.ok ? parsed.items : []) {
        bodies.set(key, (bodies.get(key) ?? new Set()).add(JSON.stringify(fixture.request)))
      }
    }
    expect(bodies.size).toBeGreaterThan(3)
    for (const [key, requests] of bodies) expect(requests.size, key).toBe(1)
  })
}

/** The first fixture that is taken and makes a notification: an authentic request to change in every way. */
async function acceptedRequest(provider: Provider, files: readonly FixtureFile[]) {
  const file = files.find(({ fixture }) => {
    const { status, notifications = [] } = fixture.expect
    return status < 300 && notifications.length > 0
  })
  if (file === undefined) throw new Error('the contract needs a fixture that is accepted')
  const { secrets, ...prepared } = await prepareFixture(provider, file.fixture)
  return { ...prepared, secret: secrets[0] ?? '' }
}
