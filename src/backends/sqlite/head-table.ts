import type { Sql } from './connection.ts'

interface Head {
  seq: number
  unread: number
  action: number
}

/** How many heads are remembered between batches; beyond it starts over. */
const REMEMBERED = 20_000

/**
 * The newest number of each user's stream and what is unread. Numbers are taken on the one thread that writes: that is
 * the user's lock. A batch that numbers many items of a user writes his head once, at its end.
 */
export class HeadTable {
  readonly #sql: Sql
  readonly #heads = new Map<string, Head>()
  readonly #dirty = new Map<string, Head>()

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** The next number; what is unread changes with it. The second value takes both back. */
  next(userId: string, unread: number, action: number): readonly [seq: number, undo: () => void] {
    const head = this.#head(userId)
    head.seq += 1
    head.unread += unread
    head.action += action
    this.#dirty.set(userId, head)
    return [
      head.seq,
      () => {
        head.seq -= 1
        head.unread -= unread
        head.action -= action
      },
    ]
  }

  /** Writes what changed; called before the commit of each batch. */
  flush(): void {
    for (const [userId, head] of this.#dirty) {
      this.#sql(
        `insert into heads (user_id, seq, unread, unread_action) values (?, ?, ?, ?)
         on conflict (user_id) do update set seq = excluded.seq, unread = excluded.unread,
           unread_action = excluded.unread_action`,
      ).run(userId, head.seq, head.unread, head.action)
    }
    this.#dirty.clear()
  }

  /**
   * Removes a user's head. His number is remembered without his name: should there be a user of this name again, his
   * stream goes on behind it, and no client takes the new items for old ones.
   */
  retire(userId: string): void {
    this.flush()
    const row = this.#sql<{ seq: number }>('delete from heads where user_id = ? returning seq').get(userId)
    this.forget()
    if (!row || row.seq <= this.#firstSeq()) return
    this.#sql(`insert or replace into meta (name, value) values ('first_seq', ?)`).run(String(row.seq))
  }

  /** Forgets what it remembers, after something else changed the rows or a batch failed. */
  forget(): void {
    this.#heads.clear()
    this.#dirty.clear()
  }

  #head(userId: string): Head {
    const known = this.#heads.get(userId)
    if (known) return known
    const row = this.#sql<Head>('select seq, unread, unread_action as action from heads where user_id = ?').get(userId)
    const head = row ?? { seq: this.#firstSeq(), unread: 0, action: 0 }
    if (this.#heads.size >= REMEMBERED && this.#dirty.size === 0) this.#heads.clear()
    this.#heads.set(userId, head)
    return head
  }

  /** Behind what a new stream begins. */
  #firstSeq(): number {
    return Number(this.#sql<{ value: string }>(`select value from meta where name = 'first_seq'`).get()?.value ?? 0)
  }
}
