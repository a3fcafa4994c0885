import type { Store } from '../backends/store.ts'
import type { AgentOptions } from '../core/agent-options.ts'
import { EcError } from '../core/errors.ts'

/**
 * Refuses to start on a store that was sealed with another key: it would serve, and answer every webhook with 500. What
 * is sealed stays as it is, so the right key opens all of it. `EC_SEAL_BROKEN`, told with where this key came from and
 * the two ways out.
 */
export async function proveMasterKey(
  store: Pick<Store, 'proveSeal'>,
  { keySource, paths }: Pick<AgentOptions, 'keySource' | 'paths'>,
): Promise<void> {
  try {
    await store.proveSeal()
  } catch (cause) {
    if (!(cause instanceof EcError) || cause.code !== 'EC_SEAL_BROKEN') throw cause
    throw new EcError(
      'EC_SEAL_BROKEN',
      `the master key from ${keySource} is not the one that this store was sealed with`,
      {
        hint: `give the right one by EC_MASTER_KEY, or bring ${paths.masterKey} back; \`ec doctor\` tries a key without a start`,
        cause,
      },
    )
  }
}
