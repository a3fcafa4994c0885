import type { PageClock } from '../../center/page-clock.ts'
import { isObject } from '../../shared/is-object.ts'
import { PUSH_CHANNEL, type PushNews, type WorkerOrder } from '../../shared/messages.ts'
import type { Registered, WorkerPort } from '../context.ts'

/** How long a worker that was just mended may take to answer. */
const REPAIR_MS = 3_000

/** The script and the scope of the worker; null where a browser has none, or the page may not. */
export function createWorkerPort(script: string, clock: PageClock): WorkerPort | null {
  if (!('serviceWorker' in navigator)) return null
  const { serviceWorker } = navigator
  const url = new URL(script, location.href).href

  async function find(): Promise<ServiceWorkerRegistration | null> {
    return (await serviceWorker.getRegistration('/')) ?? null
  }

  async function registerNow(): Promise<void> {
    await untilActive(await serviceWorker.register(url, { scope: '/', updateViaCache: 'none' }))
  }

  /** A new version of ours takes over at once. */
  async function updateNow(): Promise<void> {
    const registration = await find()
    if (registration === null) return
    await registration.update()
    const next = registration.installing ?? registration.waiting
    if (next !== null) await untilState(next, 'activated')
  }

  return {
    url,
    async find() {
      const registration = await find()
      return registration === null ? null : describe(registration)
    },
    async register() {
      await registerNow()
      await updateNow()
      const worker = (await find())?.active ?? null
      if (worker !== null && (await ask(worker, clock, REPAIR_MS)) !== null) return
      // The last resort, since the subscription goes with it.
      await (await find())?.unregister()
      await registerNow()
    },
    async askVersion(ms) {
      const worker = (await find())?.active ?? null
      return worker === null ? null : ask(worker, clock, ms)
    },
    update: updateNow,
    onShown(listener) {
      const channel = new BroadcastChannel(PUSH_CHANNEL)
      channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (isShown(data)) listener(data.event)
      })
      return () => channel.close()
    },
  }
}

async function describe(registration: ServiceWorkerRegistration): Promise<Registered> {
  const { active, installing, waiting } = registration
  const script = (active ?? installing ?? waiting)?.scriptURL ?? registration.scope
  return { script, isActive: active !== null, subscription: await findSubscription(registration) }
}

/** Where there is no push, and where the browser may not say, there is none. */
async function findSubscription({ pushManager }: ServiceWorkerRegistration): Promise<Registered['subscription']> {
  const found = await pushManager?.getSubscription().catch(() => null)
  if (!found) return null
  const { applicationServerKey } = found.options
  return { key: applicationServerKey === null ? null : encode(new Uint8Array(applicationServerKey)) }
}

function ask(worker: ServiceWorker, clock: PageClock, ms: number): Promise<string | null> {
  const { port1, port2 } = new MessageChannel()
  return new Promise(resolve => {
    const settle = (version: string | null): void => {
      timer.cancel()
      port1.close()
      resolve(version)
    }
    const timer = clock.setTimer(() => settle(null), ms)
    port1.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      settle(isObject(data) && typeof data['version'] === 'string' ? data['version'] : null)
    })
    port1.start()
    const order: WorkerOrder = { ec: 'version' }
    worker.postMessage(order, [port2])
  })
}

async function untilActive({ active, waiting, installing }: ServiceWorkerRegistration): Promise<void> {
  if (active !== null) return
  const next = waiting ?? installing
  if (next !== null) await untilState(next, 'activated')
}

/** Rejects when the worker could not be installed. */
function untilState(worker: ServiceWorker, state: ServiceWorkerState): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (worker.state === state) resolve()
      else if (worker.state === 'redundant') reject(new Error('the worker could not be installed'))
    }
    worker.addEventListener('statechange', look)
    look()
  })
}

function isShown(value: unknown): value is Extract<PushNews, { readonly ec: 'shown' }> {
  return isObject(value) && value['ec'] === 'shown' && typeof value['event'] === 'string'
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
