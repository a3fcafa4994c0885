import { LRUCache } from 'lru-cache'
import type { Clock } from '../../core/clock.ts'
import type { Cache } from '../backend.ts'

/** What is cached at most; the least used goes first. */
const MAX_BYTES = 64 * 1024 * 1024

interface Entry {
  readonly value: string
  readonly expiresAt: number
  readonly tags: readonly string[]
}

/** The cache of a single process. Ages are measured on the monotonic clock. */
export function createMemoryCache(clock: Clock, maxBytes = MAX_BYTES): Cache {
  const tagged = new Map<string, Set<string>>()
  const entries = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    sizeCalculation: (entry, key) => 2 * (entry.value.length + key.length) + 64,
    dispose: (entry, key) => entry.tags.forEach(tag => untag(tag, key)),
  })

  function untag(tag: string, key: string): void {
    const keys = tagged.get(tag)
    keys?.delete(key)
    if (keys?.size === 0) tagged.delete(tag)
  }

  function fresh(key: string): Entry | null {
    const entry = entries.get(key)
    if (!entry) return null
    if (entry.expiresAt > clock.monotonic()) return entry
    entries.delete(key)
    return null
  }

  function withPrefix(prefix: string): readonly string[] {
    return [...entries.keys()].filter(key => key.startsWith(prefix) && fresh(key) !== null)
  }

  return {
    get: async key => fresh(key)?.value ?? null,
    set: async (key, value, { ttlMs, tags = [] }) => {
      entries.set(key, { value, expiresAt: clock.monotonic() + ttlMs, tags })
      // One larger than the whole cache is not taken, so only what is there gets its tags.
      if (!entries.has(key)) return
      for (const tag of tags) tagged.set(tag, (tagged.get(tag) ?? new Set()).add(key))
    },
    delete: async key => void entries.delete(key),
    invalidate: async tags => {
      const keys = new Set(tags.flatMap(tag => [...(tagged.get(tag) ?? [])]))
      for (const key of keys) entries.delete(key)
      return keys.size
    },
    list: async prefix =>
      withPrefix(prefix)
        .toSorted()
        .map(key => ({ key, expiresInMs: (fresh(key)?.expiresAt ?? 0) - clock.monotonic() })),
    clear: async prefix => {
      const keys = withPrefix(prefix)
      for (const key of keys) entries.delete(key)
      return keys.length
    },
  }
}
