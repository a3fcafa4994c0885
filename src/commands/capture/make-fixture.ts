import { generateKeyPairSync, randomUUID } from 'node:crypto'
import type { Fixture } from '../../core/fixture.ts'
import type { RawRequest } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'
import { decodeBody } from '../../core/webhook-body.ts'
import type { loadProvider } from '../../providers/index.ts'
import { imaginedResource } from '../imagined-resource.ts'
import { redactRequest, type CapturedRequest } from './redact-request.ts'

type Provider = Awaited<ReturnType<typeof loadProvider>>

/** A stored notification, as far as a fixture is concerned. */
export interface Captured extends CapturedRequest {
  readonly provider: string
  /** Why it was refused; null when it was not. */
  readonly reason: string | null
  /** RFC 3339. */
  readonly receivedAt: string
}

export interface MadeFixture {
  readonly fixture: Fixture
  /** How many values were replaced. */
  readonly replaced: number
  /** False: the body is no text, and nothing in it could be looked for. */
  readonly readable: boolean
}

/**
 * A fixture of a stored notification: redacted, then proved anew with a secret that is made up for it. What it expects is
 * what the receiver makes of the redacted request. One that was refused for its proof stays as it came, and is refused.
 */
export async function makeFixture(
  captured: Captured,
  provider: Provider,
  keep: readonly string[],
): Promise<MadeFixture> {
  const { headers, settings, body, replaced, readable } = redactRequest(captured, keep)
  const proof = captured.reason !== null && UNPROVED.has(captured.reason) ? null : makeProof(provider, settings)
  const secret = proof?.secret ?? (captured.reason === 'EC_SECRET_MISSING' ? undefined : MADE_UP)
  const set = proof?.settings ?? settings
  const createdAt = Date.parse(captured.receivedAt)
  const resource = imaginedResource({ provider: captured.provider, settings: set, hasSecret: true, createdAt })
  const request: RawRequest = { ...REQUEST, url: `/webhooks/${captured.provider}/x`, headers, body }
  const proved = proof && provider.sign ? await prove(provider, request, proof.secret, resource) : request
  const expect = proof ? expectationOf(provider, proved, resource, proof.secret) : REFUSED
  // The kind as it is in what was redacted: a service may name its own.
  const [first] = expect.notifications ?? []
  const fixture: Fixture = {
    provider: captured.provider,
    description: `Captured: ${first?.kind ?? 'a request that was refused'}.`,
    recorded_at: captured.receivedAt,
    request: {
      method: 'POST',
      path: `${captured.provider}/{resource}`,
      headers: proved.headers,
      ...textOf(proved.body),
    },
    resource: { set },
    ...(secret === undefined ? {} : { secret }),
    sign: proof ? 'at-replay' : 'recorded',
    expect,
  }
  return { fixture, replaced, readable }
}

/** Refused for what proves it: that cannot be captured, and so nothing is signed in its place. */
const UNPROVED: ReadonlySet<string> = new Set([
  'EC_SECRET_MISSING',
  'EC_SIGNATURE_MISSING',
  'EC_SIGNATURE_INVALID',
  'EC_HANDSHAKE_REFUSED',
])
const REFUSED = { status: 401, notifications: [] } as const
const MADE_UP = 'a secret made up for this fixture'
const REQUEST = { method: 'POST', remoteAddress: '' } as const

interface Proof {
  readonly secret: string
  readonly settings: Readonly<Record<string, string>>
}

/** Who signs with a key that he publishes gets a pair of keys; its public half is a setting of the resource. */
function makeProof({ receiver }: Provider, settings: Readonly<Record<string, string>>): Proof {
  if (receiver?.proof !== 'key') return { secret: MADE_UP, settings }
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const names = { kid: randomUUID(), alg: 'RS256', use: 'sig' }
  const keys = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), ...names }] })
  const known = { audience: 'https://ec.example.com/webhooks/gmail', service_account: 'push@example.com' }
  return {
    secret: JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...names }),
    settings: { ...known, ...settings, keys },
  }
}

async function prove(provider: Provider, request: RawRequest, secret: string, resource: Resource): Promise<RawRequest> {
  const signed = await provider.sign?.(request, [secret], resource, resource.createdAt)
  // A token that is good for an hour is made when the fixture is sent; here it would only look like a secret.
  const headers = provider.receiver?.proof === 'key' ? {} : signed?.headers
  return { ...request, headers: { ...request.headers, ...headers }, body: signed?.body ?? request.body }
}

function expectationOf(
  { receiver }: Provider,
  request: RawRequest,
  resource: Resource,
  secret: string,
): Fixture['expect'] {
  const parsed = receiver?.parse(request, resource, [secret])
  if (!parsed?.ok) return { status: receiver?.statuses?.malformed ?? 400, notifications: [] }
  const events = parsed.items.flatMap(({ key, kind, body = request.body }) => {
    const { id: resourceId, provider, createdAt: receivedAt } = resource
    const known = { id: 'ntf_1', provider, resourceId, key, kind, state: 'accepted', receivedAt } as const
    const record = { ...known, processedAt: null, reason: null, detail: null, headers: request.headers, body }
    return receiver?.describe(record, resource) ?? []
  })
  return {
    status: receiver?.statuses?.accepted ?? 202,
    notifications: parsed.items.map(({ key, kind }) => ({ key, kind })),
    events: events.map(({ type }) => ({ type })),
  }
}

function textOf(body: Uint8Array): Pick<Fixture['request'], 'body' | 'body_base64'> {
  const text = decodeBody(body)
  return text === null ? { body_base64: Buffer.from(body).toString('base64') } : { body: text }
}
