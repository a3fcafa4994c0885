import type { Store } from '../../backends/store.ts'
import { EcError } from '../../core/errors.ts'
import type { NotificationRecord } from '../../core/notification.ts'
import type { NotificationApi } from '../http/api.ts'
import { explainNotification } from './explain.ts'

/** What was received, as the doors ask for it. `EC_NOT_FOUND` for an id that names nothing. */
export function createNotificationApi(store: Pick<Store, 'listNotifications' | 'getNotification'>): NotificationApi {
  return {
    list: query => store.listNotifications(query),
    get: find,
    async why(id) {
      const notification = await find(id)
      return { notification, sentences: explainNotification(notification) }
    },
  }

  async function find(id: string): Promise<NotificationRecord> {
    const found = await store.getNotification(id)
    if (found !== null) return found
    throw new EcError('EC_NOT_FOUND', 'no such notification', { hint: 'list what there is: `ec notifications list`' })
  }
}
