import { z } from 'zod'
import { readAll, type Door } from './operator.ts'
import type { Received } from './stream-reader.ts'

const notificationRow = z.object({ id: z.string(), resource: z.string(), key: z.string(), state: z.string() })
const eventRow = z.object({
  id: z.string(),
  seq: z.number().nullable(),
  user_id: z.string(),
  type: z.string(),
  read_at: z.string().optional(),
  data: z
    .looseObject({
      mark: z.string().optional(),
      delivery_id: z.string().optional(),
      notification_id: z.string().optional(),
    })
    .optional(),
})

export type StoredNotification = z.infer<typeof notificationRow>
export type StoredEvent = z.infer<typeof eventRow>

/** All that the agent has in the end, as its API tells it, and what its clients have received. */
export interface Snapshot {
  /** In the order of arrival. */
  readonly notifications: readonly StoredNotification[]
  /** By user, in the order of the stream. */
  readonly events: ReadonlyMap<string, readonly StoredEvent[]>
  readonly readers: readonly { readonly user: string; readonly received: readonly Received[] }[]
}

export async function takeSnapshot(
  operator: Door,
  users: readonly string[],
  readers: Snapshot['readers'],
): Promise<Snapshot> {
  const notifications = await readAll(operator, '/api/notifications', 'notifications', raw =>
    notificationRow.parse(raw),
  )
  const events = new Map<string, readonly StoredEvent[]>()
  for (const user of users) {
    events.set(user, await readAll(operator, `/api/events?user=${user}`, 'events', raw => eventRow.parse(raw)))
  }
  return { notifications, events, readers }
}
