import { cleanLine } from './clean-text.ts'
import { EcError } from './errors.ts'
import { isSharedSecret } from './shared-secret.ts'

/**
 * The code in the address that a consent page led back to. Null for one that is not the answer to this sign-in, as its
 * `state` shows. `EC_CONSENT_REFUSED` when the person, or the service for him, said no.
 */
export function readConsent(url: URL, state: string): string | null {
  const query = url.searchParams
  if (!isSharedSecret(query.get('state') ?? '', [state])) return null
  const error = query.get('error')
  if (error === 'access_denied') throw new EcError('EC_CONSENT_REFUSED', 'the consent was not given')
  if (error !== null) {
    throw new EcError('EC_CONSENT_REFUSED', `the consent page says ${cleanLine(error, 80)}`, { details: { error } })
  }
  const code = query.get('code') ?? ''
  return code === '' ? null : code
}
