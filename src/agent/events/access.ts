import type { EventQuery, Store, StoredEvent } from '../../backends/store.ts'
import { EcError } from '../../core/errors.ts'
import type { Principal } from '../../core/principal.ts'
import { forbidden } from './rights.ts'

/**
 * The one event that `id` names for whoever asks. What is another's does not exist for him: `EC_NOT_FOUND` says the same
 * of both. `EC_AMBIGUOUS` when several users have an event of this id and none was named.
 */
export async function findEvent(
  store: Pick<Store, 'getEvents'>,
  principal: Principal,
  id: string,
  userId: string | null,
): Promise<StoredEvent> {
  const found = (await candidates(store, principal, id, userId)).filter(event => isVisible(principal, event))
  const [event] = found
  if (event === undefined) {
    throw new EcError('EC_NOT_FOUND', 'no such event', { hint: 'list what there is with `ec events list`' })
  }
  if (found.length > 1) {
    throw new EcError('EC_AMBIGUOUS', `${found.length} users have an event with this id`, {
      hint: 'say whose with `user`',
    })
  }
  return event
}

/** Refuses a service key that may emit but not read; everyone else reads what he may see. */
export function requireReading(principal: Principal): void {
  if (principal.kind !== 'service' || principal.key.scopes.includes('read')) return
  throw forbidden('the key has no scope `read`', 'make a key with `ec keys create --scope emit,read`')
}

/** Narrows a query to what the principal may see. */
export function narrow(principal: Principal, query: EventQuery): EventQuery {
  requireReading(principal)
  switch (principal.kind) {
    case 'operator':
      return query
    case 'user':
      if (query.userId === undefined || query.userId === principal.userId) {
        return { ...query, userId: principal.userId }
      }
      throw forbidden('a user token reads the events of its own user', 'leave `user` out')
    case 'service':
      return { ...query, keyId: principal.key.id }
    default:
      return principal satisfies never
  }
}

async function candidates(
  store: Pick<Store, 'getEvents'>,
  principal: Principal,
  id: string,
  userId: string | null,
): Promise<readonly StoredEvent[]> {
  if (principal.kind !== 'user') return store.getEvents(id, userId ?? undefined)
  return userId === null || userId === principal.userId ? store.getEvents(id, principal.userId) : []
}

function isVisible(principal: Principal, event: StoredEvent): boolean {
  switch (principal.kind) {
    case 'operator':
      return true
    case 'user':
      return event.userId === principal.userId
    case 'service':
      return event.keyId === principal.key.id
    default:
      return principal satisfies never
  }
}
