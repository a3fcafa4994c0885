import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { RawRequest } from '../../core/notification.ts'
import type { WebhookAnswer } from '../http/api.ts'
import type { Entry } from './directory.ts'
import type { Receive } from './receiving.ts'

/**
 * Finds whose a request is by the secret that signed it, where its URL does not say. One that fits nobody is refused
 * and kept nowhere: there is no resource that it belongs to, unless there is only one.
 */
export function createTrial(
  receive: Receive,
  clock: Clock,
): (entries: readonly Entry[], request: RawRequest) => Promise<WebhookAnswer> {
  return async function tryAll(entries, request) {
    const now = clock.now()
    const owner = entries.length === 1 ? entries[0] : entries.find(entry => hasSigned(entry, request, now))
    if (owner !== undefined) return await receive(owner, request)
    throw new EcError('EC_SIGNATURE_INVALID', 'the signature fits the secret of no resource')
  }
}

function hasSigned(entry: Entry, request: RawRequest, now: number): boolean {
  return entry.secrets.length > 0 && entry.receiver.verify(request, entry.secrets, entry.resource, now).ok
}
