import type { Device } from '../../../core/device.ts'

/** How a device is called to people. */
export function labelOf({ name, platform }: Pick<Device, 'name' | 'platform'>): string {
  return name ?? platform ?? 'a device'
}
