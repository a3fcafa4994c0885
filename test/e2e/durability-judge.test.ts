import { describe, expect, it } from 'vitest'
import { judge } from '../durability/judge.ts'
import { Ledger } from '../durability/ledger.ts'
import { makeWebhook, type Parcel } from '../durability/parcel.ts'
import { createRandom } from '../durability/random.ts'
import type { Snapshot, StoredEvent, StoredNotification } from '../durability/snapshot.ts'
import type { Received } from '../durability/stream-reader.ts'

/** A little world in which every promise was kept, open to be spoiled. */
interface World {
  readonly ledger: Ledger
  readonly notifications: StoredNotification[]
  readonly events: StoredEvent[]
  readonly received: Received[]
}

type Spoil = (world: World) => void

describe('the judgement', () => {
  it('finds nothing wrong where every promise was kept', () => {
    expect(violationsOf(() => {})).toEqual([])
  })

  const spoils: readonly { readonly what: string; readonly spoil: Spoil; readonly says: RegExp }[] = [
    { what: 'a lost notification', spoil: w => w.notifications.shift(), says: /notification .* is lost/ },
    {
      what: 'a notification twice',
      spoil: w => w.notifications.push({ ...first(w.notifications), id: 'ntf_9' }),
      says: /is stored 2 times/,
    },
    {
      what: 'a notification that nobody sent',
      spoil: w => w.notifications.push({ ...first(w.notifications), key: 'x' }),
      says: /nobody sent the notification/,
    },
    {
      what: 'a notification left unprocessed',
      spoil: w => replace(w.notifications, 0, { state: 'accepted' }),
      says: /is accepted, not processed/,
    },
    { what: 'a notification without its event', spoil: w => w.events.shift(), says: /became 0 events/ },
    {
      what: 'a notification with two events',
      spoil: w => w.events.push({ ...first(w.events), id: 'again', seq: 9 }),
      says: /became 2 events/,
    },
    {
      what: 'events of a resource out of order',
      spoil: w => w.events.splice(0, 9, ...w.events.toReversed()),
      says: /overtook/,
    },
    { what: 'a lost event', spoil: w => w.events.splice(2, 1), says: /event .* is lost/ },
    {
      what: 'an event twice',
      spoil: w => w.events.push({ ...last(w.events), id: 'evt_9', seq: 9 }),
      says: /is an event twice/,
    },
    {
      what: 'an event that nobody sent',
      spoil: w => w.events.push({ ...last(w.events), id: 'evt_9', data: {} }),
      says: /nobody sent the event/,
    },
    { what: 'an event of another id', spoil: w => replace(w.events, 2, { id: 'other' }), says: /is stored as other/ },
    { what: 'an event of another number', spoil: w => replace(w.events, 2, { seq: 7 }), says: /was told as/ },
    { what: 'an event of another user', spoil: w => replace(w.events, 2, { user_id: 'eve' }), says: /went to eve/ },
    {
      what: 'answers that contradict',
      spoil: w => answer(w.ledger, emit(), 202, { id: 'own-1', seq: 8 }),
      says: /was first told as/,
    },
    {
      what: 'an answer that should not be',
      spoil: w => answer(w.ledger, emit(), 500, {}),
      says: /1 requests were answered 500/,
    },
    { what: 'an item that a client never received', spoil: w => w.received.splice(1, 1), says: /where .* stands/ },
    {
      what: 'an item that a client received twice',
      spoil: w => w.received.splice(1, 0, first(w.received)),
      says: /received 1 after 1/,
    },
    {
      what: 'items in another order',
      spoil: w => w.received.splice(0, 9, ...w.received.toReversed()),
      says: /received 2 after 3/,
    },
    {
      what: 'an item too many',
      spoil: w => w.received.push({ seq: 12, id: 'x', state: null }),
      says: /the list has 3/,
    },
    {
      what: 'a state that was told and forgotten',
      spoil: w => w.received.push({ seq: 12, id: 'own-1', state: 'read' }),
      says: /is read, and it is not/,
    },
  ]

  it.each(spoils)('finds $what', ({ spoil, says }) => {
    expect(violationsOf(spoil)).toContainEqual(expect.stringMatching(says))
  })
})

function violationsOf(spoil: Spoil): readonly string[] {
  const world = makeWorld()
  spoil(world)
  const { ledger, notifications, events, received } = world
  const snapshot: Snapshot = { notifications, events: new Map([['ana', events]]), readers: [{ user: 'ana', received }] }
  return judge(ledger, snapshot)
}

/** Two webhooks of one resource and an emitted event, all answered, stored and received. */
function makeWorld(): World {
  const random = createRandom(1)
  const target = { path: '/webhooks/github/r1', user: 'ana', secret: 'of the test' }
  const webhooks = [makeWebhook(target, random), makeWebhook(target, random)]
  const ledger = new Ledger()
  for (const parcel of webhooks) answer(ledger, parcel, 202, null)
  answer(ledger, emit(), 202, { id: 'own-1', seq: 3 })
  const keys = webhooks.flatMap(parcel => parcel.items.map(item => item.mark))
  const common = { user_id: 'ana', type: 'task.created' } as const
  const events: StoredEvent[] = [
    ...keys.map((key, n) => ({
      ...common,
      id: `evt_${n + 1}`,
      seq: n + 1,
      data: { delivery_id: key, notification_id: `ntf_${n + 1}` },
    })),
    { ...common, id: 'own-1', seq: 3, data: { mark: 'mark-1' } },
  ]
  return {
    ledger,
    notifications: keys.map((key, n) => ({ id: `ntf_${n + 1}`, resource: 'r1', key, state: 'processed' })),
    events,
    received: events.map(({ id, seq }) => ({ id, seq: seq ?? 0, state: null })),
  }
}

function emit(): Parcel {
  const items = [{ mark: 'mark-1', user: 'ana', source: 'emit', id: 'own-1' }] as const
  return { path: '/api/events', headers: {}, body: '', items, repeatable: true, batch: false }
}

function answer(ledger: Ledger, parcel: Parcel, status: number, body: unknown): void {
  ledger.sent(parcel)
  ledger.answered(parcel, status, JSON.stringify(body))
}

function replace<T>(list: T[], at: number, patch: Partial<T>): void {
  const before = list[at]
  if (before !== undefined) list[at] = { ...before, ...patch }
}

function first<T>(list: readonly T[]): T {
  const [item] = list
  if (item === undefined) throw new Error('the list is empty')
  return item
}

function last<T>(list: readonly T[]): T {
  return first(list.slice(-1))
}
