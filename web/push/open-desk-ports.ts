import type { NotificationCenter } from '../center/center.ts'
import type { WorkerOrder } from '../shared/messages.ts'
import { openBox } from '../shared/open-box.ts'
import { openPushPort } from '../shared/open-push-port.ts'
import { browserKind } from './browser-kind.ts'
import { openChoices, type Keeper } from './choices.ts'
import type { DeskPorts, PushWorker } from './desk-ports.ts'
import { scriptUrl } from './script-url.ts'

export interface DeskBrowserOptions {
  readonly call: NotificationCenter['call']
  /** Of the agent, without a slash at its end. */
  readonly base: string
  /** The site's worker; null for none. */
  readonly script: string | null
  readonly home: string
  readonly links: readonly string[]
  readonly lang: string
}

/** A worker that fails to start says so by never becoming active. */
const WORKER_MS = 10_000

/** The ports of a real page. */
export function openDeskPorts(options: DeskBrowserOptions): DeskPorts {
  const { call, base, script, home, links, lang } = options
  const { userAgent, maxTouchPoints } = navigator
  const installed = matchMedia('(display-mode: standalone)').matches || Reflect.get(navigator, 'standalone') === true

  async function worker(): Promise<PushWorker> {
    const registration = await activeRegistration(script ?? '')
    const isOurs = new URL(script ?? '', location.href).href === `${base}/sw.js`
    return { push: openPushPort(registration.pushManager), isOurs }
  }

  return {
    abilities: () => ({
      secure: isSecureContext,
      kind: browserKind({ userAgent, touchPoints: maxTouchPoints, installed }),
      worker: 'serviceWorker' in navigator,
      push: 'PushManager' in window,
      notifications: 'Notification' in window,
      hasScript: script !== null,
    }),
    permission: () => Notification.permission,
    askPermission: async () => ('Notification' in window ? Notification.requestPermission() : 'default'),
    box: openBox(indexedDB),
    choices: openChoices(storage()),
    worker,
    call: (method, path, body) => call<unknown>(method, path, body),
    order: order => void orderWorker(script, order),
    setBadge: count => void navigator.setAppBadge?.(count).catch(() => {}),
    alone: work => (navigator.locks === undefined ? work() : navigator.locks.request('ec-push', work)),
    now: () => Date.now(),
    wait,
    site: { base, home, links, lang, tz: Intl.DateTimeFormat().resolvedOptions().timeZone || null },
  }
}

/** The one that the site registered with this script, wherever its scope is; else it is registered now. */
async function activeRegistration(script: string): Promise<ServiceWorkerRegistration> {
  const url = new URL(script, location.href).href
  const registration =
    (await findRegistration(url)) ??
    (await navigator.serviceWorker.register(scriptUrl(url), { updateViaCache: 'none' }))
  if (registration.active === null) await Promise.race([activation(registration), late()])
  return registration
}

async function findRegistration(url: string): Promise<ServiceWorkerRegistration | undefined> {
  const all = await navigator.serviceWorker.getRegistrations()
  return all.find(({ active, waiting, installing }) =>
    [active, waiting, installing].some(worker => worker?.scriptURL === url),
  )
}

async function orderWorker(script: string | null, order: WorkerOrder): Promise<void> {
  if (script === null || !('serviceWorker' in navigator)) return
  const registration = await findRegistration(new URL(script, location.href).href)
  registration?.active?.postMessage(order)
}

function wait(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

async function activation({ installing, waiting }: ServiceWorkerRegistration): Promise<void> {
  const worker = installing ?? waiting
  if (worker === null || worker.state === 'activated') return
  await new Promise<void>((resolve, reject) => {
    worker.addEventListener('statechange', () => {
      if (worker.state === 'activated') resolve()
      if (worker.state === 'redundant') reject(new Error('the service worker did not start'))
    })
  })
}

async function late(): Promise<never> {
  await wait(WORKER_MS)
  throw new Error('the service worker did not start within 10 s')
}

/** Null where the browser forbids it. */
function storage(): Keeper | null {
  try {
    return localStorage
  } catch {
    return null
  }
}
