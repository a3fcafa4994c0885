import { EcError } from '../../../core/errors.ts'
import type { ServiceKey } from '../../../core/service-key.ts'
import type { NewResource, ResourcePatch } from '../../store.ts'
import type { UnitContext } from '../unit.ts'
import { addSync, forgetCopy } from './sync.ts'
import { ensureUser } from './users.ts'

/** Secrets cross to the writer's thread sealed. */
export interface SealedSecrets {
  readonly sealed: Uint8Array
  readonly count: number
}

export function addResource(ctx: UnitContext, resource: Omit<NewResource, 'secrets'>, secrets: SealedSecrets): void {
  ensureUser(ctx, resource.userId, resource.createdAt)
  const { source } = resource
  if (source) checkSource(ctx, resource.provider, source)
  const { lastInsertRowid } = ctx
    .sql(
      `insert into resources (id, provider, user_id, name, settings, secrets, secret_count, state, created_at, account_id,
         target)
       values (?, ?, ?, ?, ?, ?, ?, 'starting', ?, ?, ?)`,
    )
    .run(
      resource.id,
      resource.provider,
      resource.userId,
      resource.name,
      JSON.stringify(resource.settings),
      secrets.sealed,
      secrets.count,
      resource.createdAt,
      source?.accountId ?? null,
      source?.target ?? null,
    )
  if (source) addSync(ctx, Number(lastInsertRowid))
}

type Source = NonNullable<NewResource['source']>

function checkSource(ctx: UnitContext, provider: string, { accountId, target }: Source): void {
  if (ctx.sql('select 1 from accounts where id = ?').get(accountId) === undefined) {
    throw new EcError('EC_NOT_FOUND', 'no such account', { hint: 'list what there is: `ec accounts list`' })
  }
  const taken = ctx
    .sql<{ id: string }>('select id from resources where account_id = ? and provider = ? and target = ?')
    .get(accountId, provider, target)
  if (taken) {
    throw new EcError('EC_CONFLICT', 'it is watched already', {
      hint: `see \`ec resources show ${taken.id}\``,
      details: { resource: taken.id },
    })
  }
}

export function updateResource(
  ctx: UnitContext,
  id: string,
  patch: Omit<ResourcePatch, 'secrets'>,
  secrets: SealedSecrets | null,
): boolean {
  const set = (column: string, value: string | number | Uint8Array): void =>
    void ctx.sql(`update resources set ${column} = ? where id = ?`).run(value, id)
  if (patch.name !== undefined) set('name', patch.name)
  if (patch.settings !== undefined) set('settings', JSON.stringify(patch.settings))
  if (patch.state !== undefined) set('state', patch.state)
  if (patch.paused !== undefined) set('paused', patch.paused ? 1 : 0)
  if (secrets) {
    set('secrets', secrets.sealed)
    set('secret_count', secrets.count)
  }
  return ctx.sql('select 1 from resources where id = ?').get(id) !== undefined
}

export function removeResource(ctx: UnitContext, id: string): boolean {
  const row = ctx.sql<{ n: number }>('select n from resources where id = ?').get(id)
  if (row) forgetCopy(ctx, row.n)
  return ctx.sql('delete from resources where id = ?').run(id).changes > 0
}

/** Written once a batch and once in this time, however many notifications came: it is another page for the disk. */
const TOUCH_MS = 1000

export function touchResources(ctx: UnitContext): void {
  for (const [id, at] of ctx.lastNotificationAt) {
    ctx
      .sql('update resources set last_notification_at = ? where id = ? and ifnull(last_notification_at, 0) <= ?')
      .run(at, id, at - TOUCH_MS)
  }
  ctx.lastNotificationAt.clear()
}

export function addKey(ctx: UnitContext, key: ServiceKey, hash: string): void {
  const taken = ctx.sql('select 1 from service_keys where name = ? and revoked_at is null').get(key.name)
  if (taken) {
    throw new EcError('EC_CONFLICT', `a key named ${key.name} is in use`, {
      hint: `revoke it with \`ec keys revoke ${key.name}\`, or choose another name`,
    })
  }
  ctx
    .sql(
      `insert into service_keys (id, name, hash, scopes, types, users, max_level, callback_url, created_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      key.id,
      key.name,
      hash,
      JSON.stringify(key.scopes),
      JSON.stringify(key.types),
      JSON.stringify(key.users),
      key.maxLevel,
      key.callbackUrl,
      key.createdAt,
    )
}

export function revokeKey(ctx: UnitContext, idOrName: string, now: number): boolean {
  return (
    ctx
      .sql('update service_keys set revoked_at = ? where (id = ? or name = ?) and revoked_at is null')
      .run(now, idOrName, idOrName).changes > 0
  )
}

/** `expected` is the sealed value that is to be replaced, or null for none; false when something else is there. */
export function putCredential(ctx: UnitContext, name: string, value: Uint8Array, expected: Uint8Array | null): boolean {
  if (expected === null) {
    return (
      ctx.sql('insert into credentials (name, value) values (?, ?) on conflict do nothing').run(name, value).changes > 0
    )
  }
  return ctx.sql('update credentials set value = ? where name = ? and value = ?').run(value, name, expected).changes > 0
}

/** Nothing stands in the place of what cannot be opened. How many resources had secrets. */
export function forgetSealed(ctx: UnitContext, name: string, proof: Uint8Array): number {
  const { changes } = ctx.sql(`update resources set secrets = x'', secret_count = 0 where secret_count > 0`).run()
  ctx.sql(`update resources set secrets = x''`).run()
  ctx.sql('delete from credentials').run()
  ctx.sql('delete from devices').run()
  putCredential(ctx, name, proof, null)
  return changes
}

export function setFeature(ctx: UnitContext, name: string, on: boolean): void {
  ctx
    .sql('insert into features (name, is_on) values (?, ?) on conflict (name) do update set is_on = excluded.is_on')
    .run(name, on ? 1 : 0)
}
