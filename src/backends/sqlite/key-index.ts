import type { Sql } from './connection.ts'

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
  #recent = new Map<number, number>()
  /** Being moved, ascending by hash; still looked up in `#moving` until the last slice is durable. */
  #moving = new Map<number, number>()
  #sorted: (readonly [hash: number, n: number])[] = []
  #tableEmpty = true

  constructor(sql: Sql, memory = MEMORY_KEYS) {
    this.#sql = sql
    this.#memory = memory
  }

  /** Reads what the table does not hold yet. */
  load(): void {
    this.#recent = new Map()
    this.#moving = new Map()
    this.#sorted = []
    this.#tableEmpty = this.#sql('select 1 from notification_keys limit 1').get() === undefined
    const rows = this.#sql<{ n: number; resource_id: string; key: string }>(
      `select n, resource_id, key from notifications where n > ? and state <> 'quarantined' order by n`,
    )
    for (const row of rows.all(this.#movedThrough())) this.#remember(keyHash(row.resource_id, row.key), row.n)
  }

  /** The notification with this key, or null. */
  find(resourceId: string, key: string): number | null {
    const hash = keyHash(resourceId, key)
    for (const n of this.#candidates(hash)) {
      const row = this.#sql<{ resource_id: string; key: string; state: string }>(
        'select resource_id, key, state from notifications where n = ?',
      ).get(n)
      if (row && row.resource_id === resourceId && row.key === key && row.state !== 'quarantined') return n
    }
    return null
  }

  /** Remembers a key; the way to take that back. */
  add(resourceId: string, key: string, n: number): () => void {
    const hash = keyHash(resourceId, key)
    const before = this.#remember(hash, n)
    return () => void (before === undefined ? this.#recent.delete(hash) : this.#recent.set(hash, before))
  }

  /**
   * Moves one slice if there is one to move. Called at the start of a batch, when everything in memory is durable; what
   * it returns is called once the batch is.
   */
  moveSlice(): (() => void) | null {
    if (this.#sorted.length === 0) {
      if (this.#recent.size < this.#memory) return null
      this.#moving = this.#recent
      this.#recent = new Map()
      this.#sorted = [...this.#moving].sort((a, b) => b[0] - a[0])
    }
    const slice = this.#sorted.slice(-Math.ceil(this.#memory / SLICES))
    const insert = this.#sql('insert or ignore into notification_keys (hash, n) values (?, ?)')
    for (const [hash, n] of slice) insert.run(hash, n)
    this.#tableEmpty = false
    const last = slice.length === this.#sorted.length
    if (last) {
      const through = maxOf(this.#moving.values())
      this.#sql(`insert or replace into meta (name, value) values ('keys_moved_through', ?)`).run(String(through))
    }
    return () => {
      this.#sorted.length -= slice.length
      if (last) this.#moving = new Map()
    }
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

  *#candidates(hash: number): Generator<number> {
    const recent = this.#recent.get(hash)
    if (recent !== undefined) yield recent
    const moving = this.#moving.get(hash)
    if (moving !== undefined) yield moving
    if (this.#tableEmpty) return
    const rows = this.#sql<{ n: number }>('select n from notification_keys where hash = ?')
    for (const row of rows.all(hash)) yield row.n
  }

  #movedThrough(): number {
    const row = this.#sql<{ value: string }>(`select value from meta where name = 'keys_moved_through'`).get()
    return row ? Number(row.value) : 0
  }
}

/**
 * 52 bits, an integer that JavaScript and SQLite both hold exactly: two rounds of FNV-1a with different multipliers.
 * No secret hangs on it and a collision costs one more look, so speed is what counts.
 */
function keyHash(resourceId: string, key: string): number {
  const text = `${resourceId}\n${key}`
  let low = 0x811c9dc5
  let high = 0x9e3779b9
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high ^ unit, 0x85ebca6b)
  }
  return ((high ^ (high >>> 15)) & 0xfffff) * 2 ** 32 + ((low ^ (low >>> 13)) >>> 0)
}

function maxOf(values: Iterable<number>): number {
  let max = 0
  for (const value of values) if (value > max) max = value
  return max
}
