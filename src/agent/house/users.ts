import type { Bus } from '../../backends/backend.ts'
import type { Store } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { UserApi } from '../http/api.ts'

/** More than anybody tells apart. */
const MAX_TYPES = 1_000

export function createUserApi(options: {
  readonly store: Pick<
    Store,
    'listUsers' | 'getUser' | 'putUser' | 'eraseUser' | 'getPerson' | 'putPreferences' | 'listEngagement'
  >
  readonly bus: Bus
  readonly clock: Clock
  /** Resolves when the delivery goes by what is now known of a user. */
  readonly changed: (userId: string) => Promise<void>
  readonly reach: UserApi['reach']
  /** Signs all browsers of a user out. */
  readonly signOut: (userId: string) => Promise<void>
}): UserApi {
  const { store, bus, clock } = options

  async function tell(id: string): Promise<void> {
    bus.publish('changed', { what: 'user', id })
    await options.changed(id)
  }

  return {
    list: query => store.listUsers(query),
    async get(id) {
      const user = await store.getUser(id)
      if (user) return user
      throw unknown()
    },
    async put(patch) {
      const user = await store.putUser(patch, clock.now())
      await tell(patch.id)
      return user
    },
    async getPreferences(id) {
      const person = await store.getPerson(id)
      if (person) return person.preferences
      throw unknown()
    },
    async putPreferences(id, patch) {
      const preferences = await store.putPreferences(id, patch, clock.now())
      await tell(id)
      return preferences
    },
    async engagement(id) {
      if ((await store.getUser(id)) === null) throw unknown()
      return store.listEngagement(id, MAX_TYPES)
    },
    reach: options.reach,
    async erase(id) {
      // First, so that what is open in them closes.
      await options.signOut(id)
      if (!(await store.eraseUser(id))) throw unknown()
      await tell(id)
    },
  }
}

function unknown(): EcError {
  return new EcError('EC_NOT_FOUND', 'no such user', { hint: 'list who there is: `ec users list`' })
}
