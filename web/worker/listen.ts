import { readOrder } from '../shared/messages.ts'
import { flush, knownRecord } from './mail.ts'
import { isOurNotice, onClick, onClose } from './on-click.ts'
import { onOrder } from './on-order.ts'
import { isOurs, onPush, type Arrived } from './on-push.ts'
import { openPorts, SYNC_TAG } from './open-ports.ts'
import { onSubscriptionChange } from './renew.ts'

/**
 * Hears what concerns us. `alone`: the worker is ours, and every push has to show something. Otherwise it is a site's own
 * that has others to deal with what is not ours; what is ours they do not get to see.
 */
export function listen(scope: ServiceWorkerGlobalScope, alone: boolean): void {
  const ports = openPorts(scope)

  scope.addEventListener('push', event => {
    const arrived = read(event)
    if (!alone && !isOurs(arrived)) return
    if (!alone) event.stopImmediatePropagation()
    event.waitUntil(onPush(ports, arrived))
  })

  scope.addEventListener('notificationclick', event => {
    const { notification, action } = event
    if (!isOurNotice(notification)) return
    if (!alone) event.stopImmediatePropagation()
    event.waitUntil(onClick(ports, toNotice(notification), action))
  })

  scope.addEventListener('notificationclose', event => {
    const { notification } = event
    if (!isOurNotice(notification)) return
    if (!alone) event.stopImmediatePropagation()
    event.waitUntil(onClose(ports, toNotice(notification)))
  })

  scope.addEventListener('pushsubscriptionchange', (event: Event) => {
    const former: unknown = Reflect.get(event, 'oldSubscription')
    const endpoint = former instanceof PushSubscription ? former.endpoint : null
    if (event instanceof ExtendableEvent) event.waitUntil(onSubscriptionChange(ports, endpoint))
  })

  scope.addEventListener('message', event => {
    const order = readOrder(event.data)
    if (order === null) return
    if (!alone) event.stopImmediatePropagation()
    const [port] = event.ports
    event.waitUntil(onOrder(ports, order, answer => (port ?? event.source)?.postMessage(answer)))
  })

  // Background Sync: rejects while there is still no way, and the browser comes again.
  scope.addEventListener('sync', (event: Event) => {
    if (Reflect.get(event, 'tag') !== SYNC_TAG || !(event instanceof ExtendableEvent)) return
    event.waitUntil(flushOrReject())
  })

  async function flushOrReject(): Promise<void> {
    if (!(await flush(ports, await knownRecord(ports)))) throw new Error('there is still something to say')
  }
}

function toNotice(notification: Notification) {
  return { tag: notification.tag, data: notification.data, close: () => notification.close() }
}

/** Total: a push whose message cannot even be read has to show something too. */
function read(event: PushEvent): Arrived {
  const [proposal, badge] = [Reflect.get(event, 'notification'), Reflect.get(event, 'appBadge')]
  try {
    return { text: event.data?.text() ?? null, proposal, badge }
  } catch {
    return { text: null, proposal, badge }
  }
}
