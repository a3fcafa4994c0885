import type { NotificationCenter } from '../center/center.ts'
import { PUSH_CHANNEL } from '../shared/messages.ts'
import { isObject } from '../shared/is-object.ts'
import { disable } from './disable.ts'
import { enable } from './enable.ts'
import { hearClicks } from './hear-clicks.ts'
import { loadGuide } from './load-guide.ts'
import { openDeskPorts } from './open-desk-ports.ts'
import type { PushDesk, PushState } from './push-desk.ts'
import { reconcile, stateOf, storedRecord } from './reconcile.ts'
import { mirrorInbox } from './mirror-inbox.ts'

export interface PushDeskOptions {
  readonly center: Pick<NotificationCenter, 'call' | 'state' | 'subscribe'>
  /** Of the agent; none = where this module was loaded from. */
  readonly url?: string
  /** The service worker of the site; none = `/sw.js` on the agent's own pages, and no push elsewhere. */
  readonly worker?: string
  /** Where a click leads whose link may not be followed; none = the agent's inbox. */
  readonly home?: string
  /** Origins beside the site's own that a click may lead to. */
  readonly links?: readonly string[]
  /** What the person reads; none = the page's language. */
  readonly lang?: string
}

const ENABLE_MS = 30_000
/** The soft question rests for so long once it was put off. */
const REST_MS = 30 * 86_400_000

/** Push in this browser. One for each page; nothing happens before `reconcile` or `enable`. */
export function createPushDesk(options: PushDeskOptions): PushDesk {
  const { center } = options
  const base = new URL(options.url ?? '.', options.url === undefined ? import.meta.url : location.href).href.replace(
    /\/+$/,
    '',
  )
  const isOwnPage = new URL(base).origin === location.origin
  const lang = options.lang ?? (document.documentElement.lang || navigator.language)
  const ports = openDeskPorts({
    call: (method, path, body) => center.call(method, path, body),
    base,
    script: options.worker ?? (isOwnPage ? `${base}/sw.js` : null),
    home: new URL(options.home ?? `${base}/inbox`, location.href).href,
    links: options.links ?? [],
    lang,
  })
  const stop = new AbortController()
  const { signal } = stop
  const listeners = new Set<(state: PushState) => void>()
  const channel = new BroadcastChannel(PUSH_CHANNEL)
  let state: PushState = stateOf('unknown')

  function set(next: PushState): PushState {
    state = next
    for (const listener of listeners) listener(next)
    return next
  }

  /** One tab at a time, and one thing at a time. */
  async function run(work: () => Promise<PushState>, ms: number): Promise<PushState> {
    const late = ports.wait(ms).then((): never => {
      throw new Error(`nothing came of it within ${ms / 1_000} s`)
    })
    try {
      return set(await Promise.race([ports.alone(work), late]))
    } catch (error) {
      return set(await failed(error))
    }
  }

  /** Without a way to the agent a browser that was on is on. */
  async function failed(error: unknown): Promise<PushState> {
    const status: unknown = isObject(error) ? error['status'] : null
    if (status === 0 || status === 401) {
      const record = await storedRecord(ports)
      return stateOf(record === null ? 'unknown' : 'on', record?.device ?? null)
    }
    return { status: 'failed', device: null, problem: error instanceof Error ? error.message : String(error) }
  }

  function tellOthers(next: PushState): PushState {
    channel.postMessage({ ec: 'switched' })
    return next
  }

  channel.addEventListener('message', event => {
    if (isObject(event.data) && event.data['ec'] === 'switched') void desk.reconcile()
  })
  watchPermission(signal, () => void desk.reconcile())
  const stopMirror = mirrorInbox(center, ports)
  const clicks = hearClicks(ports, signal)

  const desk: PushDesk = {
    get state() {
      return state
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    reconcile: () => run(() => reconcile(ports), ENABLE_MS),
    async enable() {
      // The first thing in the click: Safari and Firefox take no question that comes later.
      const permission = await ports.askPermission()
      return tellOthers(await run(() => enable(ports, permission), ENABLE_MS))
    },
    disable: async () => tellOthers(await run(() => disable(ports, 'switched-off'), ENABLE_MS)),
    signOut: async () => tellOthers(await run(() => disable(ports, 'off'), ENABLE_MS)),
    mayAsk() {
      const { putOffAt } = ports.choices
      return state.status === 'off' && (putOffAt === null || ports.now() - putOffAt > REST_MS)
    },
    putOff: () => ports.choices.putOff(ports.now()),
    onClick: clicks.add,
    explain: () => loadGuide(base, state.status, ports.abilities().kind, lang),
    close() {
      stop.abort()
      stopMirror()
      channel.close()
    },
  }
  return desk
}

/** A person may change the permission in the browser's own settings, while the page is open. */
function watchPermission(signal: AbortSignal, changed: () => void): void {
  if (!('permissions' in navigator)) return
  navigator.permissions.query({ name: 'notifications' }).then(
    status => status.addEventListener('change', changed, { signal }),
    () => {},
  )
}
