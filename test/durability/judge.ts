import type { Entry, Ledger } from './ledger.ts'
import type { Snapshot, StoredEvent } from './snapshot.ts'

/** The statuses that a sender may get from an agent that is killed and started again. */
const EXPECTED_STATUSES = new Set(['none', '202', '503'])

/**
 * Compares what the senders were promised with what the agent has and what its clients received. Each broken promise is
 * one sentence; none when all is well.
 */
export function judge(ledger: Pick<Ledger, 'entries' | 'statuses'>, snapshot: Snapshot): readonly string[] {
  const stored = [...snapshot.events.values()].flat()
  return [
    ...judgeAnswers(ledger),
    ...judgeNotifications(ledger, snapshot),
    ...judgeEvents(ledger, stored),
    ...judgeProcessing(ledger, snapshot, stored),
    ...judgeOrder(snapshot, stored),
    ...judgeStreams(snapshot),
  ]
}

function* judgeAnswers({ entries, statuses }: Pick<Ledger, 'entries' | 'statuses'>): Generator<string> {
  for (const [status, count] of Object.entries(statuses)) {
    if (!EXPECTED_STATUSES.has(status)) yield `${count} requests were answered ${status}`
  }
  for (const { item, told, contradiction } of entries.values()) {
    if (contradiction === null) continue
    yield `${item.mark} was first told as ${JSON.stringify(told)}, later as ${JSON.stringify(contradiction)}`
  }
}

/** What was answered is there, once; what is there was sent. */
function* judgeNotifications({ entries }: Pick<Ledger, 'entries'>, { notifications }: Snapshot): Generator<string> {
  const keys = countBy(notifications, one => one.key)
  for (const [key, count] of keys) {
    if (count > 1) yield `notification ${key} is stored ${count} times`
    if (entries.get(key)?.item.source !== 'webhook') yield `nobody sent the notification ${key}`
  }
  for (const { item, answers } of entries.values()) {
    if (item.source === 'webhook' && answers > 0 && !keys.has(item.mark)) yield `notification ${item.mark} is lost`
  }
}

/** What was answered is there, once, as it was told; what is there was sent or received. */
function* judgeEvents({ entries }: Pick<Ledger, 'entries'>, stored: readonly StoredEvent[]): Generator<string> {
  const byMark = new Map<string, StoredEvent>()
  for (const event of stored) {
    const mark = markOf(event)
    if (byMark.has(mark)) yield `${mark} is an event twice`
    byMark.set(mark, event)
    const entry = entries.get(mark)
    if (entry === undefined) yield `nobody sent the event ${event.id} (${event.type})`
    else yield* judgeEvent(entry, event)
  }
  for (const { item, answers } of entries.values()) {
    if (item.source === 'emit' && answers > 0 && !byMark.has(item.mark)) yield `event ${item.mark} is lost`
  }
}

function* judgeEvent({ item, told }: Entry, event: StoredEvent): Generator<string> {
  if (event.user_id !== item.user) yield `${item.mark} went to ${event.user_id} in the place of ${item.user}`
  if (item.id !== null && event.id !== item.id) yield `${item.mark} is stored as ${event.id}, not as ${item.id}`
  if (told !== null && (told.id !== event.id || told.seq !== event.seq)) {
    yield `${item.mark} was told as ${told.id} at ${told.seq} and is ${event.id} at ${event.seq}`
  }
}

/** Each notification that was taken was processed and became exactly its event. */
function* judgeProcessing(
  _ledger: Pick<Ledger, 'entries'>,
  { notifications }: Snapshot,
  stored: readonly StoredEvent[],
): Generator<string> {
  const made = countBy(
    stored.filter(event => event.data?.delivery_id !== undefined),
    event => `${event.data?.delivery_id} ${event.data?.notification_id}`,
  )
  for (const { id, key, state } of notifications) {
    if (state !== 'processed') yield `notification ${key} (${id}) is ${state}, not processed`
    const events = made.get(`${key} ${id}`) ?? 0
    if (events !== 1) yield `notification ${key} (${id}) became ${events} events`
  }
}

/** The notifications of one resource became events in the order in which they came. */
function* judgeOrder({ notifications }: Snapshot, stored: readonly StoredEvent[]): Generator<string> {
  const place = new Map(notifications.map(({ key, resource }, n) => [key, { n, resource }]))
  const last = new Map<string, number>()
  for (const event of stored) {
    const found = place.get(event.data?.delivery_id ?? '')
    if (found === undefined) continue
    if (found.n < (last.get(found.resource) ?? -1)) yield `event ${event.id} overtook one of its resource`
    last.set(found.resource, found.n)
  }
}

/** Each client received its user's stream: whole, in order, nothing twice. */
function* judgeStreams({ events, readers }: Snapshot): Generator<string> {
  for (const [i, { user, received }] of readers.entries()) {
    const whose = `client ${i} of ${user}`
    const list = events.get(user) ?? []
    const got = received.filter(item => item.state === null)
    for (const [n, item] of received.entries()) {
      const before = received[n - 1]?.seq ?? 0
      if (item.seq <= before) yield `${whose} received ${item.seq} after ${before}`
    }
    const gap = list.findIndex((event, n) => got[n]?.id !== event.id || got[n]?.seq !== event.seq)
    if (gap >= 0) {
      yield `${whose} received ${JSON.stringify(got[gap])} where ${list[gap]?.id} at ${list[gap]?.seq} stands`
    }
    if (got.length > list.length) yield `${whose} received ${got.length} events, the list has ${list.length}`
    const read = new Set(list.filter(event => event.read_at !== undefined).map(event => event.id))
    for (const { id, state, seq } of received) {
      if (state === 'read' && !read.has(id)) yield `${whose} was told at ${seq} that ${id} is read, and it is not`
    }
  }
}

function markOf(event: StoredEvent): string {
  return event.data?.mark ?? event.data?.delivery_id ?? `nothing (${event.id})`
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1)
  return counts
}
