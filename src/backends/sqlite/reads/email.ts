import type { Mailbox, SuppressedAddress } from '../../../core/mailbox.ts'
import type { Page, PageQuery } from '../../store.ts'
import type { Sql } from '../connection.ts'
import { toUser, type UserRow } from '../units/users.ts'
import { readPage } from './paging.ts'

interface SuppressedRow {
  readonly n: number
  readonly address: string
  readonly reason: string
  readonly at: number
}

/** Null for nobody, and for somebody without an address. */
export function getMailbox(sql: Sql, userId: string): Mailbox | null {
  const row = sql<UserRow & { readonly [Name in keyof SuppressedRow as `s_${Name}`]: SuppressedRow[Name] | null }>(
    `select u.id, u.name, u.email, u.tz, u.lang, u.created_at, s.n as s_n, s.address as s_address,
       s.reason as s_reason, s.at as s_at
     from users u left join suppressed_addresses s on s.address = lower(u.email) where u.id = ?`,
  ).get(userId)
  if (!row || row.email === null) return null
  const { s_address: address, s_reason: reason, s_at: at } = row
  const suppressed = address === null || reason === null || at === null ? null : { address, reason, at }
  return { user: toUser(row), address: row.email, suppressed }
}

export function listSuppressed(sql: Sql, query: PageQuery): Page<SuppressedAddress> {
  return readPage<SuppressedRow, SuppressedAddress>(sql, query, {
    columns: 'n, address, reason, at',
    table: 'suppressed_addresses',
    order: 'n',
    where: [],
    position: row => row.n,
    toItem: ({ address, reason, at }) => ({ address, reason, at }),
  })
}
