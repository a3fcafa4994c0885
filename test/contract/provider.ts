import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEvent } from '#ec/core/event-schema.js'
import { fixtureRequest, type Fixture } from '#ec/core/fixture.js'
import type { NotificationRecord, RawRequest } from '#ec/core/notification.js'
import type { Resource } from '#ec/core/resource.js'
import type { Provider, Receiver } from '#ec/providers/provider.js'
import { readFixtures, type FixtureFile } from '../support/fixture-files.js'
import { hostileJson, mutated } from '../support/hostile-json.js'
import { aNotification, aResource, aVerifyContext } from '../support/webhook.js'

/** How a provider proves its requests, where that differs from an HMAC of the body in hex. */
export interface ProofTraits {
  /** The proof covers every byte of the body. */
  readonly coversBody: boolean
  /** The proof stands in a header, which can be missing. */
  readonly inHeader: boolean
  /** The header is compared as it is, so that every other value is wrong. */
  readonly exact: boolean
  /** A header that is a secret by itself, so that it is not kept: who has it can send in the service's name. */
  readonly bearer?: string
}

export const HMAC_OF_BODY: ProofTraits = { coversBody: true, inHeader: true, exact: true }

/** What every provider that receives webhooks must keep; run on each of the list. */
export function testProvider(id: string, provider: Provider, traits: ProofTraits = HMAC_OF_BODY): void {
  const { receiver } = provider
  it('goes by the id that it is listed under', () => {
    expect(provider.id).toBe(id)
    expect(provider.title).not.toBe('')
  })
  if (!receiver) return

  const files = readFixtures(id)
  describe('receiver', async () => testReceiver(provider, files, traits))
  describe('fixtures', () => testFixtures(id, provider, files))
  describe('descriptions', () => testDescriptions(id, provider, receiver, files))
}

