import { EcError } from '../../core/errors.ts'
import type { Receiver } from '../../providers/provider.ts'
import type { ResourceChange } from '../http/api.ts'

/** How the secrets of a resource come about. */
interface SecretSource {
  /** The provider's, for messages. */
  readonly title: string
  readonly proof: NonNullable<Receiver['proof']>
  make(): string
  /** Newest first. */
  present(): Promise<readonly string[]>
}

interface NextSecrets {
  /** Newest first; null = they stay. */
  readonly secrets: readonly string[] | null
  /** One that was made; null = none was. */
  readonly made: string | null
}

/** The secrets of a resource after a change; `given` are those among its settings. */
export async function nextSecrets(
  { secret, newSecret = false, keepSecret = false }: ResourceChange,
  given: readonly string[],
  { title, proof, make, present }: SecretSource,
): Promise<NextSecrets> {
  const brought = [...(secret === undefined ? [] : [secret]), ...given]
  if (newSecret && brought.length > 0) throw invalid('new_secret', 'a secret is given, so none is to be made')
  if (newSecret && proof === 'handshake') throw invalid('new_secret', `${title} makes the secret, and sends it here`)
  if (newSecret && proof === 'key') throw invalid('new_secret', `${title} signs with a key of its own, not a secret`)
  const made = newSecret ? make() : null
  const next = made === null ? brought : [made]
  if (next.length === 0) {
    if (keepSecret) throw invalid('keep_secret', 'there is no new secret that the present one could stay beside')
    return { secrets: null, made }
  }
  const [newest] = keepSecret ? await present() : []
  return { secrets: newest === undefined || next.includes(newest) ? next : [...next, newest], made }
}

function invalid(path: string, message: string): EcError {
  return new EcError('EC_FIELD_INVALID', `${path}: ${message}`, { details: { errors: [{ path, message }] } })
}
