import type { BusTopics } from '../../backends/backend.ts'
import type { Arrivals, EventKey, Store } from '../../backends/store.ts'
import type { NotificationState } from '../../core/notification.ts'
import { LIMITS } from './limits.ts'

export type Changed = Pick<Arrivals, 'notifications' | 'events'>

export const UNCHANGED: Changed = { notifications: [], events: [] }

/**
 * What followers were told of and is different by now. The bus tells of events; of notifications nobody tells, so those
 * that had not come to their end when they were told are looked at again. All of it has a bound.
 */
export class Changes {
  /** Changed since the last look. */
  readonly #events = new Map<string, EventKey>()
  /** Told before their turn: their place in the stream is a change. */
  readonly #scheduled = new Set<string>()
  /** With the state that was told, null = not everybody knows. A dead one may be tried again. */
  readonly #unsettled = new Map<string, NotificationState | null>()

  /** Whether events wait to be told. */
  get pending(): boolean {
    return this.#events.size > 0
  }

  hear({ userId, items }: BusTopics['stream']): void {
    for (const { kind, id } of items) {
      const key = keyOf({ userId, id })
      if (kind === 'state' || this.#scheduled.delete(key)) this.#note(key, { userId, id })
    }
  }

  told({ notifications, events }: Changed): void {
    for (const notification of notifications) {
      // Others may have been told of it earlier, as it was then.
      if (!this.#unsettled.has(notification.id)) this.#remember(notification.id, notification.state)
    }
    for (const event of events) {
      if (event.seq !== null || event.retractedAt !== null) continue
      this.#scheduled.add(keyOf(event))
      dropOldest(this.#scheduled, LIMITS.remembered)
    }
  }

  /** What has changed and was not told yet, at most `LIMITS.rows` of each kind at once; from here on it counts as told. */
  async read(store: Pick<Store, 'readAgain'>): Promise<Changed> {
    const taken = [...this.#events].slice(0, LIMITS.rows)
    const unsettled = [...this.#unsettled.keys()]
    if (taken.length + unsettled.length === 0) return UNCHANGED
    for (const [key] of taken) this.#events.delete(key)
    try {
      const now = await store.readAgain({ notifications: unsettled, events: taken.map(([, event]) => event) })
      const notifications = now.notifications.filter(({ id, state }) => this.#unsettled.get(id) !== state)
      for (const { id, state } of notifications) this.#remember(id, state)
      return { notifications, events: now.events }
    } catch (error) {
      for (const [key, event] of taken) this.#note(key, event)
      throw error
    }
  }

  /** These did not reach everybody: the next look tells them once more. */
  again({ notifications, events }: Changed): void {
    for (const { userId, id } of events) this.#note(keyOf({ userId, id }), { userId, id })
    for (const { id } of notifications) this.#remember(id, null)
  }

  forget(): void {
    this.#events.clear()
    this.#scheduled.clear()
    this.#unsettled.clear()
  }

  #note(key: string, event: EventKey): void {
    this.#events.set(key, event)
    dropOldest(this.#events, LIMITS.remembered)
  }

  #remember(id: string, state: NotificationState | null): void {
    this.#unsettled.delete(id)
    if (state === 'processed' || state === 'quarantined') return
    this.#unsettled.set(id, state)
    dropOldest(this.#unsettled, LIMITS.rows)
  }
}

/** Neither id has a line feed. */
function keyOf({ userId, id }: EventKey): string {
  return `${userId}\n${id}`
}

/** Maps and sets keep the order in which things were put in. */
function dropOldest(kept: Map<string, unknown> | Set<string>, most: number): void {
  if (kept.size <= most) return
  for (const key of kept.keys()) {
    kept.delete(key)
    return
  }
}
