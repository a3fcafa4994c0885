import { createHash, timingSafeEqual } from 'node:crypto'
import type { Store } from '../../../backends/store.ts'
import type { Device } from '../../../core/device.ts'

/** What is kept of the secret of a device. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** The device that proves itself by its secret; null when the two do not belong together. */
export async function proveDevice(store: Pick<Store, 'getDevice'>, id: string, secret: string): Promise<Device | null> {
  const device = await store.getDevice(id)
  if (device === null) return null
  return timingSafeEqual(Buffer.from(hashSecret(secret)), Buffer.from(device.secretHash)) ? device : null
}
