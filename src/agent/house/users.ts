import type { Bus } from '../../backends/backend.ts'
import type { Store } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { UserApi } from '../http/api.ts'

export function createUserApi(options: {
  readonly store: Pick<Store, 'listUsers' | 'getUser' | 'putUser' | 'eraseUser'>
  readonly bus: Bus
  readonly clock: Clock
}): UserApi {
  const { store, bus, clock } = options
  return {
    list: query => store.listUsers(query),
    async get(id) {
      const user = await store.getUser(id)
      if (user) return user
      throw unknown()
    },
    async put(patch) {
      const user = await store.putUser(patch, clock.now())
      bus.publish('changed', { what: 'user', id: patch.id })
      return user
    },
    async erase(id) {
      if (!(await store.eraseUser(id))) throw unknown()
      bus.publish('changed', { what: 'user', id })
    },
  }
}

function unknown(): EcError {
  return new EcError('EC_NOT_FOUND', 'no such user', { hint: 'list who there is: `ec users list`' })
}
