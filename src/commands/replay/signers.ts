import type { EcClient, ResourceRow } from '../../client.ts'
import { EcError } from '../../core/errors.ts'
import type { RawRequest } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'
import { imaginedResource } from '../imagined-resource.ts'
import type { ReplayItem } from './item.ts'
import type { Provider, Signer } from './prepare-request.ts'

interface Signed {
  readonly headers: Readonly<Record<string, string>>
  /** Given where the proof stands in the body. */
  readonly body?: Uint8Array
}

/** The agent signs, with a secret that it does not tell. */
export function agentSigner(client: EcClient, resourceId: string): Signer {
  return async request => {
    const { method, url: path, headers, body } = request
    const unsigned = { method, path, headers, body_base64: Buffer.from(body).toString('base64') }
    const signed = await client.resources.sign(resourceId, unsigned)
    return put(request, { headers: signed.headers, body: Buffer.from(signed.body_base64, 'base64') })
  }
}

/** Signs here with the secret of the fixture, where no agent is asked. */
export function localSigner(provider: Provider, item: ReplayItem, now: () => number): Signer {
  return async request => {
    if (provider.sign === undefined) {
      throw new EcError('EC_PROVIDER', `ec cannot sign as ${provider.title} does`, { hint: 'send it as recorded' })
    }
    const { settings, secret } = item
    const hasSecret = secret !== null
    const resource = imaginedResource({ provider: item.provider, settings, hasSecret, createdAt: now() })
    return put(request, await provider.sign(request, hasSecret ? [secret] : [], resource, now()))
  }
}

function put(request: RawRequest, signed: Signed): RawRequest {
  return { ...request, headers: { ...request.headers, ...signed.headers }, body: signed.body ?? request.body }
}

/** A resource as a provider sees it. */
export function toResource(row: ResourceRow): Resource {
  const { id, provider, user, name, settings, state, paused, has_secret: hasSecret } = row
  const { created_at: created, last_notification_at: last } = row
  return {
    id,
    provider,
    userId: user,
    name,
    settings,
    state,
    paused,
    hasSecret,
    accountId: null,
    target: null,
    createdAt: Date.parse(created),
    lastNotificationAt: last === null ? null : Date.parse(last),
  }
}
