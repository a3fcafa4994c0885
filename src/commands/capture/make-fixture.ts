import type { Fixture } from '../../core/fixture.ts'
import type { NotificationRecord, RawRequest } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'
import type { loadProvider } from '../../providers/index.ts'

type Provider = Awaited<ReturnType<typeof loadProvider>>
type Body = Pick<Fixture['request'], 'body' | 'body_base64'>

export interface CapturedFixture {
  readonly fixture: Fixture
  /** What the person who captures it must know, a sentence each. */
  readonly warnings: readonly string[]
}

const SECRET = 'a secret made up for this fixture'
const YEAR_MS = 366 * 86_400_000

/**
 * A fixture of a stored notification whose request is redacted already: signed with a secret that is made up, and with
 * what is to come of it. One that was refused is to be refused again.
 */
export async function makeFixture(
  provider: Provider,
  record: NotificationRecord & { readonly body: Uint8Array },
  resource: Resource,
): Promise<CapturedFixture> {
  const { receivedAt, reason } = record
  const url = `/webhooks/${provider.id}/${resource.id}`
  const headers = record.headers ?? {}
  const request: RawRequest = { method: 'POST', url, headers, body: record.body, remoteAddress: '' }
  if (reason !== null && REFUSED.has(reason)) {
    return { fixture: refused(provider, request, record, resource), warnings: [] }
  }
  const proof = await prove(provider, request, resource, receivedAt)
  const { expect, warnings } = expectationOf(provider, proof.request, record, resource, proof.secret)
  return {
    warnings: [...proof.warnings, ...warnings],
    fixture: {
      ...frame(provider, record, resource),
      request: requestOf(provider, proof.request),
      ...(proof.secret === null ? {} : { secret: proof.secret }),
      sign: proof.lasts ? 'recorded' : 'at-replay',
      expect,
    },
  }
}

const REFUSED: ReadonlySet<string> = new Set(['EC_SECRET_MISSING', 'EC_SIGNATURE_MISSING', 'EC_SIGNATURE_INVALID'])

interface Proof {
  readonly request: RawRequest
  readonly secret: string | null
  /** Whether the signature still holds next year; else it is made when the fixture is sent. */
  readonly lasts: boolean
  readonly warnings: readonly string[]
}

async function prove(provider: Provider, request: RawRequest, resource: Resource, at: number): Promise<Proof> {
  const secret = provider.receiver?.makeSecret?.(Buffer.from(SECRET)) ?? SECRET
  try {
    const signed = await provider.sign?.(request, [secret], resource, at)
    if (signed === undefined) throw new Error(`ec cannot sign as ${provider.title} does`)
    const headers = { ...request.headers, ...signed.headers }
    const proven = { ...request, headers, body: signed.body ?? request.body }
    const verify = (now: number) => provider.receiver?.verify(proven, [secret], resource, now, NO_NETWORK)
    if ((await verify(at))?.ok !== true) throw new Error('the signature that was made for it does not verify')
    const lasts = (await verify(at + YEAR_MS))?.ok === true
    return { request: proven, secret, lasts, warnings: [] }
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    const warning = `it could not be signed anew (${why}): give the fixture a secret and settings that it can be signed with`
    return { request, secret: null, lasts: false, warnings: [warning] }
  }
}

/** A secret that was made up is known to nobody, so there is nothing to ask for. */
const NO_NETWORK = {
  fetch: () => Promise.reject(new Error('nothing is fetched for a capture')),
  endpoints: { googleCertsUrl: null },
  webhookUrl: null,
}

function expectationOf(
  { receiver, title }: Provider,
  request: RawRequest,
  record: NotificationRecord,
  resource: Resource,
  secret: string | null,
): { readonly expect: Fixture['expect']; readonly warnings: readonly string[] } {
  const { accepted = 202, malformed = 400 } = receiver?.statuses ?? {}
  const parsed = receiver?.parse(request, resource, secret === null ? [] : [secret])
  if (receiver === undefined || parsed?.ok !== true) {
    const was = record.reason === 'EC_NOTIFICATION_MALFORMED'
    const warnings = was ? [] : [`what is left of it is no notification of ${title} any more: keep more with --keep`]
    return { expect: { status: malformed, notifications: [], events: [] }, warnings }
  }
  const notifications = parsed.items.map(({ key, kind }) => ({ key, kind }))
  const events = parsed.items.flatMap(({ key, kind, body = request.body }) =>
    receiver.describe({ ...record, key, kind, body, headers: request.headers }, resource),
  )
  return { expect: { status: accepted, notifications, events: events.map(({ type }) => ({ type })) }, warnings: [] }
}

function refused(provider: Provider, request: RawRequest, record: NotificationRecord, resource: Resource): Fixture {
  return {
    ...frame(provider, record, resource),
    request: requestOf(provider, request),
    ...(record.reason === 'EC_SECRET_MISSING' ? {} : { secret: SECRET }),
    sign: 'recorded',
    expect: { status: 401, notifications: [], events: [] },
  }
}

function frame({ id, title }: Provider, { kind, receivedAt }: NotificationRecord, { settings }: Resource) {
  return {
    provider: id,
    description: `${kind === '' ? 'A request' : `A notification ${kind}`} of ${title}, captured and redacted.`,
    recorded_at: new Date(receivedAt).toISOString(),
    resource: { set: settings },
  }
}

function requestOf({ id }: Provider, { method, headers, body }: RawRequest): Fixture['request'] {
  return { method, path: `${id}/{resource}`, headers, ...bodyOf(body) }
}

function bodyOf(bytes: Uint8Array): Body {
  try {
    return { body: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    return { body_base64: Buffer.from(bytes).toString('base64') }
  }
}
