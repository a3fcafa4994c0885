import type { CenterState, Item, NotificationCenter } from '../center/center.ts'
import type { WorkerOrder } from '../shared/messages.ts'

/**
 * Keeps what stands outside the page in step with the inbox: the badge of the app, and notifications on the screen of
 * events that were read, answered or put away, here or elsewhere. Returns how to stop.
 */
export function mirrorInbox(
  center: Pick<NotificationCenter, 'state' | 'subscribe'>,
  screen: { order(order: WorkerOrder): void; setBadge(count: number): void },
): () => void {
  const told = new Set<string>()
  let badge: number | null = null

  function look(state: CenterState): void {
    if (state.user === null) return
    if (state.unread.total !== badge) {
      badge = state.unread.total
      screen.setBadge(badge)
    }
    const events = state.items.filter(isDone).map(({ event }) => event.id)
    const fresh = events.filter(id => !told.has(id))
    for (const id of fresh) told.add(id)
    // The worker closes them: it knows its own notifications, whatever its scope.
    if (fresh.length > 0) screen.order({ ec: 'close', events: fresh })
  }

  const stop = center.subscribe(look)
  look(center.state)
  return stop
}

function isDone({ read, archived, question }: Item): boolean {
  return read || archived || (question !== null && question.state !== 'open')
}
