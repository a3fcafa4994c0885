import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Bus } from '../../backends/backend.ts'
import type { Store } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { Ids, RandomBytes } from '../../core/ids.ts'
import type { ServiceKey } from '../../core/service-key.ts'
import { isTypePattern } from '../../core/type-pattern.ts'
import type { KeyApi } from '../http/api.ts'

export interface ServiceKeysOptions {
  readonly store: Pick<Store, 'addKey' | 'findKey' | 'listKeys' | 'revokeKey'>
  readonly bus: Bus
  readonly clock: Clock
  readonly ids: Ids
  readonly randomBytes: RandomBytes
}

export interface ServiceKeys extends Pick<KeyApi, 'list' | 'revoke'> {
  create(input: Parameters<KeyApi['create']>[0]): Promise<{ readonly key: ServiceKey; readonly secret: string }>
  /** The live key that this bearer is, or null. */
  find(bearer: string): Promise<ServiceKey | null>
  /** Whether a bearer has the form of a service key at all. */
  isKey(bearer: string): boolean
  close(): void
}

/** `eck_`, 32 hex digits that name the key, and 256 random bits: easy to find by a scanner for leaked secrets. */
const FORM = /^eck_[0-9a-f]{32}_[A-Za-z0-9_-]{43}$/
const SECRET_BYTES = 32

const MAX_CACHED = 1000
/** A revocation is told over the bus, which may lose it; no key outlives its revocation longer than this. */
const CACHED_MS = 60_000

/** Service keys: shown once, kept as their SHA-256 only. */
export function createServiceKeys(options: ServiceKeysOptions): ServiceKeys {
  const { store, bus, clock, ids, randomBytes } = options
  const cache = new LRUCache<string, { readonly key: ServiceKey; readonly until: number }>({ max: MAX_CACHED })
  // Counts what might have made an answer stale while it was being read.
  let changes = 0
  const unsubscribe = [
    bus.subscribe('changed', ({ what }) => void (what === 'key' && forget())),
    bus.subscribe('restored', forget),
  ]

  function forget(): void {
    changes += 1
    cache.clear()
  }

  async function find(bearer: string): Promise<ServiceKey | null> {
    if (!FORM.test(bearer)) return null
    const hash = hashOf(bearer)
    const cached = cache.get(hash)
    if (cached !== undefined && cached.until > clock.monotonic()) return cached.key
    const before = changes
    const key = await store.findKey(hash)
    if (key === null || key.revokedAt !== null) return null
    if (before === changes) cache.set(hash, { key, until: clock.monotonic() + CACHED_MS })
    return key
  }

  async function create(input: Parameters<KeyApi['create']>[0]): Promise<{ key: ServiceKey; secret: string }> {
    check(input)
    const id = ids.next('key')
    const secret = `eck_${id.replaceAll(/^key_|-/g, '')}_${Buffer.from(randomBytes(SECRET_BYTES)).toString('base64url')}`
    const key: ServiceKey = { ...input, id, createdAt: clock.now(), revokedAt: null }
    await store.addKey(key, hashOf(secret))
    return { key, secret }
  }

  async function revoke(id: string): Promise<void> {
    if (!(await store.revokeKey(id, clock.now()))) {
      throw new EcError('EC_NOT_FOUND', 'no live key has this id', { hint: 'see `ec keys list`' })
    }
    forget()
    bus.publish('changed', { what: 'key', id })
  }

  return {
    find,
    create,
    revoke,
    list: query => store.listKeys(query),
    isKey: bearer => FORM.test(bearer),
    close: () => unsubscribe.forEach(end => end()),
  }
}

function check(input: Parameters<KeyApi['create']>[0]): void {
  const { name, scopes, types, callbackUrl } = input
  if (name.length === 0 || name.length > 100) throw invalid('name', 'takes 1 to 100 characters')
  if (scopes.length === 0) throw invalid('scopes', 'takes at least one of emit, read, operate')
  const odd = types.find(type => !isTypePattern(type))
  if (odd !== undefined) throw invalid('types', `takes types and families of types, as task.*; not ${odd}`)
  if (callbackUrl !== null && !(/^https?:\/\//i.test(callbackUrl) && URL.canParse(callbackUrl))) {
    throw invalid('callback_url', 'takes an http or https URL')
  }
}

function invalid(path: string, message: string): EcError {
  return new EcError('EC_FIELD_INVALID', `\`${path}\` ${message}`, { details: { errors: [{ path, message }] } })
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
