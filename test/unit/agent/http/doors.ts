import { createHmac, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { beforeAll, onTestFinished } from 'vitest'
import { openBackend } from '#ec/backends/index.js'
import type { Backend } from '#ec/backends/backend.js'
import type { Api, EventApi, Health, PushApi } from '#ec/agent/http/api.js'
import { openListeners, type Listeners, type ListenersOptions } from '#ec/agent/http/listeners.js'
import { createOrigins } from '#ec/agent/http/origins.js'
import { createSchemeReader } from '#ec/agent/http/request-scheme.js'
import { createSessions } from '#ec/agent/identity/sessions.js'
import { createMeter, type ScrapedMeter } from '#ec/agent/http/metrics.js'
import { createNotificationApi } from '#ec/agent/receive/notifications.js'
import type { ReceiveSettings } from '#ec/agent/receive/settings.js'
import { createWebhooks, type Webhooks } from '#ec/agent/receive/webhooks.js'
import { createSystemClock, type Clock } from '#ec/core/clock.js'
import { EcError } from '#ec/core/errors.js'
import { createIds, type Ids } from '#ec/core/ids.js'
import { silentLog, type Log } from '#ec/core/log.js'
import type { Principal } from '#ec/core/principal.js'
import type { Resource } from '#ec/core/resource.js'
import { createSeal } from '#ec/core/seal.js'
import type { KeyScope } from '#ec/core/service-key.js'
import { loadProvider } from '#ec/providers/index.js'
import { aVerifyContext } from '../../../support/webhook.ts'

export const SECRET = 'a-secret-for-tests'
/** Where sign-in links lead. */
export const INBOX = 'http://ec.test/inbox'

export interface Doors {
  readonly listeners: Listeners
  readonly backend: Backend
  readonly webhooks: Webhooks
  readonly meter: ScrapedMeter
  readonly clock: Clock
  readonly url: string
  readonly publicUrl: string
  readonly socketPath: string
  /** A bearer that `identity` knows. */
  readonly bearers: Map<string, Principal>
  setHealth(health: Partial<Health>): void
  setBacklog(backlog: number): void
  addResource(
    input?: Partial<Pick<Resource, 'provider' | 'userId' | 'settings'>> & { secrets?: string[] },
  ): Promise<Resource>
}

export interface DoorsOptions {
  readonly listeners?: Partial<ListenersOptions>
  readonly settings?: Partial<ReceiveSettings>
  readonly clock?: Clock
  readonly log?: Log
  /** Stands in the place of what is wired here. */
  readonly api?: Partial<Api>
  /** The events behind the doors, made on their store. */
  readonly events?: (backend: Backend, clock: Clock, ids: Ids) => EventApi
  /** Web Push behind the doors, made on their store. */
  readonly push?: (backend: Backend, clock: Clock, ids: Ids) => PushApi
  readonly store?: (store: Backend['store']) => Backend['store']
  /** Where the end is announced; the end of the test when not given. */
  readonly atEnd?: (close: () => unknown) => void
}

/** The doors with the real store, the real receive stage and the real providers behind them, on free ports. */
export async function openDoors(options: DoorsOptions = {}): Promise<Doors> {
  const { log = silentLog, clock = createSystemClock(), atEnd = onTestFinished } = options
  const dir = mkdtempSync(join(tmpdir(), 'ec-doors-'))
  atEnd(() => rmSync(dir, { recursive: true, force: true }))
  const ids = createIds(clock, randomBytes)
  const meter = createMeter()
  const backend = await openBackend(pathToFileURL(join(dir, 'ec.db')).href, {
    clock,
    ids,
    log,
    random: Math.random,
    seal: createSeal(randomBytes(32)),
  })
  atEnd(() => backend.close())
  const store = options.store?.(backend.store) ?? backend.store
  const bearers = new Map<string, Principal>()
  let health: Health = { status: 'ok', version: '0.0.0', instance: 'ins', uptime_s: 1, checks: [] }
  let backlog = 0
  const webhooks = createWebhooks({
    store,
    loadProvider,
    clock,
    log,
    meter,
    bus: backend.bus,
    verifyContext: () => aVerifyContext(),
    backlog: () => backlog,
    onAccepted: () => backend.queue.wake(),
    settings: options.settings ?? {},
  })
  atEnd(() => webhooks.close())
  const api: Api = {
    health: { read: async () => health, metrics: () => meter.read(), prove: () => null },
    identity: {
      verify: async bearer => {
        const principal = bearers.get(bearer)
        return principal === undefined ? null : { principal, expiresAt: null }
      },
      issueToken: async (userId, ttlMs) => ({ token: `token-of-${userId}`, expiresAt: clock.now() + ttlMs }),
      issueTicket: userId => ({ ticket: `ticket-of-${userId}`, expiresInMs: 30_000 }),
    },
    sessions: createSessions({ store, bus: backend.bus, clock, ids, randomBytes, inboxUrl: () => INBOX }),
    webhooks,
    notifications: createNotificationApi({ store, loadProvider, verifyContext: () => aVerifyContext(), clock }),
    events: options.events?.(backend, clock, ids) ?? absent,
    questions: absent,
    diagnostics: absent,
    push: options.push?.(backend, clock, ids) ?? absent,
    email: absent,
    channels: absent,
    stream: absent,
    activity: absent,
    keys: absent,
    house: absent,
    sync: absent,
    accounts: absent,
    calendars: absent,
    cache: absent,
    resources: {
      list: query => store.listResources(query),
      get: async id => found(await store.getResource(id)),
      webhookUrl: ({ provider, id }) => `http://example.test/webhooks/${provider}/${id}`,
      async add({ secret, name, ...rest }) {
        const made = secret === undefined ? 'made-up-secret' : null
        const secrets = [made ?? secret].filter(one => typeof one === 'string')
        const input = { ...rest, id: ids.uuid(), name: name ?? rest.provider, secrets, createdAt: clock.now() }
        return { resource: await store.addResource(input), secret: made }
      },
      revealSecret: async id => found((await store.getSecrets(id))[0] ?? null),
      async update(id, patch) {
        const resource = found(await store.updateResource(id, patch))
        backend.bus.publish('changed', { what: 'resource', id })
        return resource
      },
      async change(id, { name, settings, secret }) {
        const kept = { ...(name === undefined ? {} : { name }), ...(settings === undefined ? {} : { settings }) }
        const patch = { ...kept, ...(secret === undefined ? {} : { secrets: [secret] }) }
        return { resource: found(await store.updateResource(id, patch)), secret: null }
      },
      async remove(id) {
        if (!(await store.removeResource(id))) throw new EcError('EC_NOT_FOUND', 'no such resource')
        backend.bus.publish('changed', { what: 'resource', id })
      },
      sign: async (_id, { body }) => ({ headers: { 'x-signature': 'made' }, body }),
    },
    users: {
      list: query => store.listUsers(query),
      get: async id => found(await store.getUser(id)),
      put: patch => store.putUser(patch, clock.now()),
      getPreferences: async id => found(await store.getPerson(id)).preferences,
      putPreferences: (id, patch) => store.putPreferences(id, patch, clock.now()),
      engagement: id => store.listEngagement(id, 1000),
      reach: absent,
      erase: async id => void (await store.eraseUser(id)),
    },
    jobs: {
      list: query => store.listJobs(query),
      get: async id => found(await store.getJob(id)),
      retry: async id => found((await store.retryJob(id, clock.now())) ? await store.getJob(id) : null),
      counts: () => store.countJobs(),
    },
    ...options.api,
  }
  const listeners = await openListeners({
    api,
    clock,
    ids,
    log,
    meter,
    version: '0.0.0',
    private: { host: '127.0.0.1', port: 0 },
    public: { host: '127.0.0.1', port: 0, expose: [] },
    socketPath: join(dir, 's'),
    socketSecret: null,
    hosts: [],
    origins: createOrigins([], () => null, createSchemeReader(options.listeners?.trustedProxies ?? [])),
    trustedProxies: [],
    ...options.listeners,
  })
  atEnd(() => listeners.close(0))
  return {
    listeners,
    backend,
    webhooks,
    meter,
    clock,
    bearers,
    url: listeners.url,
    publicUrl: `http://127.0.0.1:${listeners.publicPort}`,
    socketPath: join(dir, 's'),
    setHealth: patch => void (health = { ...health, ...patch }),
    setBacklog: count => void (backlog = count),
    addResource: ({ provider = 'github', userId = 'ada', settings = {}, secrets = [SECRET] } = {}) =>
      backend.store.addResource({
        id: ids.uuid(),
        provider,
        userId,
        name: provider,
        settings,
        secrets,
        createdAt: clock.now(),
      }),
  }
}

/** One house for all tests of a file that leave no trace in it. */
export function shareDoors<T>(open: (atEnd: (close: () => unknown) => void) => Promise<T>): () => T {
  const ends: (() => unknown)[] = []
  let shared: T | undefined
  beforeAll(async () => {
    shared = await open(close => ends.unshift(close))
    return async () => {
      for (const end of ends) await end()
    }
  })
  return () => {
    if (shared === undefined) throw new Error('asked for before the tests began')
    return shared
  }
}

function found<T>(row: T | null): T {
  if (row === null) throw new EcError('EC_NOT_FOUND', 'no such thing')
  return row
}

/** A part that the test at hand does not reach. */
const absent: never = new Proxy({} as never, {
  get: (_target, name) => () => {
    throw new Error(`nothing stands behind ${String(name)} in this test`)
  },
})

/** Makes a bearer for a service key with these scopes. */
export function serviceBearer(doors: Doors, ...scopes: KeyScope[]): string {
  const bearer = `key-${scopes.join('-')}`
  const key = {
    id: 'key_1',
    name: 'ci',
    scopes,
    types: [],
    users: [],
    maxLevel: null,
    callbackUrl: null,
    createdAt: 0,
    revokedAt: null,
  }
  doors.bearers.set(bearer, { kind: 'service', key })
  return bearer
}

export function userBearer(doors: Doors, userId: string): string {
  doors.bearers.set(`user-${userId}`, { kind: 'user', userId })
  return `user-${userId}`
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` }
}

/** What GitHub sends for a push, signed. */
export function githubPush(body = '{"ref":"refs/heads/main","commits":[]}', secret = SECRET) {
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
  }
}

export function calcomBooking(body = '{"triggerEvent":"BOOKING_CREATED","payload":{"uid":"bk_1"}}', secret = SECRET) {
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-cal-signature-256': createHmac('sha256', secret).update(body).digest('hex'),
    },
  }
}
