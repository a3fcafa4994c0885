import { fixtureRequest, type Fixture } from '#ec/core/fixture.js'
import type { Resource } from '#ec/core/resource.js'
import type { Provider, Receiver } from '#ec/providers/provider.js'
import { aNotification, aResource, aVerifyContext } from '../../support/webhook.js'

/** What comes of a fixture. */
export interface Outcome {
  readonly status: number
  readonly notifications: readonly { readonly key: string; readonly kind: string }[]
  readonly events: ReturnType<Receiver['describe']>
}

/** What the receiving stage does with a request, in short. */
export async function receiveFixture(provider: Provider, fixture: Fixture): Promise<Outcome> {
  const { receiver } = provider
  if (!receiver) throw new Error('the provider receives nothing')
  const { resource, secrets, now, request } = await prepareFixture(provider, fixture)
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
export async function prepareFixture(provider: Provider, fixture: Fixture) {
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
