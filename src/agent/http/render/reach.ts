import { z } from 'zod'
import { CAPPED_CHANNELS } from '../../../core/preferences.ts'
import type { Reach } from '../api.ts'
import { deviceView, renderDevice } from './device.ts'
import { instant, renderInstantOrNull } from './instant.ts'

export const reachView = z.strictObject({
  user: z.string(),
  clients: z.int(),
  visible: z.int(),
  focused: z.int(),
  devices: z.array(deviceView.extend({ key: z.enum(['current', 'older', 'gone']) })),
  email: z.strictObject({
    state: z.enum(['none', 'suppressed', 'no_server', 'fine']),
    address: z.string().nullable(),
    reason: z.string().nullable(),
  }),
  /** Null without quiet hours. */
  quiet: z.strictObject({ now: z.boolean(), until: instant.nullable() }).nullable(),
  mutes: z.array(
    z.strictObject({
      type: z.string().optional(),
      service: z.string().optional(),
      thread: z.string().optional(),
      until: instant.optional(),
    }),
  ),
  off: z.array(z.enum(CAPPED_CHANNELS)),
  governed: z.array(z.string()),
  snoozed: z.strictObject({ count: z.int(), until: instant.nullable() }),
  last_event: z
    .strictObject({
      id: z.string(),
      type: z.string(),
      created_at: instant,
      channels: z.array(
        z.strictObject({
          channel: z.string(),
          step: z.string(),
          reason: z.string().nullable(),
          until: instant.nullable(),
          at: instant.nullable(),
        }),
      ),
    })
    .nullable(),
})

export function renderReach(reach: Reach): z.input<typeof reachView> {
  const { user, presence, devices, email, quiet, mutes, off, governed, snoozed, lastEvent } = reach
  return {
    user,
    clients: presence.clients,
    visible: presence.visible,
    focused: presence.focused,
    devices: devices.map(device => ({ ...renderDevice(device), key: device.key })),
    email: { ...email },
    quiet: quiet && { now: quiet.quiet, until: renderInstantOrNull(quiet.until) },
    mutes: mutes.map(mute => ({ ...mute })),
    off: [...off],
    governed: [...governed],
    snoozed: { count: snoozed.count, until: renderInstantOrNull(snoozed.until) },
    last_event: lastEvent && {
      id: lastEvent.id,
      type: lastEvent.type,
      created_at: lastEvent.createdAt,
      channels: lastEvent.channels.map(one => ({ ...one })),
    },
  }
}
