import type { ApiCallSum, CallCause } from '../../../core/api-call.ts'
import type { Level } from '../../../core/event.ts'
import type { HealthState, Resource } from '../../../core/resource.ts'
import type { KeyScope, ServiceKey } from '../../../core/service-key.ts'
import type { Person } from '../../../core/preferences.ts'
import type { User } from '../../../core/user.ts'
import type { Page, PageQuery, ResourceQuery } from '../../store.ts'
import type { Sql } from '../connection.ts'
import { CALL_FAILED } from '../units/ledger.ts'
import { PERSON_COLUMNS, toPerson, toUser, type PersonRow, type UserRow } from '../units/users.ts'
import { equals, readPage } from './paging.ts'

const USER_COLUMNS = 'n, id, name, email, tz, lang, created_at'

export function getUser(sql: Sql, id: string): User | null {
  const row = sql<UserRow>(`select ${USER_COLUMNS} from users where id = ?`).get(id)
  return row ? toUser(row) : null
}

export function listUsers(sql: Sql, query: PageQuery): Page<User> {
  return readPage<UserRow & { n: number }, User>(sql, query, {
    columns: USER_COLUMNS,
    table: 'users',
    order: 'n',
    where: [],
    position: row => row.n,
    toItem: toUser,
  })
}

export function getPerson(sql: Sql, id: string): Person | null {
  const row = sql<PersonRow>(`select ${PERSON_COLUMNS} from users where id = ?`).get(id)
  return row ? toPerson(row) : null
}

export function listPeople(sql: Sql, query: PageQuery): Page<Person> {
  return readPage<PersonRow & { n: number }, Person>(sql, query, {
    columns: PERSON_COLUMNS,
    table: 'users',
    order: 'n',
    where: [['(preferences is not null or devices or addresses)']],
    position: row => row.n,
    toItem: toPerson,
  })
}

interface ResourceRow {
  readonly n: number
  readonly id: string
  readonly provider: string
  readonly user_id: string
  readonly name: string
  readonly settings: string
  readonly secret_count: number
  readonly state: HealthState
  readonly paused: number
  readonly created_at: number
  readonly last_notification_at: number | null
  readonly account_id: string | null
  readonly target: string | null
}

const RESOURCE_COLUMNS = `n, id, provider, user_id, name, settings, secret_count, state, paused, created_at,
  last_notification_at, account_id, target`

export function getResource(sql: Sql, id: string): Resource | null {
  const row = sql<ResourceRow>(`select ${RESOURCE_COLUMNS} from resources where id = ?`).get(id)
  return row ? toResource(row) : null
}

/** The sealed secrets of a resource; null when there is no such resource. */
export function getSealedSecrets(sql: Sql, id: string): Uint8Array | null {
  return sql<{ secrets: Buffer }>('select secrets from resources where id = ?').get(id)?.secrets ?? null
}

export function countResources(sql: Sql): number {
  return sql<{ c: number }>('select count(*) as c from resources').get()?.c ?? 0
}

export function listResources(sql: Sql, query: ResourceQuery): Page<Resource> {
  return readPage<ResourceRow, Resource>(sql, query, {
    columns: RESOURCE_COLUMNS,
    table: 'resources',
    order: 'n',
    where: equals({
      provider: query.provider,
      user_id: query.userId,
      account_id: query.accountId,
      target: query.target,
    }),
    position: row => row.n,
    toItem: toResource,
  })
}

function toResource(row: ResourceRow): Resource {
  const settings: Record<string, string> = JSON.parse(row.settings)
  return {
    id: row.id,
    provider: row.provider,
    userId: row.user_id,
    name: row.name,
    settings,
    state: row.state,
    paused: row.paused === 1,
    hasSecret: row.secret_count > 0,
    accountId: row.account_id,
    target: row.target,
    createdAt: row.created_at,
    lastNotificationAt: row.last_notification_at,
  }
}

interface KeyRow {
  readonly n: number
  readonly id: string
  readonly name: string
  readonly scopes: string
  readonly types: string
  readonly users: string
  readonly max_level: Level | null
  readonly callback_url: string | null
  readonly created_at: number
  readonly revoked_at: number | null
}

const KEY_COLUMNS = 'n, id, name, scopes, types, users, max_level, callback_url, created_at, revoked_at'

export function findKey(sql: Sql, hash: string): ServiceKey | null {
  const row = sql<KeyRow>(`select ${KEY_COLUMNS} from service_keys where hash = ? and revoked_at is null`).get(hash)
  return row ? toKey(row) : null
}

export function listKeys(sql: Sql, query: PageQuery): Page<ServiceKey> {
  return readPage<KeyRow, ServiceKey>(sql, query, {
    columns: KEY_COLUMNS,
    table: 'service_keys',
    order: 'n',
    where: [],
    position: row => row.n,
    toItem: toKey,
  })
}

function toKey(row: KeyRow): ServiceKey {
  const scopes: KeyScope[] = JSON.parse(row.scopes)
  const types: string[] = JSON.parse(row.types)
  const users: string[] = JSON.parse(row.users)
  const { id, name } = row
  return {
    id,
    name,
    scopes,
    types,
    users,
    maxLevel: row.max_level,
    callbackUrl: row.callback_url,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  }
}

export function getSealedCredential(sql: Sql, name: string): Uint8Array | null {
  return sql<{ value: Buffer }>('select value from credentials where name = ?').get(name)?.value ?? null
}

export function listFeatures(sql: Sql): Readonly<Record<string, boolean>> {
  const rows = sql<{ name: string; is_on: number }>('select name, is_on from features order by name').all()
  return Object.fromEntries(rows.map(row => [row.name, row.is_on === 1]))
}

const DAY_MS = 86_400_000

/** Live calls since then, and the daily sums of whole days that began at or after it. */
export function sumCalls(sql: Sql, since: number): readonly ApiCallSum[] {
  return sql<{
    provider: string
    account: string
    operation: string
    cause: CallCause
    calls: number
    retries: number
    failures: number
  }>(
    `select provider, account, operation, cause, sum(calls) as calls, sum(retries) as retries, sum(failures) as failures
     from (
       select provider, account, operation, cause, count(*) as calls, sum(attempt > 1) as retries,
         sum(${CALL_FAILED}) as failures
       from calls where at >= ? group by 1, 2, 3, 4
       union all
       select provider, account, operation, cause, calls, retries, failures from call_days where day * ${DAY_MS} >= ?
     ) group by 1, 2, 3, 4 order by 1, 2, 3, 4`,
  ).all(since, since)
}
