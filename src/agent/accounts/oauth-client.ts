import { EcError } from '../../core/errors.ts'
import type { OAuthClient } from '../../providers/provider.ts'

/**
 * The client that the caller names, else the configured one, else the first of those that accounts signed in with: who signs
 * in again needs its file no more. A secret goes with its own client alone.
 */
export function chooseClient(
  given: { readonly id: string | null; readonly secret: string | null },
  configured: OAuthClient | null,
  known: readonly OAuthClient[],
): OAuthClient {
  const [first, ...others] = [...(configured === null ? [] : [configured]), ...known]
  if (given.id !== null) {
    const same = [first, ...others].find(client => client?.id === given.id)
    return { id: given.id, secret: given.secret ?? same?.secret ?? null }
  }
  if (first !== undefined) return first
  throw new EcError('EC_CONFIG_INVALID', 'there is no OAuth client to sign in with', {
    hint: 'make one as docs/setup-google.md says, then `ec setup google --client-file FILE`',
  })
}
