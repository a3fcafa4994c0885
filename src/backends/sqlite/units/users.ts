import type { Person, Preferences, PreferencesPatch } from '../../../core/preferences.ts'
import { addressKey } from '../../../core/mailbox.ts'
import type { User } from '../../../core/user.ts'
import type { UserPatch } from '../../store.ts'
import type { UnitContext } from '../unit.ts'
import { freeKept } from './engagement.ts'
import { readPreferences } from './read-preferences.ts'

/** How many users the writer remembers as known; beyond it starts over. */
const REMEMBERED_USERS = 50_000

/** A user exists from the first time that something names it. */
export function ensureUser(ctx: UnitContext, id: string, now: number): void {
  if (ctx.knownUsers.has(id)) return
  ctx.sql('insert into users (id, created_at) values (?, ?) on conflict do nothing').run(id, now)
  if (ctx.knownUsers.size >= REMEMBERED_USERS) ctx.knownUsers.clear()
  ctx.knownUsers.add(id)
  ctx.onRollback(() => ctx.knownUsers.delete(id))
}

export function putUser(ctx: UnitContext, patch: UserPatch, now: number): User {
  ensureUser(ctx, patch.id, now)
  for (const column of ['name', 'email', 'tz', 'lang'] as const) {
    const value = patch[column]
    if (value !== undefined) ctx.sql(`update users set ${column} = ? where id = ?`).run(value, patch.id)
  }
  // Whoever puts an address, also the same again, says that it takes mail.
  if (patch.email) ctx.sql('delete from suppressed_addresses where address = ?').run(addressKey(patch.email))
  const row = ctx.sql<UserRow>('select id, name, email, tz, lang, created_at from users where id = ?').get(patch.id)
  if (!row) throw new Error('the user that was just put is not there')
  return toUser(row)
}

export function putPreferences(ctx: UnitContext, userId: string, patch: PreferencesPatch, now: number): Preferences {
  ensureUser(ctx, userId, now)
  const row = ctx.sql<PersonRow>(`select ${PERSON_COLUMNS} from users where id = ?`).get(userId)
  if (!row) throw new Error('the user whose preferences are put is not there')
  const preferences = { ...toPerson(row).preferences, ...patch }
  ctx.sql('update users set preferences = ? where id = ?').run(JSON.stringify(preferences), userId)
  freeKept(ctx, userId, preferences)
  return preferences
}

export interface UserRow {
  readonly id: string
  readonly name: string | null
  readonly email: string | null
  readonly tz: string | null
  readonly lang: string | null
  readonly created_at: number
}

export function toUser(row: UserRow): User {
  const { id, name, email, tz, lang } = row
  return { id, name, email, tz, lang, createdAt: row.created_at }
}

export interface PersonRow {
  readonly id: string
  readonly tz: string | null
  readonly preferences: string | null
  readonly devices: number
  readonly addresses: number
  /** A JSON list. */
  readonly governed: string
}

export const PERSON_COLUMNS = `n, id, tz, preferences,
  exists (select 1 from devices where devices.user_id = users.id) as devices, email is not null
    and not exists (select 1 from suppressed_addresses s where s.address = lower(users.email)) as addresses,
  (select json_group_array(type) from governed where governed.user_id = users.id) as governed`

export function toPerson(row: PersonRow): Person {
  const { id, tz } = row
  const governed: readonly string[] = JSON.parse(row.governed)
  const reach = { push: row.devices === 1, email: row.addresses === 1 }
  return { id, tz, preferences: readPreferences(row.preferences), reach, governed }
}
