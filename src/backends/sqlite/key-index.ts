import type { Sql } from './connection.ts'
import { NumberMap } from './number-map.ts'

/** Beyond this many arrivals in memory they are moved into the table, a slice with each batch. */
const MEMORY_KEYS = 65_536
/** Slices of one move: neighbours in the order of the table, so each touches few of its pages. */
const SLICES = 128

/**
 * Finds the notification that already has a key. Keys are random (GUIDs), and a unique index over random keys dirties
 * a page for each row, which doubles the cost of an insert. So new keys stay in memory, and when there are many they
 * are sorted and moved into `notification_keys` slice by slice: the few pages of a slice are written once for all of
 * it. What was not moved is read again at the start. A hit is checked against the row itself, so a collision of hashes
 * is no duplicate and a stale entry does no harm.
 */
export class KeyIndex {
  readonly #sql: Sql
  readonly #memory: number
  #recent: NumberMap
  /** Being moved; still looked up here until the last slice is durable. */
  #moving: NumberMap | null = null
  /** Hashes of those that are left to be moved, ascending. */
  #sorted: Float64Array = new Float64Array()
  #tableEmpty = true

  constructor(sql: Sql, memory = MEMORY_KEYS) {
    this.#sql = sql
    this.#memory = memory
    this.#recent = new NumberMap(memory)
  }

  /** Reads what the table does not hold yet. */
  load(): void {
    this.#recent = new NumberMap(this.#memory)
    this.#moving = null
    this.#sorted = new Float64Array()
    this.#tableEmpty = this.#sql('select 1 from notification_keys limit 1').get() === undefined
    const rows = this.#sql<{ n: number; resource_id: string; key: string }>(
      `select n, resource_id, key from notifications where n > ? and state <> 'quarantined' order by n`,
    )
    for (const row of rows.all(this.#movedThrough())) this.#remember(keyHash(row.resource_id, row.key), row.n)
  }

  /** The notification with this key, or null; `hash` is that of the two. */
  find(hash: number, resourceId: string, key: string): number | null {
    const recent = this.#recent.get(hash)
    if (recent !== undefined && this.#hasKey(recent, resourceId, key)) return recent
    const moving = this.#moving?.get(hash)
    if (moving !== undefined && this.#hasKey(moving, resourceId, key)) return moving
    if (this.#tableEmpty) return null
    for (const { n } of this.#sql<{ n: number }>('select n from notification_keys where hash = ?').all(hash)) {
      if (this.#hasKey(n, resourceId, key)) return n
    }
    return null
  }

  /** Remembers a key; the way to take that back. */
  add(hash: number, n: number): () => void {
    const before = this.#remember(hash, n)
    return () => this.#recent.set(hash, before ?? NOBODY)
  }

  /**
   * Moves one slice if there is one to move. Called at the start of a batch, when everything in memory is durable; what
   * it returns is called once the batch is.
   */
  moveSlice(): (() => void) | null {
    if (this.#moving === null) {
      if (this.#recent.size < this.#memory) return null
      this.#moving = this.#recent
      this.#recent = new NumberMap(this.#memory)
      this.#sorted = this.#moving.sortedKeys()
    }
    const moving = this.#moving
    const slice = this.#sorted.subarray(0, Math.ceil(this.#memory / SLICES))
    const insert = this.#sql('insert or ignore into notification_keys (hash, n) values (?, ?)')
    for (const hash of slice) {
      const n = moving.get(hash) ?? NOBODY
      if (n !== NOBODY) insert.run(hash, n)
    }
    this.#tableEmpty = false
    const last = slice.length === this.#sorted.length
    if (last) {
      const through = String(moving.largest())
      this.#sql(`insert or replace into meta (name, value) values ('keys_moved_through', ?)`).run(through)
    }
    return () => {
      this.#sorted = this.#sorted.subarray(slice.length)
      if (last) this.#moving = null
    }
  }

  #hasKey(n: number, resourceId: string, key: string): boolean {
    const row = this.#sql<{ resource_id: string; key: string; state: string }>(
      'select resource_id, key, state from notifications where n = ?',
    ).get(n)
    return row !== undefined && row.resource_id === resourceId && row.key === key && row.state !== 'quarantined'
  }

  /** Of two keys with the same hash the older one goes into the table at once, where there is room for both. */
  #remember(hash: number, n: number): number | undefined {
    const before = this.#recent.get(hash)
    this.#recent.set(hash, n)
    if (before !== undefined) {
      this.#sql('insert or ignore into notification_keys (hash, n) values (?, ?)').run(hash, before)
      this.#tableEmpty = false
    }
    return before
  }

  #movedThrough(): number {
    const row = this.#sql<{ value: string }>(`select value from meta where name = 'keys_moved_through'`).get()
    return row ? Number(row.value) : 0
  }
}

/** The number of no notification, for a key that was taken back. */
const NOBODY = 0

/**
 * 52 bits, an integer that JavaScript and SQLite both hold exactly: two rounds of FNV-1a with different multipliers over
 * both texts with a line feed between them. No secret hangs on it and a collision costs one more look, so speed is what
 * counts: putting the texts together first would take longer than the hashing.
 */
export function keyHash(resourceId: string, key: string): number {
  const between = resourceId.length
  const end = between + 1 + key.length
  let low = 0x811c9dc5
  let high = 0x9e3779b9
  for (let i = 0; i < end; i++) {
    const unit = i < between ? resourceId.charCodeAt(i) : i === between ? LINE_FEED : key.charCodeAt(i - between - 1)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high ^ unit, 0x85ebca6b)
  }
  return ((high ^ (high >>> 15)) & 0xfffff) * 2 ** 32 + ((low ^ (low >>> 13)) >>> 0)
}

const LINE_FEED = 10
