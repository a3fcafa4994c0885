import { EcError } from '../../core/errors.ts'
import type { OAuthClient } from '../../providers/provider.ts'

/** The client that the caller names, else the configured one, whose secret goes with it alone. */
export function chooseClient(
  given: { readonly id: string | null; readonly secret: string | null },
  configured: OAuthClient | null,
): OAuthClient {
  if (given.id !== null) {
    return { id: given.id, secret: given.secret ?? (given.id === configured?.id ? configured.secret : null) }
  }
  if (configured !== null) return configured
  throw new EcError('EC_CONFIG_INVALID', 'there is no OAuth client to sign in with', {
    hint: 'make one as docs/setup-google.md says, then `ec setup google --client-file FILE`',
  })
}
