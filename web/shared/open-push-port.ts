import { decodeKey, isKey } from './push-key.ts'
import type { PushPort, Subscription } from './push-port.ts'

export function openPushPort(manager: PushManager): PushPort {
  return {
    async current() {
      const subscription = await manager.getSubscription()
      return subscription === null ? null : wrap(subscription)
    },
    async subscribe(key) {
      return wrap(await manager.subscribe({ userVisibleOnly: true, applicationServerKey: decodeKey(key) }))
    },
  }
}

function wrap(subscription: PushSubscription): Subscription {
  return {
    endpoint: subscription.endpoint,
    hasKey: key => isKey(subscription.options.applicationServerKey, key),
    toJSON: () => subscription.toJSON(),
    unsubscribe: () => subscription.unsubscribe(),
  }
}
