import { SignJWT, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Bus } from '../../backends/backend.ts'
import type { Store } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import { userIdSchema } from '../../core/event-schema.ts'
import type { Ids, RandomBytes } from '../../core/ids.ts'

export interface UserTokensOptions {
  readonly store: Pick<Store, 'getCredential' | 'putCredential'>
  readonly bus: Bus
  readonly clock: Clock
  readonly ids: Ids
  readonly randomBytes: RandomBytes
}

export interface UserTokens {
  /** A signed JWT, `[A-Za-z0-9._-]`, that stands for the user until `expiresAt` (ms). */
  issue(userId: string, ttlMs: number): Promise<{ readonly token: string; readonly expiresAt: number }>
  /** Whose token it is; null when it is none of ours, was changed, or has expired. */
  verify(token: string): Promise<{ readonly userId: string; readonly expiresAt: number } | null>
  close(): void
}

const CREDENTIAL = 'user-token-key'
const KEY_BYTES = 32
const MAX_TTL_MS = 366 * 24 * 3600 * 1000
const MAX_CACHED = 10_000
/** Anything longer is not ours, and not worth a look. */
const MAX_TOKEN = 2048

/** User tokens: HS256 under a key of this store's own, made on first use. */
export function createUserTokens(options: UserTokensOptions): UserTokens {
  const { store, bus, clock, ids, randomBytes } = options
  const verified = new LRUCache<string, { readonly userId: string; readonly expiresAt: number }>({ max: MAX_CACHED })
  let signingKey: Promise<Uint8Array> | null = null
  // A restored store may hold another key.
  const unsubscribe = bus.subscribe('restored', () => {
    signingKey = null
    verified.clear()
  })

  /** The key, made by whoever comes first; a failure is not remembered. */
  function getKey(): Promise<Uint8Array> {
    signingKey ??= readKey().catch((error: unknown) => {
      signingKey = null
      throw error
    })
    return signingKey
  }

  async function readKey(): Promise<Uint8Array> {
    const stored = await store.getCredential(CREDENTIAL)
    if (stored !== null) return Buffer.from(stored, 'base64url')
    const made = Buffer.from(randomBytes(KEY_BYTES)).toString('base64url')
    if (await store.putCredential(CREDENTIAL, made, null)) return Buffer.from(made, 'base64url')
    return readKey()
  }

  async function issue(userId: string, ttlMs: number): Promise<{ token: string; expiresAt: number }> {
    if (!userIdSchema.safeParse(userId).success)
      throw invalid('user', 'takes 1 to 128 characters of A-Z a-z 0-9 . _ @ -')
    if (!(ttlMs >= 1000 && ttlMs <= MAX_TTL_MS)) throw invalid('ttl', 'takes 1 second to 366 days')
    const now = Math.floor(clock.now() / 1000)
    const exp = now + Math.ceil(ttlMs / 1000)
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(userId)
      .setIssuedAt(now)
      .setExpirationTime(exp)
      .setJti(ids.uuid())
      .sign(await getKey())
    return { token, expiresAt: exp * 1000 }
  }

  async function verify(token: string): Promise<{ userId: string; expiresAt: number } | null> {
    const now = clock.now()
    const known = verified.get(token)
    if (known !== undefined) return known.expiresAt > now ? known : null
    if (token.length > MAX_TOKEN || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return null
    const holder = await open(token, await getKey(), now)
    if (holder !== null) verified.set(token, holder)
    return holder
  }

  return { issue, verify, close: unsubscribe }
}

async function open(
  token: string,
  key: Uint8Array,
  now: number,
): Promise<{ userId: string; expiresAt: number } | null> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['HS256'],
      requiredClaims: ['sub', 'exp', 'iat', 'jti'],
      currentDate: new Date(now),
    })
    const { sub, exp } = payload
    return sub === undefined || exp === undefined ? null : { userId: sub, expiresAt: exp * 1000 }
  } catch {
    // Whatever is wrong with it, it is no token of ours; the caller answers that in one way.
    return null
  }
}

function invalid(path: string, message: string): EcError {
  return new EcError('EC_FIELD_INVALID', `\`${path}\` ${message}`, { details: { errors: [{ path, message }] } })
}
