import { createHash, timingSafeEqual } from 'node:crypto'
import type { Store } from '../../../backends/store.ts'
import type { Device, EndedDevice } from '../../../core/device.ts'

/** What is kept of the secret of a device. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** The device that proves itself by its secret; null when the two do not belong together. */
export async function proveDevice(store: Pick<Store, 'getDevice'>, id: string, secret: string): Promise<Device | null> {
  const device = await store.getDevice(id)
  return device !== null && isSecretOf(device, secret) ? device : null
}

/** As `proveDevice`, for one that is none any more. */
export async function proveEnded(
  store: Pick<Store, 'getEndedDevice'>,
  id: string,
  secret: string,
): Promise<EndedDevice | null> {
  const device = await store.getEndedDevice(id)
  return device !== null && isSecretOf(device, secret) ? device : null
}

function isSecretOf(device: Pick<Device, 'secretHash'>, secret: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(secret)), Buffer.from(device.secretHash))
}
