import { isObject } from '../shared/is-object.ts'
import type { DeskPorts } from './desk-ports.ts'

export interface PushKey {
  readonly keyId: string
  /** base64url. */
  readonly publicKey: string
}

/** A device of the person who is signed in. */
export interface OwnDevice {
  readonly id: string
  readonly keyId: string
  readonly seenAt: number
}

/** More than a user can have. */
const ALL_DEVICES = 100

/** The key that browsers subscribe with; null before there is one. */
export async function fetchKey({ call }: Pick<DeskPorts, 'call'>): Promise<PushKey | null> {
  try {
    const answer = await call('GET', '/api/push/key')
    return isObject(answer) && typeof answer['key_id'] === 'string' && typeof answer['public_key'] === 'string'
      ? { keyId: answer['key_id'], publicKey: answer['public_key'] }
      : null
  } catch (error) {
    if (codeOf(error) === 'EC_NOT_FOUND') return null
    throw error
  }
}

export async function listDevices({ call }: Pick<DeskPorts, 'call'>): Promise<readonly OwnDevice[]> {
  const answer = await call('GET', `/api/push/devices?limit=${ALL_DEVICES}`)
  const rows: unknown = isObject(answer) ? answer['devices'] : null
  return Array.isArray(rows) ? rows.flatMap(readDevice) : []
}

/** Of a `CenterError`; null for any other. */
export function codeOf(error: unknown): string | null {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null
  return typeof code === 'string' ? code : null
}

function readDevice(value: unknown): readonly OwnDevice[] {
  if (!isObject(value)) return []
  const { id, key_id, seen_at } = value
  if (typeof id !== 'string' || typeof key_id !== 'string' || typeof seen_at !== 'string') return []
  return [{ id, keyId: key_id, seenAt: Date.parse(seen_at) }]
}
