import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { RawRequest } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'
import type { VerifyContext } from '../../providers/provider.ts'
import type { WebhookAnswer } from '../http/api.ts'
import type { Entry } from './directory.ts'
import type { Receive } from './receiving.ts'

type TryAll = (entries: readonly Entry[], request: RawRequest) => Promise<WebhookAnswer>

/**
 * Finds whose a request is where its URL does not say: by what it says of itself, then by the secret that signed it. One
 * that fits nobody is refused and kept nowhere: there is no resource that it belongs to, unless there is only one.
 */
export function createTrial(
  receive: Receive,
  verifyContext: (resource: Resource) => VerifyContext,
  clock: Clock,
  maxTried: number,
): TryAll {
  return async function tryAll(entries, request) {
    const now = clock.now()
    const concerned = entries.filter(({ receiver, resource }) => receiver.concerns?.(request, resource) ?? true)
    const owner = concerned.length === 1 ? concerned[0] : await findSigner(concerned.slice(-maxTried), request, now)
    if (owner !== undefined) return await receive(owner, request)
    throw new EcError('EC_SIGNATURE_INVALID', 'the signature fits the secret of no resource')
  }

  async function findSigner(entries: readonly Entry[], request: RawRequest, now: number): Promise<Entry | undefined> {
    for (const entry of entries) {
      const { receiver, secrets, resource } = entry
      if (secrets.length === 0 && receiver.proof !== 'key') continue
      const verdict = await receiver.verify(request, secrets, resource, now, verifyContext(resource))
      if (verdict.ok) return entry
    }
    return undefined
  }
}
