import { WebSocket } from 'ws'
import { onTestFinished } from 'vitest'
import { createCenter } from '../../web/center/create-center.js'
import type { CenterOptions, NotificationCenter } from '../../web/center/center.js'
import { createPageClock } from '../../web/center/page-clock.js'
import type { PageListener, PageLocks, World } from '../../web/center/world.js'

export interface NodeTab {
  readonly center: NotificationCenter
  readonly announced: string[]
  readonly happened: string[]
  /** Lets the page be seen, or no longer. */
  show(visible: boolean): void
  /** The page is gone, without a word. */
  crash(): void
}

/**
 * As much of a browser as the notification center needs, in this process, so that it can be tried without one: its tabs
 * share storage, locks and channels, and speak with a real agent.
 */
export class NodeBrowser {
  readonly #kept = new Map<string, string>()
  readonly #locks = new Locks()
  readonly #name = `browser ${Math.random()} `

  open(options: CenterOptions & { readonly url: string }, changes: Partial<World> = {}): NodeTab {
    const listeners = new Set<PageListener>()
    const channels = new Set<InstanceType<typeof BroadcastChannel>>()
    const locks = this.#locks.ofTab()
    const look = { visible: true, focused: true }
    let isGone = false
    const world: World = {
      clock: createPageClock(),
      random: Math.random,
      fetch: (input, init) => (isGone ? new Promise(() => {}) : fetch(input, init)),
      openSocket: (url, protocol) => new WebSocket(url, protocol),
      locks,
      openChannel: name => {
        const channel = new BroadcastChannel(this.#name + name)
        channels.add(channel)
        return {
          addEventListener: (type, listener) =>
            channel.addEventListener(type, event => isGone || listener({ data: Reflect.get(event, 'data') })),
          postMessage: message => isGone || channel.postMessage(message),
          close: () => channel.close(),
        }
      },
      storage: () => ({
        getItem: key => this.#kept.get(key) ?? null,
        setItem: (key, text) => void this.#kept.set(key, text),
      }),
      page: {
        look: () => look,
        listen(listener) {
          listeners.add(listener)
          return () => void listeners.delete(listener)
        },
      },
      ...changes,
    }
    const center = createCenter(options, world)
    const announced: string[] = []
    const happened: string[] = []
    center.on('*', ({ id }) => void happened.push(id))
    center.onAnnounce(({ id }) => void announced.push(id))
    onTestFinished(() => center.close())
    return {
      center,
      announced,
      happened,
      show(visible) {
        Object.assign(look, { visible, focused: visible })
        for (const listener of listeners) listener.changed()
      },
      crash() {
        isGone = true
        for (const channel of channels) channel.close()
        locks.releaseAll()
        center.close()
      },
    }
  }
}

interface Waiting {
  readonly tab: object
  readonly grant: () => void
}

/** Exclusive locks of one browser: https://w3c.github.io/web-locks/ as far as it is used. */
class Locks {
  readonly #held = new Map<string, { readonly tab: object; readonly lose: (why: Error) => void }>()
  readonly #waiting = new Map<string, Waiting[]>()

  ofTab(): PageLocks & { releaseAll(): void } {
    const tab = {}
    return {
      request: (name, how, held) => this.#request(tab, name, how, held),
      releaseAll: () => {
        for (const [name, waiting] of this.#waiting) {
          this.#waiting.set(
            name,
            waiting.filter(one => one.tab !== tab),
          )
        }
        for (const [name, holder] of this.#held) if (holder.tab === tab) this.#release(name)
      },
    }
  }

  #request(tab: object, name: string, how: Parameters<PageLocks['request']>[1], held: () => unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const grant = (): void => {
        const holder = { tab, lose: reject }
        this.#held.set(name, holder)
        Promise.resolve()
          .then(held)
          .then(resolve, reject)
          .finally(() => {
            if (this.#held.get(name) === holder) this.#release(name)
          })
      }
      if ('steal' in how) {
        this.#held.get(name)?.lose(new Error('the lock was stolen'))
        return grant()
      }
      if (!this.#held.has(name)) return grant()
      const one = { tab, grant }
      this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), one])
      how.signal.addEventListener('abort', () => {
        this.#waiting.set(
          name,
          (this.#waiting.get(name) ?? []).filter(other => other !== one),
        )
        reject(new Error('given up'))
      })
    })
  }

  #release(name: string): void {
    this.#held.delete(name)
    this.#waiting.get(name)?.shift()?.grant()
  }
}
