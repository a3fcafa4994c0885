import { randomUUID } from 'node:crypto'
import { EcError, toEcError } from '../../core/errors.ts'
import type { RawRequest } from '../../core/notification.ts'
import type { loadProvider } from '../../providers/index.ts'
import { editRequest, type Edit } from './edit-request.ts'
import type { ReplayItem } from './item.ts'

export type Provider = Awaited<ReturnType<typeof loadProvider>>

/** Puts a fresh signature on a request. */
export type Signer = (request: RawRequest) => Promise<RawRequest>

export interface Changes {
  readonly edits: readonly Edit[]
  readonly again: boolean
  readonly reSign: boolean
  /** Each was named by the person, not found by a filter. */
  readonly named: boolean
}

/** The request of an item as it goes to a resource: as recorded, or with the changes that were asked for. */
export async function prepareRequest(
  item: ReplayItem,
  resourceId: string,
  changes: Changes,
  { provider, sign }: { readonly provider: Provider; readonly sign: Signer },
): Promise<RawRequest> {
  const recorded: RawRequest = {
    method: item.method,
    url: webhookPath(item, resourceId),
    headers: item.headers,
    body: item.body,
    remoteAddress: '',
  }
  const edited = editRequest(recorded, changes.edits)
  const request = changes.again ? renew(item, edited, provider) : edited
  if (isSignedAgain(item, changes)) return await sign(request)
  return item.sign === 'if-possible' ? await sign(request).catch(orAsRecorded(request)) : request
}

function orAsRecorded(request: RawRequest): (thrown: unknown) => RawRequest {
  return thrown => {
    const { code } = toEcError(thrown)
    if (code === 'EC_PROVIDER' || code === 'EC_SECRET_MISSING') return request
    throw thrown
  }
}

export function webhookPath({ path }: ReplayItem, resourceId: string): string {
  return `/webhooks/${path.replace('{resource}', resourceId)}`
}

/**
 * What is changed is signed again, but for a fixture that is to be refused for its signature, or has no secret. What was
 * refused is signed only when somebody who names it asks for that: among what a filter finds there may be forgeries.
 */
export function isSignedAgain(item: ReplayItem, { edits, again, reSign, named }: Changes): boolean {
  if (item.refused) return reSign && named
  if (reSign || item.sign === 'at-replay') return true
  if (!again && edits.length === 0) return false
  return item.source === 'notification' || (item.secret !== null && item.expect.status !== 401)
}

function renew(item: ReplayItem, request: RawRequest, provider: Provider): RawRequest {
  if (provider.renew !== undefined) return provider.renew(request, randomUUID())
  // To a resource that is made for this replay everything is new.
  if (item.resource === null) return request
  throw new EcError('EC_USAGE', `${provider.title} has no key but the body: the same body is the same notification`, {
    hint: 'change it, as --set body.note=again',
  })
}
