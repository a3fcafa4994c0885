import { z } from 'zod'
import type { Device } from '../../../core/device.ts'
import { instant, renderInstant, renderInstantOrNull } from './instant.ts'

export const deviceView = z.strictObject({
  id: z.string(),
  user: z.string(),
  name: z.string().nullable(),
  platform: z.string().nullable(),
  locale: z.string().nullable(),
  tz: z.string().nullable(),
  key_id: z.string(),
  created_at: instant,
  seen_at: instant,
  last_ok_at: instant.nullable(),
  last_error_at: instant.nullable(),
  last_error: z.string().nullable(),
  last_shown_at: instant.nullable(),
  unshown: z.int(),
})

/** Without where it is: an endpoint is a capability. */
export function renderDevice(device: Device): z.infer<typeof deviceView> {
  return {
    id: device.id,
    user: device.userId,
    name: device.name,
    platform: device.platform,
    locale: device.locale,
    tz: device.tz,
    key_id: device.keyId,
    created_at: renderInstant(device.createdAt),
    seen_at: renderInstant(device.seenAt),
    last_ok_at: renderInstantOrNull(device.lastOkAt),
    last_error_at: renderInstantOrNull(device.lastErrorAt),
    last_error: device.lastError,
    last_shown_at: renderInstantOrNull(device.shownAt),
    unshown: device.unshown,
  }
}
