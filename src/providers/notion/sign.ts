import { createHmac } from 'node:crypto'
import { EcError } from '../../core/errors.ts'
import type { RawRequest } from '../../core/notification.ts'
import type { SignedRequest } from '../provider.ts'

export async function sign({ body }: RawRequest, secrets: readonly string[]): Promise<SignedRequest> {
  const [secret] = secrets
  if (secret === undefined) throw new EcError('EC_SECRET_MISSING', 'there is no verification token to sign with')
  return { headers: { 'x-notion-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` } }
}
