import type { Device } from './device.ts'

/** A browser that was off for a night has some pushes to show at once, and says so of each. */
const SILENT_AFTER = 5

/**
 * Whether a device takes pushes without ever saying that it showed one: its push service answers 201, and the person may
 * see nothing (notifications switched off in the system, a device that lies in a drawer, a service worker that fails).
 */
export function isSilent({ unshown }: Pick<Device, 'unshown'>): boolean {
  return unshown >= SILENT_AFTER
}
