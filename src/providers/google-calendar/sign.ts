import { EcError } from '../../core/errors.ts'
import type { RawRequest } from '../../core/notification.ts'
import type { SignedRequest } from '../provider.ts'

/** The newest secret as the channel's token: that is all that Google does. */
export function sign(_request: RawRequest, [secret]: readonly string[]): Promise<SignedRequest> {
  if (secret !== undefined && secret !== '') return Promise.resolve({ headers: { 'x-goog-channel-token': secret } })
  return Promise.reject(new EcError('EC_SECRET_MISSING', 'a Google Calendar notification is signed with its token'))
}
