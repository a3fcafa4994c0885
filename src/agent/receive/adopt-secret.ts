import type { Bus } from '../../backends/backend.ts'
import type { Store } from '../../backends/store.ts'
import { EcError } from '../../core/errors.ts'

export interface AdoptSecretOptions {
  readonly store: Pick<Store, 'getResource' | 'updateResource'>
  readonly bus: Pick<Bus, 'publish'>
}

/** Keeps the secret that a service sent in its handshake. Whoever comes second, or at the same time, is refused. */
export function createAdoptSecret({ store, bus }: AdoptSecretOptions): (id: string, secret: string) => Promise<void> {
  const adopting = new Set<string>()

  return async function adoptSecret(id, secret) {
    if (adopting.has(id)) throw taken()
    adopting.add(id)
    try {
      const resource = await store.getResource(id)
      if (resource === null || resource.hasSecret) throw taken()
      await store.updateResource(id, { secrets: [secret] })
      bus.publish('changed', { what: 'resource', id })
    } finally {
      adopting.delete(id)
    }
  }
}

function taken(): EcError {
  return new EcError('EC_SIGNATURE_INVALID', 'the resource has a secret already')
}
