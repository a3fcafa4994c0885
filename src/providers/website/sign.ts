import { EcError } from '../../core/errors.ts'
import type { RawRequest } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'
import { webhookSignature } from '../../core/standard-webhook.ts'
import type { SignedRequest } from '../provider.ts'
import { keysOf } from './secret.ts'

/** Signs for this instant; the id stays, so that it is the same notification. */
export async function sign(
  { headers, body }: RawRequest,
  secrets: readonly string[],
  _resource: Resource,
  now: number,
): Promise<SignedRequest> {
  const key = keysOf(secrets[0] ?? '').at(-1)
  if (key === undefined) throw new EcError('EC_SECRET_MISSING', 'there is no secret to sign with')
  const timestamp = String(Math.floor(now / 1000))
  const signature = webhookSignature(key, headers['webhook-id'] ?? '', timestamp, body).toString('base64')
  return { headers: { 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` } }
}
