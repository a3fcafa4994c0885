import type { Account, AccountState } from '../../../core/account.ts'
import type { ErrorCode } from '../../../core/error-codes.ts'
import type { AccountQuery, Page } from '../../store.ts'
import type { Sql } from '../connection.ts'
import { equals, readPage } from './paging.ts'

interface AccountRow {
  readonly n: number
  readonly id: string
  readonly family: string
  readonly user_id: string
  readonly address: string
  readonly scopes: string
  readonly settings: string
  readonly state: AccountState
  readonly reason: ErrorCode | null
  readonly created_at: number
  readonly granted_at: number
}

const COLUMNS = 'n, id, family, user_id, address, scopes, settings, state, reason, created_at, granted_at'

export function getAccount(sql: Sql, id: string): Account | null {
  const row = sql<AccountRow>(`select ${COLUMNS} from accounts where id = ?`).get(id)
  return row ? toAccount(row) : null
}

export function listAccounts(sql: Sql, query: AccountQuery): Page<Account> {
  return readPage<AccountRow, Account>(sql, query, {
    columns: COLUMNS,
    table: 'accounts',
    order: 'n',
    where: equals({ user_id: query.userId, family: query.family }),
    position: row => row.n,
    toItem: toAccount,
  })
}

function toAccount(row: AccountRow): Account {
  const scopes: string[] = JSON.parse(row.scopes)
  const settings: Record<string, string> = JSON.parse(row.settings)
  return {
    id: row.id,
    family: row.family,
    userId: row.user_id,
    address: row.address,
    scopes,
    settings,
    state: row.state,
    reason: row.reason,
    createdAt: row.created_at,
    grantedAt: row.granted_at,
  }
}
