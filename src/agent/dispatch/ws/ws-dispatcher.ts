import type { EventItem } from '../../../backends/store.ts'
import type { Dispatcher, Outcome, Target } from '../dispatcher.ts'
import type { Hub } from './hub.ts'
import type { Session } from './session.ts'

/**
 * Live delivery as a dispatcher: a target is one connected client. A client is given its user's stream in order, so to
 * deliver an event to it is to see it through up to the event's number.
 */
export function createWsDispatcher(hub: Hub): Dispatcher {
  async function deliver(event: EventItem, target: Target, signal: AbortSignal): Promise<Outcome> {
    if (!event.ws) return { type: 'rejected', reason: 'the plan of the event does not name ws' }
    const session = hub.sessionsOf(target.userId).find(one => one.id === target.id)
    if (session === undefined || event.userId !== target.userId) return GONE
    hub.notice(event.userId, [event])
    if (await session.reaches(event.seq, signal)) return { type: 'delivered' }
    return session.isOpen ? { type: 'retry', afterMs: null, reason: 'the client takes nothing at present' } : GONE
  }

  return {
    channel: 'ws',
    targets: async userId => hub.sessionsOf(userId).map(toTarget),
    deliver,
    checks: async () => [
      { code: 'ws.clients', status: 'ok', title: 'Live clients', detail: `${hub.clients} connected` },
    ],
  }
}

const GONE: Outcome = { type: 'gone', reason: 'the client has left' }

function toTarget(session: Session): Target {
  return { id: session.id, userId: session.room.userId, label: 'client' }
}
