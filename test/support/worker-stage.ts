import type { AgentRecord } from '../../web/shared/agent-record.ts'
import type { Box, BoxKey } from '../../web/shared/box.ts'
import type { PushNews } from '../../web/shared/messages.ts'
import type { Subscription } from '../../web/shared/push-port.ts'
import type { NoticeOptions, Ports, Reply, ShownNotice, SitePage } from '../../web/worker/ports.ts'

/** A notification that was asked for. */
export interface Shown {
  readonly title: string
  readonly options: NoticeOptions
}

export const ORIGIN = 'https://app.example.org'
export const BASE = 'https://ec.example.org'

export const RECORD: AgentRecord = {
  base: BASE,
  device: 'dev_1',
  secret: 'a-secret',
  keyId: 'k1',
  endpoint: 'https://push.example.org/1',
  home: `${ORIGIN}/inbox`,
  links: ['https://docs.example.org'],
  lang: 'en',
}

/**
 * A browser around the worker's decisions, in memory: a screen of notifications, pages, a store, a push service and an
 * agent at the other end. Each part can be made to fail as browsers do.
 */
export class WorkerStage {
  readonly shown: Shown[] = []
  readonly refusedToShow: Shown[] = []
  readonly news: PushNews[] = []
  readonly requests: { readonly method: string; readonly url: string; readonly body: unknown }[] = []
  readonly opened: string[] = []
  readonly dealtWith = new Set<string>()
  readonly steps: string[] = []
  readonly values = new Map<BoxKey, unknown>()
  badge: number | null = null
  screen: ShownNotice[] = []
  sitePages: SitePage[] = []
  controlled: (id: string) => boolean = () => true
  /** What a page answers to the click; null = nothing, until the wait is over. */
  answer: unknown = null
  subscription: FakeSubscription | null = null
  now = Date.parse('2026-01-05T09:00:00.000Z')
  syncs = 0
  /** How the agent answers. */
  agent: (method: string, path: string, body: unknown) => Reply | Promise<Reply> = () => ({ status: 204, body: null })
  /** Whether options are taken. */
  takes: (shown: Shown) => boolean = () => true
  store: 'works' | 'fails' | 'hangs' = 'works'
  mayOpen = true
  #subscriptions = 0

  constructor(record: AgentRecord | null = RECORD) {
    if (record !== null) this.values.set('record', record)
  }

  get ports(): Ports {
    return {
      origin: ORIGIN,
      version: '1.2.3',
      language: 'en-GB',
      maxActions: 2,
      box: this.#box,
      now: () => this.now,
      // What waits for a store that never answers goes on at once.
      wait: ms => new Promise(resolve => setTimeout(resolve, Math.min(ms, 20))),
      show: async (title, options) => {
        const one = { title, options }
        if (!this.takes(one)) {
          this.refusedToShow.push(one)
          throw new TypeError('an option is not taken')
        }
        this.shown.push(one)
        this.steps.push('show')
      },
      notices: async () => this.screen,
      dealtWith: this.dealtWith,
      pages: async controlled => this.sitePages.filter(({ id }) => !controlled || this.controlled(id)),
      ask: async (page, message) => {
        this.steps.push(`ask ${page.id} ${message.event}`)
        return this.answer
      },
      openPage: async url => {
        this.steps.push('open')
        if (!this.mayOpen) throw new Error('not allowed to open a window')
        this.opened.push(url)
      },
      setBadge: async count => void (this.badge = count),
      tell: news => void this.news.push(news),
      request: async (method, url, body) => {
        const path = url.startsWith(BASE) ? url.slice(BASE.length) : url
        this.requests.push({ method, url: path, body })
        this.steps.push(`${method} ${path}`)
        return this.agent(method, path, body)
      },
      push: {
        current: async () => this.subscription,
        subscribe: async key => this.subscribe(key),
      },
      wakeOnline: async () => void (this.syncs += 1),
    }
  }

  subscribe(key: string): Subscription {
    this.#subscriptions += 1
    this.subscription = new FakeSubscription(this, `https://push.example.org/new-${this.#subscriptions}`, key)
    return this.subscription
  }

  /** A notification that stands on the screen. */
  put(id: string, data: object = {}, tag: string = id): { closed: boolean } {
    const state = { closed: false }
    const close = (): void => void (state.closed = true)
    this.screen.push({ tag, data: { id, ec: { id, url: null, question: null, options: [], ...data } }, close })
    return state
  }

  /** A page of the site; `focus` false = the browser refuses it. */
  page(
    id: string,
    path: string,
    traits: { focused?: boolean; visible?: boolean; mayFocus?: boolean; mayGo?: boolean } = {},
  ) {
    const { focused = false, visible = focused, mayFocus = true, mayGo = true } = traits
    const page: SitePage = {
      id,
      url: `${ORIGIN}${path}`,
      focused,
      visible,
      focus: async () => {
        this.steps.push(`focus ${id}`)
        if (!mayFocus) throw new Error('not allowed to focus')
      },
      navigate: async url => {
        this.steps.push(`navigate ${id} ${url}`)
        if (!mayGo) throw new TypeError('this page is not controlled')
        return page
      },
    }
    this.sitePages.push(page)
    return page
  }

  get outbox(): readonly unknown[] {
    const value = this.values.get('outbox')
    return Array.isArray(value) ? value : []
  }

  get #box(): Box {
    const access = <T>(work: () => T): Promise<T> => {
      if (this.store === 'hangs') return new Promise(() => {})
      if (this.store === 'fails') return Promise.reject(new DOMException('no store here', 'InvalidStateError'))
      return Promise.resolve(work())
    }
    return {
      read: key => access(() => structuredClone(this.values.get(key))),
      change: (key, change) =>
        access(() => {
          const value = structuredClone(change(this.values.get(key)))
          if (value === undefined) this.values.delete(key)
          else this.values.set(key, value)
        }),
    }
  }
}

export class FakeSubscription implements Subscription {
  readonly endpoint: string
  readonly #stage: WorkerStage
  readonly #key: string

  constructor(stage: WorkerStage, endpoint: string, key: string) {
    this.#stage = stage
    this.endpoint = endpoint
    this.#key = key
  }

  hasKey(key: string): boolean {
    return key === this.#key
  }

  toJSON(): unknown {
    return { endpoint: this.endpoint, keys: { p256dh: 'p', auth: 'a' } }
  }

  async unsubscribe(): Promise<void> {
    this.#stage.steps.push(`unsubscribe ${this.endpoint}`)
    this.#stage.subscription = null
  }
}

/** A message as the agent sends it. */
export function aMessage(over: { notification?: object; ec?: object; app_badge?: number } = {}): string {
  const { notification, ec, app_badge = 3 } = over
  return JSON.stringify({
    web_push: 8030,
    notification: {
      title: 'Deploy?',
      body: 'Version 2 is ready.',
      navigate: `${ORIGIN}/tasks/7`,
      tag: 'tag-7',
      timestamp: 1_767_603_600_000,
      data: { id: 'evt_7' },
      ...notification,
    },
    app_badge,
    ec: { id: 'evt_7', seq: 7, type: 'job.done', level: 'info', ...ec },
  })
}
