import type { Device, DeviceEnd, DeviceName, DeviceStanding, EndedDevice } from '../../../core/device.ts'
import type { DeviceQuery, Page } from '../../store.ts'
import type { Sql } from '../connection.ts'
import { DEVICE_COLUMNS, toDevice, type DeviceRow } from '../units/devices.ts'
import { equals, readPage } from './paging.ts'

export function getDevice(sql: Sql, id: string): Device | null {
  const row = sql<DeviceRow>(`select ${DEVICE_COLUMNS} from devices where id = ?`).get(id)
  return row ? toDevice(row) : null
}

/** Each column that is read costs as much as finding the row. */
export function getDeviceStanding(sql: Sql, id: string): DeviceStanding | null {
  const row = sql<DeviceStanding>(
    'select id, user_id as userId, key_id as keyId, secret_hash as secretHash, seen_at as seenAt from devices where id = ?',
  ).get(id)
  return row ?? null
}

export function nameDevices(sql: Sql, userId: string): readonly DeviceName[] {
  return sql<DeviceName>('select id, name, platform from devices where user_id = ? order by n').all(userId)
}

export function getEndedDevice(sql: Sql, id: string): EndedDevice | null {
  const row = sql<{ id: string; user_id: string; secret_hash: string; why: DeviceEnd }>(
    'select id, user_id, secret_hash, why from ended_devices where id = ?',
  ).get(id)
  return row ? { id: row.id, userId: row.user_id, secretHash: row.secret_hash, why: row.why } : null
}

export function isGoneEndpoint(sql: Sql, endpointHash: string): boolean {
  return sql(`select 1 from ended_devices where endpoint_hash = ? and why = 'gone'`).get(endpointHash) !== undefined
}

/** The sealed address and what its seal is bound to; null when there is no such device. */
export function getSealedAddress(
  sql: Sql,
  id: string,
): { readonly endpointHash: string; readonly address: Uint8Array } | null {
  const row = sql<{ endpoint_hash: string; address: Buffer }>(
    'select endpoint_hash, address from devices where id = ?',
  ).get(id)
  return row ? { endpointHash: row.endpoint_hash, address: row.address } : null
}

export function listDevices(sql: Sql, query: DeviceQuery): Page<Device> {
  return readPage<DeviceRow, Device>(sql, query, {
    columns: DEVICE_COLUMNS,
    table: 'devices',
    order: 'n',
    where: equals({ user_id: query.userId }),
    position: row => row.n,
    toItem: toDevice,
  })
}

export function countDevices(sql: Sql): readonly { readonly keyId: string; readonly devices: number }[] {
  return sql<{ keyId: string; devices: number }>(
    'select key_id as keyId, count(*) as devices from devices group by key_id order by key_id',
  ).all()
}
