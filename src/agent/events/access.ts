import type { Store, StoredEvent } from '../../backends/store.ts'
import { findOwned } from '../../core/access.ts'
import type { Principal } from '../../core/principal.ts'

const WORDS = { one: 'event', withArticle: 'an event', hint: 'list what there is with `ec events list`' } as const

/** The one event that `id` names for whoever asks. `EC_NOT_FOUND`, `EC_AMBIGUOUS`: see `findOwned`. */
export function findEvent(
  store: Pick<Store, 'getEvents'>,
  principal: Principal,
  id: string,
  userId: string | null,
): Promise<StoredEvent> {
  return findOwned(principal, userId, owner => store.getEvents(id, owner), WORDS)
}
