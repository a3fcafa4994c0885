import type { Bus } from '../../backends/backend.ts'
import type { Store } from '../../backends/store.ts'

export interface AdoptSecretOptions {
  readonly store: Pick<Store, 'getResource' | 'updateResource'>
  readonly bus: Pick<Bus, 'publish'>
}

/** Keeps the secret that a service sent in its handshake; false for whoever comes second, or at the same time. */
export function createAdoptSecret({
  store,
  bus,
}: AdoptSecretOptions): (id: string, secret: string) => Promise<boolean> {
  const adopting = new Set<string>()

  return async function adoptSecret(id, secret) {
    if (adopting.has(id)) return false
    adopting.add(id)
    try {
      const resource = await store.getResource(id)
      if (resource === null || resource.hasSecret) return false
      await store.updateResource(id, { secrets: [secret] })
      bus.publish('changed', { what: 'resource', id })
      return true
    } finally {
      adopting.delete(id)
    }
  }
}
