import type { Clock } from '../../core/clock.ts'
import type { Exposable } from '../../core/config.ts'
import type { Ids } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { Meter } from '../../core/meter.ts'
import type { Api, Door } from './api.ts'
import { createAuth } from './auth.ts'
import { createBrowsers } from './browsers.ts'
import { createFront } from './front.ts'
import { createHostGuard } from './hosts.ts'
import { createJsonApi } from './json-api.ts'
import { DEFAULT_LIMITS, type HttpLimits } from './limits.ts'
import { Listener, type ListenerOptions } from './listener.ts'
import { MemoryAccount } from './memory-account.ts'
import type { Origins } from './origins.ts'
import { createAddressReader } from './remote-address.ts'
import { createSchemeReader } from './request-scheme.ts'
import { createWebhookDoor } from './webhook-door.ts'

/** The listener for the world, and what it shows. */
export interface PublicDoor {
  readonly host: string
  readonly port: number
  readonly expose: readonly Exposable[]
}

export interface ListenersOptions {
  readonly api: Api
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly meter: Meter
  readonly version: string
  /** The private listener: everything. Port 0 takes a free one. */
  readonly private: { readonly host: string; readonly port: number }
  /** The public listener; null for none. */
  readonly public: PublicDoor | null
  /** The operator's socket or Windows pipe; null for none (tests). */
  readonly socketPath: string | null
  /** Has to be shown as bearer on the operator's door where file rights do not guard it (Windows); else null. */
  readonly socketSecret: string | null
  /** Host names beside localhost that the API and pages answer to. */
  readonly hosts: readonly string[]
  /** Which pages may act for a person, and which may call from elsewhere. */
  readonly origins: Origins
  /** Addresses and networks whose `X-Forwarded-*` is believed. */
  readonly trustedProxies: readonly string[]
  readonly limits?: Partial<HttpLimits>
}

export interface Listeners {
  /** `http://127.0.0.1:8787`: the private listener. */
  readonly url: string
  readonly port: number
  readonly publicPort: number | null
  readonly socketPath: string | null
  /** Bytes of request bodies in memory. */
  memory(): { readonly unverified: number; readonly authenticated: number }
  connections(): number
  /** Goes on answering, each answer the last on its connection; upgrades are refused. */
  drain(): void
  /** Accepts nothing more and resolves when all has ended: by itself, or by force after `graceMs`. Idempotent. */
  close(graceMs: number): Promise<void>
}

/**
 * Opens the doors: the private listener, the public one and the operator's socket, all in front of the same handlers.
 * All are open when it resolves, or none: `EC_PORT_BUSY`, `EC_AGENT_RUNNING`, `EC_CONFIG_INVALID`, `EC_DATA_DIR`.
 */
export async function openListeners(options: ListenersOptions): Promise<Listeners> {
  const { api, clock, ids, log, meter, version } = options
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const unverified = new MemoryAccount(limits.unverifiedBytes, limits.slowBodyMs, clock)
  const authenticated = new MemoryAccount(limits.authenticatedBytes, limits.slowBodyMs, clock)
  meter.gauge('ec_body_bytes', { account: 'unverified' }, () => unverified.used)
  meter.gauge('ec_body_bytes', { account: 'authenticated' }, () => authenticated.used)

  let draining = false
  const readAddress = createAddressReader(options.trustedProxies)
  const { failedLogins } = limits
  const { socketSecret, origins } = options
  const { identity, sessions } = api
  const browsers = createBrowsers({ origins, schemeOf: createSchemeReader(options.trustedProxies) })
  const auth = createAuth({ identity, sessions, browsers, readAddress, clock, failedLogins, socketSecret })
  const account = authenticated
  const jsonApi = await createJsonApi({ api, auth, browsers, account, limits, version, clock, ids, log, meter })
  const front = createFront({
    handleWebhook: createWebhookDoor({ webhooks: api.webhooks, account: unverified, readAddress, clock, log, meter }),
    jsonApi,
    stream: api.stream,
    checkHost: createHostGuard(options.hosts),
    isNamedOrigin: origins.isNamed,
    expose: options.public?.expose ?? [],
    isDraining: () => draining,
    clock,
    log,
    meter,
  })

  const privateDoor = listener('private', options.private)
  const publicDoor = options.public === null ? null : listener('public', options.public)
  const socketDoor = options.socketPath === null ? null : listener('socket', { path: options.socketPath })
  const doors = [privateDoor, publicDoor, socketDoor].filter(door => door !== null)
  await openAll(doors)
  const port = privateDoor.port ?? options.private.port

  return {
    url: `http://${urlHost(options.private.host)}:${port}`,
    port,
    publicPort: publicDoor?.port ?? null,
    socketPath: options.socketPath,
    memory: () => ({ unverified: unverified.used, authenticated: authenticated.used }),
    connections: () => doors.reduce((sum, door) => sum + door.connections, 0),
    drain() {
      draining = true
      for (const door of doors) door.drain()
    },
    async close(graceMs) {
      draining = true
      await Promise.all(doors.map(door => door.close(graceMs)))
      await jsonApi.close()
    },
  }

  function listener(door: Door, at: ListenerOptions['at']): Listener {
    return new Listener({ door, at, limits, clock, log, ...front })
  }
}

async function openAll(doors: readonly Listener[]): Promise<void> {
  const opened: Listener[] = []
  try {
    for (const door of doors) {
      await door.open()
      opened.push(door)
    }
  } catch (error) {
    await Promise.all(opened.map(door => door.close(0)))
    throw error
  }
}

/** An address as it stands in a URL; one that means "all" is reached at loopback. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
