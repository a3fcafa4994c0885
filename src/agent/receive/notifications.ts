import type { Store } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { NotificationRecord } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'
import type { Provider, VerifyContext } from '../../providers/provider.ts'
import type { NotificationApi } from '../http/api.ts'
import { explainNotification } from './explain.ts'
import { recheckRequest, type Recheck } from './recheck.ts'
import { DEFAULT_SETTINGS } from './settings.ts'

export interface NotificationApiOptions {
  readonly store: Pick<Store, 'listNotifications' | 'getNotification' | 'getResource' | 'getSecrets'>
  readonly loadProvider: (id: string) => Promise<Provider>
  readonly verifyContext: (resource: Resource) => VerifyContext
  readonly clock: Clock
}

/** What was received, as the doors ask for it. `EC_NOT_FOUND` for an id that names nothing. */
export function createNotificationApi(options: NotificationApiOptions): NotificationApi {
  const { store, loadProvider, verifyContext, clock } = options

  return {
    list: query => store.listNotifications(query),
    get: find,
    async why(id) {
      const notification = await find(id)
      const recheck = notification.state === 'quarantined' ? await look(notification) : null
      return { notification, sentences: explainNotification(notification, recheck) }
    },
  }

  /** Null when the resource, its provider or the body is gone. */
  async function look(record: NotificationRecord): Promise<Recheck | null> {
    const resource = await store.getResource(record.resourceId)
    if (resource === null) return null
    const receiver = (await loadProvider(resource.provider).catch(() => null))?.receiver
    if (receiver === undefined) return null
    const secrets = await store.getSecrets(resource.id)
    const { quarantineBodyBytes: keptBytes } = DEFAULT_SETTINGS
    const context = verifyContext(resource)
    return await recheckRequest({ record, resource, receiver, secrets, context, now: clock.now(), keptBytes })
  }

  async function find(id: string): Promise<NotificationRecord> {
    const found = await store.getNotification(id)
    if (found !== null) return found
    throw new EcError('EC_NOT_FOUND', 'no such notification', { hint: 'list what there is: `ec notifications list`' })
  }
}
