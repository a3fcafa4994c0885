import { accountCredential, type Account } from '../../../core/account.ts'
import type { AccountPatch } from '../../store.ts'
import type { UnitContext } from '../unit.ts'
import { forgetCopy } from './sync.ts'
import { ensureUser } from './users.ts'

/** Its id, which is that of the one that was there already. */
export function putAccount(ctx: UnitContext, account: Account): string {
  ensureUser(ctx, account.userId, account.createdAt)
  const { id, family, userId, address, scopes, settings, state, reason, createdAt, grantedAt } = account
  const row = ctx
    .sql<{ id: string }>(
      `insert into accounts (id, family, user_id, address, scopes, settings, state, reason, created_at, granted_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       on conflict (user_id, family, address) do update set scopes = excluded.scopes, settings = excluded.settings,
         state = excluded.state, reason = excluded.reason, granted_at = excluded.granted_at
       returning id`,
    )
    .get(
      id,
      family,
      userId,
      address,
      JSON.stringify(scopes),
      JSON.stringify(settings),
      state,
      reason,
      createdAt,
      grantedAt,
    )
  if (!row) throw new Error('the account that was just put is not there')
  return row.id
}

export function updateAccount(ctx: UnitContext, id: string, patch: AccountPatch): boolean {
  const set = (column: string, value: string | number | null): void =>
    void ctx.sql(`update accounts set ${column} = ? where id = ?`).run(value, id)
  if (patch.scopes !== undefined) set('scopes', JSON.stringify(patch.scopes))
  if (patch.settings !== undefined) set('settings', JSON.stringify(patch.settings))
  if (patch.state !== undefined) set('state', patch.state)
  if (patch.reason !== undefined) set('reason', patch.reason)
  if (patch.grantedAt !== undefined) set('granted_at', patch.grantedAt)
  return ctx.sql('select 1 from accounts where id = ?').get(id) !== undefined
}

/** What was read with it goes, and its tokens; its resources go on without an account. */
export function removeAccount(ctx: UnitContext, id: string): boolean {
  const resources = ctx.sql<{ n: number }>('select n from resources where account_id = ?').all(id)
  for (const { n } of resources) forgetCopy(ctx, n)
  ctx.sql('update resources set account_id = null, target = null where account_id = ?').run(id)
  ctx.sql('delete from credentials where name = ?').run(accountCredential(id))
  return ctx.sql('delete from accounts where id = ?').run(id).changes > 0
}