async function testReceiver(provider: Provider, files: readonly FixtureFile[], traits: ProofTraits): Promise<void> {
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
    expect(receiver.maxBodyBytes).toBeGreaterThanOrEqual(64 * 1024)
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

const UUIDS = ['6f9619ff-8b86-4d01-b42d-00cf4fc964ff', '0192f0c1-7d1e-7c3a-9a51-3f6a2b1c0d9e'] as const

/** How fixtures are named that repeat the one whose name goes before. */
const SENT_AGAIN = /^(.+)-(?:again|redelivered)$/

function testFixtures(id: string, provider: Provider, files: readonly FixtureFile[]): void {
  it('there are some that are taken and some that are refused', () => {
    expect(files.filter(({ fixture }) => fixture.expect.status < 300).length).toBeGreaterThanOrEqual(4)
    expect(files.filter(({ fixture }) => fixture.expect.status >= 400).length).toBeGreaterThanOrEqual(4)
  })

  it('what is sent again has the key of the first time', async () => {
    const pairs = files.flatMap(again => {
      const first = files.find(({ name }) => name === SENT_AGAIN.exec(again.name)?.[1])
      return first === undefined ? [] : [[first, again] as const]
    })
    expect(pairs).toHaveLength(files.filter(({ name }) => SENT_AGAIN.test(name)).length)
    expect(pairs).not.toEqual([])
    for (const [first, again] of pairs) {
      const { notifications } = await receive(provider, first.fixture)
      expect((await receive(provider, again.fixture)).notifications).toEqual(notifications)
    }
  })

  it.each(files)('$name is answered and understood as it says', async ({ fixture }) => {
    expect(fixture.provider).toBe(id)
    expect(fixture.request.path).toMatch(new RegExp(`^${id}/`))
    const { status, notifications, events } = fixture.expect
    const outcome = await receive(provider, fixture)
    expect(outcome.status).toBe(status)
    expectSubset(outcome.notifications, notifications)
    expectSubset(outcome.events, events)
  })

  it.runIf(provider.renew !== undefined)(
    'those that are taken become others by a new key, and only by that',
    async () => {
      for (const { name, fixture } of files.filter(({ fixture }) => fixture.expect.status < 300)) {
        const { resource, secrets, request } = await prepare(provider, fixture)
        const parsed = (uuid: string | null) => {
          const renewed = uuid === null ? request : provider.renew?.(request, uuid)
          const result = renewed && provider.receiver?.parse(renewed, resource, secrets)
          return result?.ok ? result.items : []
        }
        const turns = [null, UUIDS[0], UUIDS[1]].map(parsed)
        const keys = turns.flatMap(items => items.map(({ key }) => key))
        expect(new Set(keys).size, name).toBe(keys.length)
        const [recorded, ...renewed] = turns.map(items => items.map(({ kind }) => kind))
        for (const kinds of renewed) expect(kinds, name).toEqual(recorded)
      }
    },
  )

  it.runIf(provider.sign !== undefined)(
    'those that are taken are taken as well when they are signed anew',
    async () => {
      for (const { name, fixture } of files.filter(({ fixture }) => fixture.expect.status < 300)) {
        // A handshake comes before there is anything to sign with.
        if (fixture.expect.notifications?.length === 0) continue
        const outcome = await receive(provider, { ...fixture, sign: 'at-replay' })
        expect(outcome.status, name).toBe(fixture.expect.status)
      }
    },
  )
}

function testDescriptions(id: string, provider: Provider, receiver: Receiver, files: readonly FixtureFile[]): void {
  const resource = aResource(id)
  const accepted = files.filter(({ fixture }) => fixture.expect.status < 300)
  const kinds = [...new Set(accepted.flatMap(({ fixture }) => fixture.expect.notifications?.map(n => n.kind) ?? []))]
  const bodies = accepted.flatMap(({ fixture }) => jsonOf(fixture))
  // A service may say everything in its headers; a body all the same must not trouble it.
  const documents = bodies.length === 0 ? [{}] : bodies

  it('gives the owner valid, readable events that say where they come from', async () => {
    for (const { name, fixture } of accepted) {
      for (const event of (await receive(provider, fixture)).events) {
        expect(parseEvent(event), name).toMatchObject({ ok: true })
        expect(event).toMatchObject({ user_id: resource.userId, source: id, service: id })
        expect(`${event.title}\n${event.body}`, name).not.toMatch(/undefined|\bnull\b|\[object |NaN|\s\s\S/)
        expect(event.data, name).toHaveProperty('notification_id')
        expect(JSON.stringify(event.data).length, name).toBeLessThan(1024)
      }
    }
  })

  it('still says that something came when the body is no longer kept', () => {
    for (const kind of kinds) {
      const forgotten = aNotification(id, kind, '', { body: null, headers: null })
      const known = aNotification(id, kind, documents[0])
      expect(receiver.describe(forgotten, resource)).toHaveLength(receiver.describe(known, resource).length)
      expectValid(receiver, forgotten)
    }
  })

  it('gives valid events for any JSON, and never throws', () => {
    const kind = fc.oneof(fc.constantFrom(...kinds), fc.constantFrom('constructor', '__proto__', 'x'.repeat(64)))
    fc.assert(
      fc.property(kind, fc.oneof(hostileJson, fc.dictionary(fc.constant('payload'), hostileJson)), (kind, json) =>
        expectValid(receiver, aNotification(id, kind, JSON.stringify(json))),
      ),
      { numRuns: 500 },
    )
  })

  it('gives valid events for its own fixtures with any one value replaced', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), mutated(documents), (kind, json) =>
        expectValid(receiver, aNotification(id, kind, JSON.stringify(json))),
      ),
      { numRuns: 1000 },
    )
  })

  it('gives valid events for any bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.uint8Array({ maxLength: 300 }), (kind, body) => {
        expectValid(receiver, aNotification(id, kind, body))
        const headers = { 'content-type': 'application/x-www-form-urlencoded' }
        expectValid(receiver, aNotification(id, kind, body, { headers }))
      }),
      { numRuns: 300 },
    )
  })
}

function expectValid(receiver: Receiver, notification: NotificationRecord): void {
  for (const event of receiver.describe(notification, aResource(notification.provider))) {
    const parsed = parseEvent(event)
    expect(parsed.ok ? [] : parsed.problems).toEqual([])
    const text = `${event.title}\n${event.body}\n${event.thread ?? ''}\n${JSON.stringify(event.actor ?? '')}`
    expect(text.replaceAll('\n', ' ')).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u)
    expect(event.title.length).toBeLessThanOrEqual(300)
  }
}

