import { PUSH_CHANNEL } from '../shared/messages.ts'
import { openBox } from '../shared/open-box.ts'
import { openPushPort } from '../shared/open-push-port.ts'
import type { NoticeOptions, Ports, Reply, ShownNotice, SitePage } from './ports.ts'

declare const EC_VERSION: string

/** A worker is ended after about half a minute of work. */
const REQUEST_MS = 10_000
/** With this the browser says that there is a network again (Chromium). */
export const SYNC_TAG = 'ec-outbox'

/** The ports of a real worker. What a browser lacks, it does without. */
export function openPorts(scope: ServiceWorkerGlobalScope): Ports {
  const { registration, clients, navigator } = scope
  /** The page that a port's page stands for. */
  const windows = new Map<string, WindowClient>()

  return {
    origin: scope.location.origin,
    version: EC_VERSION,
    language: navigator.language,
    maxActions: maxActions(),
    box: openBox(scope.indexedDB),
    now: () => Date.now(),
    wait: ms => new Promise(resolve => setTimeout(resolve, ms)),
    // More options than TypeScript knows of.
    show: (title, options: NoticeOptions & NotificationOptions) => registration.showNotification(title, options),
    notices: async () => (await registration.getNotifications()).map(toNotice),
    dealtWith: new Set(),
    async pages(controlled) {
      const found = await clients.matchAll({ type: 'window', includeUncontrolled: !controlled })
      for (const page of found) windows.set(page.id, page)
      return found.map(toPage)
    },
    async ask({ id }, message, ms) {
      const channel = new MessageChannel()
      const answer = new Promise(resolve => {
        channel.port1.addEventListener('message', event => resolve(event.data))
        channel.port1.start()
        setTimeout(() => resolve(null), ms)
      })
      windows.get(id)?.postMessage(message, [channel.port2])
      return answer
    },
    openPage: url => clients.openWindow(url),
    setBadge: count => (navigator.setAppBadge === undefined ? Promise.resolve() : navigator.setAppBadge(count)),
    tell(news) {
      const channel = new BroadcastChannel(PUSH_CHANNEL)
      channel.postMessage(news)
      channel.close()
    },
    request,
    push: openPushPort(registration.pushManager),
    async wakeOnline() {
      // Background Sync, which TypeScript does not know.
      const sync: { register?(tag: string): Promise<void> } | undefined = Reflect.get(registration, 'sync')
      await sync?.register?.(SYNC_TAG)
    },
  }
}

async function request(method: string, url: string, body?: unknown): Promise<Reply> {
  try {
    const response = await fetch(url, {
      method,
      // The worker may be ended as soon as the event is.
      keepalive: true,
      // The device's secret is the proof; a person's session has no part in it.
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(REQUEST_MS),
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    return { status: response.status, body: await response.json().catch(() => null) }
  } catch {
    return { status: 0, body: null }
  }
}

/** Firefox has buttons from 152 on, Safari has none; who says nothing of it passes over what is too much. */
function maxActions(): number {
  const most: unknown = Reflect.get(Notification, 'maxActions')
  return typeof most === 'number' ? most : 2
}

function toNotice(notification: Notification): ShownNotice {
  return { tag: notification.tag, data: notification.data, close: () => notification.close() }
}

function toPage(page: WindowClient): SitePage {
  return {
    id: page.id,
    url: page.url,
    focused: page.focused,
    visible: page.visibilityState === 'visible',
    focus: () => page.focus(),
    navigate: url => page.navigate(url),
  }
}
