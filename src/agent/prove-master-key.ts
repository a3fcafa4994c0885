import type { Store } from '../backends/store.ts'
import type { AgentOptions } from '../core/agent-options.ts'
import { EcError } from '../core/errors.ts'

/**
 * Refuses to start on a store that was sealed with another key: it would serve, and answer every webhook with 500. What
 * is sealed stays as it is, so the right key opens all of it. `EC_SEAL_BROKEN`, told with where this key came from and
 * the ways out. Only who says that the key is lost gets a store without what it sealed.
 */
export async function proveMasterKey(
  store: Pick<Store, 'proveSeal' | 'forgetSealed'>,
  { keySource, paths, forgetSecrets, log }: Pick<AgentOptions, 'keySource' | 'paths' | 'forgetSecrets' | 'log'>,
): Promise<void> {
  try {
    await store.proveSeal()
  } catch (cause) {
    if (!(cause instanceof EcError) || cause.code !== 'EC_SEAL_BROKEN') throw cause
    if (forgetSecrets) {
      const resources = await store.forgetSealed()
      log.warn('what the lost master key sealed is forgotten; add each resource again to give it a secret', {
        resources,
      })
      return
    }
    throw new EcError(
      'EC_SEAL_BROKEN',
      `the master key from ${keySource} is not the one that this store was sealed with`,
      {
        hint: `give the right one by EC_MASTER_KEY, or bring ${paths.masterKey} back; if it is lost for good, \`ec agent --forget-secrets\``,
        cause,
      },
    )
  }
}
