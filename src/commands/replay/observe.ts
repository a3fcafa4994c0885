import { setTimeout as sleep } from 'node:timers/promises'
import type { EcClient, EventRow, NotificationRow, ResourceRow } from '../../client.ts'
import type { Clock } from '../../core/clock.ts'

/** Where notifications and events stood before a request was sent. */
export interface Mark {
  readonly notification: string
  readonly event: string
}

export interface Observation {
  /** What arrived for the resource since the mark, refused requests too. */
  readonly notifications: readonly NotificationRow[]
  /** What those caused. */
  readonly events: readonly EventRow[]
  /** False: some were still waiting for their processing when the time was over. */
  readonly settled: boolean
}

/** Processing takes milliseconds; a busy agent may need longer. */
const PATIENCE_MS = 30_000
const FIRST_LOOK_MS = 4
const LAST_LOOK_MS = 250
const PAGE = 1000

export async function takeMark(client: EcClient, user: string): Promise<Mark> {
  const [{ notifications }, { events }] = await Promise.all([
    client.notifications.list({ limit: 1 }),
    client.events.list({ user, limit: 1 }),
  ])
  // The number of an id is its place in the list, and a user's events are listed by `seq`: both are cursors.
  return {
    notification: notifications[0]?.id.replace(/^ntf_/, '') ?? '0',
    event: String(events[0]?.seq ?? 0),
  }
}

/** Looks until everything that arrived since the mark is processed, more and more seldom. */
export async function observe(
  client: EcClient,
  { id: resource, user }: ResourceRow,
  mark: Mark,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Observation> {
  const deadline = clock.monotonic() + PATIENCE_MS
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(2 * pause, LAST_LOOK_MS)) {
    const query = { resource, after: mark.notification, limit: PAGE }
    const { notifications } = await client.notifications.list(query)
    const settled = notifications.every(row => row.state !== 'accepted')
    if (settled || clock.monotonic() > deadline) {
      return { notifications, settled, events: await eventsOf(client, user, mark, notifications) }
    }
    await sleep(pause, undefined, { signal })
  }
}

async function eventsOf(
  client: EcClient,
  user: string,
  mark: Mark,
  notifications: readonly NotificationRow[],
): Promise<readonly EventRow[]> {
  const ids = new Set(notifications.flatMap(row => (row.state === 'processed' ? [row.id] : [])))
  const found: EventRow[] = []
  if (ids.size === 0) return found
  for (let after: string | null = mark.event; after !== null;) {
    const page: Awaited<ReturnType<EcClient['events']['list']>> = await client.events.list({ user, after, limit: PAGE })
    found.push(...page.events.filter(event => ids.has(String(event.data?.['notification_id']))))
    after = page.next
  }
  return found
}
