import type { AgentRecord } from '../../web/shared/agent-record.ts'
import type { BoxKey } from '../../web/shared/box.ts'
import type { PushPort, Subscription } from '../../web/shared/push-port.ts'
import { browserKind } from '../../web/push/browser-kind.ts'
import { openChoices, type Choices } from '../../web/push/choices.ts'
import type { DeskPorts, Permission } from '../../web/push/desk-ports.ts'
import type { Abilities } from '../../web/push/judge-support.ts'

export const BASE = 'https://ec.example.org'

export const RECORD: AgentRecord = {
  base: BASE,
  device: 'dev_1',
  secret: 's1',
  keyId: 'k1',
  endpoint: 'https://push.example.org/1',
  home: `${BASE}/inbox`,
  links: [],
  lang: 'en',
}

/** What the agent refuses with, as the notification center hands it on. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string) {
    super(code)
    this.status = status
    this.code = code
  }
}

interface FakeSubscription extends Subscription {
  readonly key: string
}

/** A page's browser and its agent around the decisions of the desk, in memory. */
export class DeskStage {
  able: Partial<Abilities> = {}
  permission: Permission = 'granted'
  /** What the person presses when asked. */
  decision: Permission = 'granted'
  readonly values = new Map<BoxKey, unknown>()
  readonly choices: Choices = openChoices(null)
  subscription: FakeSubscription | null = null
  isOurs = true
  pushServiceHangs = false
  key: { key_id: string; public_key: string } | null = { key_id: 'k1', public_key: 'P1' }
  devices: { id: string; key_id: string; seen_at: string }[] = []
  now = Date.parse('2026-01-05T09:00:00.000Z')
  readonly calls: { readonly call: string; readonly body: unknown }[] = []
  readonly orders: string[] = []
  /** Errors that the next calls of this kind meet. */
  readonly refusals = new Map<string, Error[]>()
  storeFails = false
  #made = 1

  /** It was switched on earlier, and all is in step. */
  static on(): DeskStage {
    const stage = new DeskStage()
    stage.values.set('record', RECORD)
    stage.subscription = stage.#subscriptionAt(RECORD.endpoint, 'P1')
    stage.devices = [{ id: 'dev_1', key_id: 'k1', seen_at: new Date(stage.now - 3_600_000).toISOString() }]
    return stage
  }

  get ports(): DeskPorts {
    const access = async <T>(work: () => T): Promise<T> => {
      if (this.storeFails) throw new Error('nothing is kept here')
      return work()
    }
    return {
      abilities: () => ({
        secure: true,
        kind: browserKind({ userAgent: 'X11; Linux Firefox/153.0', touchPoints: 0, installed: false }),
        worker: true,
        push: true,
        notifications: true,
        hasScript: true,
        ...this.able,
      }),
      permission: () => this.permission,
      askPermission: async () => (this.permission = this.permission === 'default' ? this.decision : this.permission),
      box: {
        read: key => access(() => this.values.get(key)),
        change: (key, change) =>
          access(() => {
            const value = change(this.values.get(key))
            if (value === undefined) this.values.delete(key)
            else this.values.set(key, value)
          }),
      },
      choices: this.choices,
      worker: async () => ({ push: this.#push, isOurs: this.isOurs }),
      call: async (method, path, body) => this.#answer(`${method} ${path.split('?')[0]}`, body),
      order: ({ ec }) => void this.orders.push(ec),
      setBadge: () => {},
      alone: work => work(),
      now: () => this.now,
      wait: ms => new Promise(resolve => setTimeout(resolve, Math.min(ms, 20))),
      site: { base: BASE, home: `${BASE}/inbox`, links: [], lang: 'en', tz: 'Europe/Madrid' },
    }
  }

  refuse(call: string, ...errors: readonly Error[]): void {
    this.refusals.set(call, [...errors])
  }

  get record(): unknown {
    return this.values.get('record') ?? null
  }

  get said(): readonly string[] {
    return this.calls.map(({ call }) => call)
  }

  readonly #push: PushPort = {
    current: async () => this.subscription,
    subscribe: async key => {
      if (this.pushServiceHangs) return new Promise(() => {})
      this.subscription = this.#subscriptionAt(`https://push.example.org/${(this.#made += 1)}`, key)
      return this.subscription
    },
  }

  #subscriptionAt(endpoint: string, key: string): FakeSubscription {
    return {
      endpoint,
      key,
      hasKey: other => other === key,
      toJSON: () => ({ endpoint, keys: { p256dh: 'p', auth: 'a' } }),
      unsubscribe: async () => {
        this.calls.push({ call: `unsubscribe ${endpoint}`, body: null })
        this.subscription = null
      },
    }
  }

  #answer(call: string, body: unknown): unknown {
    this.calls.push({ call, body })
    const error = this.refusals.get(call)?.shift()
    if (error !== undefined) throw error
    switch (call) {
      case 'GET /api/push/key':
        if (this.key === null) throw new Refusal(404, 'EC_NOT_FOUND')
        return this.key
      case 'GET /api/push/devices':
        return { devices: this.devices, next: null }
      case 'POST /api/push/subscribe': {
        const given: { device?: string; secret?: string } = Object(body)
        return { device: { id: given.device ?? 'dev_new' }, secret: given.secret ?? 's_new' }
      }
      case 'DELETE /api/push/subscribe':
        return null
      default:
        throw new Error(`nobody asks ${call}`)
    }
  }
}
