import type { CryptoKey } from 'jose'
import { LRUCache } from 'lru-cache'
import { EcError } from '../../core/errors.ts'
import { freshForMs } from './fresh-for.ts'
import { readKeySet, type KeySet } from './key-set.ts'

/** A key that we do not know may be new; whoever makes key ids up makes us ask no more often than this. */
const GAP_AFTER_SUCCESS_MS = 60_000
const GAP_AFTER_FAILURE_MS = 5_000
/** How long keys serve beyond their time while nobody answers. */
const STALE_MS = 24 * 3_600_000
const MAX_BYTES = 256 * 1024

const sources = new LRUCache<string, PublishedKeys>({ max: 8 })

/** The keys that are published at a URL, kept in memory from one request to the next. */
export function publishedKeys(url: string): PublishedKeys {
  const before = sources.get(url)
  if (before !== undefined) return before
  const made = new PublishedKeys(url)
  sources.set(url, made)
  return made
}

/**
 * Keys are kept as long as their publisher says, and asked for again then, or for an id that is not among them. However
 * many wait, one request is under way. While it fails, the keys that are there serve on.
 */
export class PublishedKeys {
  readonly #url: string
  #keys: KeySet | null = null
  #fetchedAt = 0
  #freshUntil = 0
  #triedAt = 0
  #nextTryAt = 0
  #failure: unknown = undefined
  #refreshing: Promise<void> | null = null

  constructor(url: string) {
    this.#url = url
  }

  /** The key of this id; null when it is not published. Rejects with `EC_KEYS_UNAVAILABLE` when no keys can be had. */
  async find(kid: string, now: number, fetch: typeof globalThis.fetch): Promise<CryptoKey | null> {
    if (this.#isWanting(kid, now)) await this.#refresh(now, fetch)
    if (this.#keys !== null && now < this.#freshUntil + STALE_MS) return this.#keys.get(kid) ?? null
    throw new EcError('EC_KEYS_UNAVAILABLE', 'the keys that Google signs with cannot be had', {
      cause: this.#failure,
      retryAfterMs: 2 * GAP_AFTER_FAILURE_MS,
    })
  }

  #isWanting(kid: string, now: number): boolean {
    // A clock that was set back makes what we remember meaningless.
    const isFresh = now < this.#freshUntil && now >= this.#fetchedAt
    return !isFresh || !this.#keys?.has(kid)
  }

  #refresh(now: number, fetch: typeof globalThis.fetch): Promise<void> {
    if (this.#refreshing !== null) return this.#refreshing
    if (now < this.#nextTryAt && now >= this.#triedAt) return Promise.resolve()
    this.#triedAt = now
    this.#refreshing = this.#fetch(now, fetch).finally(() => {
      this.#refreshing = null
    })
    return this.#refreshing
  }

  /** Never rejects: whether the old keys will do is for the one who asked. */
  async #fetch(now: number, fetch: typeof globalThis.fetch): Promise<void> {
    try {
      const response = await fetch(this.#url, { headers: { accept: 'application/json' } })
      const keys = await readKeySet(await readText(response))
      if (keys === null) throw new Error('the answer holds no RSA keys')
      this.#keys = keys
      this.#failure = undefined
      this.#fetchedAt = now
      this.#freshUntil = now + freshForMs(response.headers)
      this.#nextTryAt = now + GAP_AFTER_SUCCESS_MS
    } catch (error) {
      this.#failure = error
      this.#nextTryAt = now + GAP_AFTER_FAILURE_MS
    }
  }
}

async function readText(response: Response): Promise<string> {
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel()
    throw new Error(`the answer has status ${response.status}`)
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.byteLength
    if (size > MAX_BYTES) throw new Error(`the answer has more than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
