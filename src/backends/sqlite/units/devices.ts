import type { Device, DeviceEnding, DeviceRenewal, NewDevice } from '../../../core/device.ts'
import type { DeviceNote } from '../../store.ts'
import type { UnitContext } from '../unit.ts'
import { ensureUser } from './users.ts'

/** A device on its way to the writer's thread: the address sealed, the endpoint as its SHA-256. */
export type PackedDevice = Omit<NewDevice, 'address'> & {
  readonly endpointHash: string
  readonly address: Uint8Array
}

export type PackedRenewal = Omit<DeviceRenewal, 'address'> & {
  readonly endpointHash: string
  readonly address: Uint8Array
}

/** Of a user. A browser comes again within weeks or not at all, so the newest are enough. */
const MAX_ENDED = 50

/**
 * Keeps a device, known by its endpoint. A browser that another user signed in with is a new device of that user. Of a
 * user's devices the `limit` that were seen last stay.
 */
export function putDevice(ctx: UnitContext, device: PackedDevice, limit: number): Device {
  ensureUser(ctx, device.userId, device.at)
  const { userId, endpointHash, address, keyId, secretHash, name, platform, locale, tz, at } = device
  ctx.sql('delete from devices where endpoint_hash = ? and user_id <> ?').run(endpointHash, userId)
  const row = ctx
    .sql<DeviceRow>(
      `insert into devices (id, user_id, endpoint_hash, address, key_id, secret_hash, name, platform, locale, tz,
         created_at, seen_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       on conflict (endpoint_hash) do update set address = excluded.address, key_id = excluded.key_id,
         secret_hash = excluded.secret_hash, name = excluded.name, platform = excluded.platform,
         locale = excluded.locale, tz = excluded.tz, seen_at = max(excluded.seen_at, seen_at + 1)
       returning ${DEVICE_COLUMNS}`,
    )
    .get(device.id, userId, endpointHash, address, keyId, secretHash, name, platform, locale, tz, at, at)
  if (!row) throw new Error('the device that was just put is not there')
  keepLatest(ctx, userId, limit)
  return toDevice(row)
}

/** The device with its new address, the same otherwise; one that was gone is there again. Null for one that is not known. */
export function renewDevice(ctx: UnitContext, renewal: PackedRenewal, limit: number): Device | null {
  const { id, endpointHash, address, keyId, at, traits } = renewal
  const known = ctx
    .sql(`select 1 from devices where id = ? union all select 1 from ended_devices where id = ? and why = 'gone'`)
    .get(id, id)
  if (known === undefined) return null
  ctx.sql('delete from devices where endpoint_hash = ? and id <> ?').run(endpointHash, id)
  revive(ctx, renewal)
  const row = ctx
    .sql<DeviceRow>(
      `update devices set endpoint_hash = ?, address = ?, key_id = ?, seen_at = max(?, seen_at + 1)
       where id = ? returning ${DEVICE_COLUMNS}`,
    )
    .get(endpointHash, address, keyId, at, id)
  if (!row) return null
  keepLatest(ctx, row.user_id, limit)
  if (traits === null) return toDevice(row)
  const { name, platform, locale, tz } = traits
  ctx
    .sql('update devices set name = ?, platform = ?, locale = ?, tz = ? where id = ?')
    .run(name, platform, locale, tz, id)
  return toDevice({ ...row, ...traits })
}

function revive(ctx: UnitContext, { id, endpointHash, address, keyId, at }: PackedRenewal): void {
  ctx
    .sql(
      `insert into devices (id, user_id, endpoint_hash, address, key_id, secret_hash, name, platform, locale, tz,
         created_at, seen_at)
       select id, user_id, ?, ?, ?, secret_hash, name, platform, locale, tz, created_at, ?
       from ended_devices where id = ? and why = 'gone'`,
    )
    // Seen now is said by whoever renews it.
    .run(endpointHash, address, keyId, at - 1, id)
  ctx.sql(`delete from ended_devices where id = ? and why = 'gone'`).run(id)
}

function keepLatest(ctx: UnitContext, userId: string, limit: number): void {
  ctx
    .sql(
      `delete from devices where n in
         (select n from devices where user_id = ? order by seen_at desc, n desc limit -1 offset ?)`,
    )
    .run(userId, limit)
}

/** What came of the last send to it; when it was taken it is to be shown now. */
export function noteDevice(ctx: UnitContext, { id, at, error }: DeviceNote): void {
  if (error === null) {
    ctx
      .sql(
        `update devices set last_ok_at = ?, last_error_at = null, last_error = null, unshown = unshown + 1 where id = ?`,
      )
      .run(at, id)
  } else {
    ctx.sql('update devices set last_error_at = ?, last_error = ? where id = ?').run(at, error, id)
  }
}

/** The device says that it showed a message. */
export function noteShown(ctx: UnitContext, id: string, at: number): void {
  ctx.sql('update devices set shown_at = max(ifnull(shown_at, 0), ?), unshown = 0 where id = ?').run(at, id)
}

export function removeDevice(ctx: UnitContext, id: string, end: DeviceEnding | null): boolean {
  if (end === null) return ctx.sql('delete from devices where id = ?').run(id).changes > 0
  const row = ctx
    .sql<{ user_id: string }>(
      `insert into ended_devices (id, user_id, endpoint_hash, secret_hash, name, platform, locale, tz, created_at,
         ended_at, why)
       select id, user_id, endpoint_hash, secret_hash, name, platform, locale, tz, created_at, ?, ?
       from devices where id = ? and seen_at = ifnull(?, seen_at)
       on conflict (id) do update set ended_at = excluded.ended_at, why = excluded.why,
         secret_hash = excluded.secret_hash, endpoint_hash = excluded.endpoint_hash
       returning user_id`,
    )
    .get(end.at, end.why, id, end.seenAt ?? null)
  if (!row) return false
  ctx.sql('delete from devices where id = ?').run(id)
  ctx
    .sql(
      `delete from ended_devices where n in
         (select n from ended_devices where user_id = ? order by n desc limit -1 offset ?)`,
    )
    .run(row.user_id, MAX_ENDED)
  return true
}

export interface DeviceRow {
  readonly n: number
  readonly id: string
  readonly user_id: string
  readonly key_id: string
  readonly secret_hash: string
  readonly name: string | null
  readonly platform: string | null
  readonly locale: string | null
  readonly tz: string | null
  readonly created_at: number
  readonly seen_at: number
  readonly last_ok_at: number | null
  readonly last_error_at: number | null
  readonly last_error: string | null
  readonly shown_at: number | null
  readonly unshown: number
}

export const DEVICE_COLUMNS = `n, id, user_id, key_id, secret_hash, name, platform, locale, tz, created_at, seen_at, last_ok_at,
  last_error_at, last_error, shown_at, unshown`

export function toDevice(row: DeviceRow): Device {
  return {
    id: row.id,
    userId: row.user_id,
    keyId: row.key_id,
    secretHash: row.secret_hash,
    name: row.name,
    platform: row.platform,
    locale: row.locale,
    tz: row.tz,
    createdAt: row.created_at,
    seenAt: row.seen_at,
    lastOkAt: row.last_ok_at,
    lastErrorAt: row.last_error_at,
    lastError: row.last_error,
    shownAt: row.shown_at,
    unshown: row.unshown,
  }
}
