import { EcError } from '../../core/errors.ts'
import type { RawRequest } from '../../core/notification.ts'
import { isRecord } from '../../core/peek.ts'
import type { SignedRequest } from '../provider.ts'
import { readBatch } from './batch.ts'

/** Puts the clientState into every item. A body that holds none, as that of a handshake, stays as it is. */
export async function sign(request: RawRequest, secrets: readonly string[]): Promise<SignedRequest> {
  const [clientState] = secrets
  if (clientState === undefined) throw new EcError('EC_SECRET_MISSING', 'there is no clientState to sign with')
  const batch = readBatch(request.body)
  if (!batch.ok) return { headers: {} }
  const value = batch.items.map(item => (isRecord(item) ? { ...item, clientState } : item))
  return { headers: {}, body: Buffer.from(JSON.stringify({ value })) }
}
