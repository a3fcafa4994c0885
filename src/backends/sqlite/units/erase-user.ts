import type { UnitContext } from '../unit.ts'
import { removeAccount } from './accounts.ts'

/** Where something of a user stands, beside the user's own row. */
const ERASED = [
  'events',
  'questions',
  'states',
  'traces',
  'idempotency',
  'devices',
  'ended_devices',
  'engagement',
  'governed',
  'digest_items',
  'digests',
  'diagnostics',
  'sign_in_links',
  'browser_sessions',
] as const

export function eraseUser(ctx: UnitContext, id: string): boolean {
  ctx.heads.retire(id)
  for (const table of ERASED) {
    ctx.sql(`delete from ${table} where user_id = ?`).run(id)
  }
  for (const { account } of ctx
    .sql<{ account: string }>('select id as account from accounts where user_id = ?')
    .all(id)) {
    removeAccount(ctx, account)
  }
  ctx.knownUsers.delete(id)
  ctx.pushed.clear()
  // An address that nobody else has goes with its user.
  ctx
    .sql(
      `delete from suppressed_addresses where address = (select lower(email) from users where id = ?)
         and not exists (select 1 from users where id <> ? and lower(email) = suppressed_addresses.address)`,
    )
    .run(id, id)
  return ctx.sql('delete from users where id = ?').run(id).changes > 0
}