interface Outcome {
  readonly status: number
  readonly notifications: readonly { readonly key: string; readonly kind: string }[]
  readonly events: ReturnType<Receiver['describe']>
}

/** What the receiving stage does with a request, in short. */
async function receive(provider: Provider, fixture: Fixture): Promise<Outcome> {
  const { receiver } = provider
  if (!receiver) throw new Error('the provider receives nothing')
  const { resource, secrets, now, request } = await prepare(provider, fixture)
  if (request.body.byteLength > receiver.maxBodyBytes) return refused(413)
  const hasSecret = secrets.length > 0
  const challenge = receiver.challenge?.(request, { ...resource, hasSecret }, now) ?? null
  if (challenge !== null) return refused('refused' in challenge ? 401 : challenge.answer.status)
  if (secrets.length === 0 && receiver.proof !== 'key') return refused(401)
  if (!(await receiver.verify(request, secrets, resource, now, aVerifyContext())).ok) return refused(401)
  const parsed = receiver.parse(request, resource, secrets)
  if (!parsed.ok) return refused(receiver.statuses?.malformed ?? 400)
  const events = parsed.items.flatMap(item => {
    const rest = { key: item.key, headers: request.headers, receivedAt: now }
    return receiver.describe(aNotification(fixture.provider, item.kind, item.body ?? request.body, rest), resource)
  })
  return { status: receiver.statuses?.accepted ?? 202, notifications: parsed.items, events }
}

/** A fixture's request and a resource that was made a minute before it, as `ec replay` makes one. */
async function prepare(provider: Provider, fixture: Fixture) {
  const now = Date.parse(fixture.recorded_at)
  const { secretSettings = {}, proof } = provider.receiver ?? {}
  const set = Object.entries(fixture.resource.set)
  const sealed = set.filter(([name]) => Object.hasOwn(secretSettings, name)).flatMap(([, value]) => value.split(','))
  const secrets = proof === 'key' ? [] : [...(fixture.secret === undefined ? [] : [fixture.secret]), ...sealed]
  const shown = Object.fromEntries(set.filter(([name]) => !Object.hasOwn(secretSettings, name)))
  const made: Resource = { ...aResource(fixture.provider, shown), state: 'starting', createdAt: now - 60_000 }
  const resource = { ...made, hasSecret: secrets.length > 0 }
  const recorded = fixtureRequest(fixture, resource.id)
  if (fixture.sign === 'recorded') return { resource, secrets, now, request: recorded }
  if (provider.sign === undefined) throw new Error('a fixture to be signed at replay needs a provider that can sign')
  // Who signs with a key of its own has a private half in the place of a secret; the resource knows nothing of it.
  const signers = fixture.secret === undefined ? secrets : [fixture.secret]
  const { headers, body = recorded.body } = await provider.sign(recorded, signers, resource, now)
  return { resource, secrets, now, request: { ...recorded, headers: { ...recorded.headers, ...headers }, body } }
}

function refused(status: number): Outcome {
  return { status, notifications: [], events: [] }
}

function expectSubset(found: readonly object[], expected: readonly object[] | undefined): void {
  if (expected === undefined) return
  if (expected.length === 0) expect(found).toEqual([])
  for (const one of expected) expect(found).toContainEqual(expect.objectContaining(one))
}

/** The first fixture that is taken and makes a notification: an authentic request to change in every way. */
async function acceptedRequest(provider: Provider, files: readonly FixtureFile[]) {
  const file = files.find(({ fixture }) => {
    const { status, notifications = [] } = fixture.expect
    return status < 300 && notifications.length > 0
  })
  if (file === undefined) throw new Error('the contract needs a fixture that is accepted')
  const { secrets, ...prepared } = await prepare(provider, file.fixture)
  return { ...prepared, secret: secrets[0] ?? '' }
}

function jsonOf(fixture: Fixture): readonly unknown[] {
  try {
    return [JSON.parse(fixture.request.body ?? '')]
  } catch {
    return []
  }
}
