import { randomBytes } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { ResolveTxt } from '#ec/agent/dispatch/email/check-email.js'
import { openEmail, type Email } from '#ec/agent/dispatch/email/open-email.js'
import type { OperatorAlert } from '#ec/agent/dispatch/email/operator-alert.js'
import type { Dispatcher, Outcome } from '#ec/agent/dispatch/dispatcher.js'
import type { EventItem } from '#ec/backends/store.js'
import type { ApiCall } from '#ec/core/api-call.js'
import type { Clock } from '#ec/core/clock.js'
import { DEFAULT_CONFIG, type Config } from '#ec/core/config.js'
import { openLiveAgent, type LiveAgent } from './live-agent.ts'
import { openMailServer, type MailServer } from './mail-server.ts'
import { createTestLog, type LogLine } from './test-log.ts'

export interface LiveEmail {
  readonly agent: LiveAgent
  readonly server: MailServer
  readonly email: Email
  readonly dispatcher: Dispatcher
  readonly alerts: readonly OperatorAlert[]
  readonly calls: readonly ApiCall[]
  readonly logged: readonly LogLine[]
  /** A stored event of a user, who has an address unless he is given none. */
  append(userId: string, fields?: Readonly<Record<string, unknown>>): Promise<EventItem>
  /** Delivers it to the only target of its user. */
  deliver(item: EventItem, signal?: AbortSignal): Promise<Outcome>
  putUser(userId: string, address: string | null, lang?: string): Promise<void>
}

export interface LiveEmailOptions {
  readonly clock?: Clock
  readonly base?: string | null
  readonly smtp?: Partial<Config['smtp']>
  readonly email?: Partial<Config['email']>
  readonly resolveTxt?: ResolveTxt
}

/** Mail on a real store, with a real mail server behind it. */
export async function openLiveEmail(options: LiveEmailOptions = {}): Promise<LiveEmail> {
  const { base = 'https://ec.example.org', clock } = options
  const agent = await openLiveAgent(clock === undefined ? {} : { clock })
  const server = await openMailServer()
  const alerts: OperatorAlert[] = []
  const calls: ApiCall[] = []
  const log = createTestLog()
  const { store, bus } = agent.backend
  const email = await openEmail({
    store,
    bus,
    clock: agent.clock,
    ids: agent.ids,
    log,
    randomBytes,
    config: {
      smtp: { url: server.url, from: 'EventCenter <ec@example.org>', ...options.smtp },
      email: { ...DEFAULT_CONFIG.email, ...options.email },
    },
    record: call => void calls.push(call),
    base: () => base,
    tellOperator: alert => void alerts.push(alert),
    answer: agent.questions.answerAs,
    changed: async () => {},
    resolveTxt: options.resolveTxt ?? (() => Promise.reject(new Error('no DNS in tests'))),
  })
  onTestFinished(() => email.close())

  return {
    agent,
    server,
    email,
    get dispatcher() {
      if (email.dispatcher === null) throw new Error('there is no mail server')
      return email.dispatcher
    },
    alerts,
    calls,
    logged: log.lines,
    async append(userId, fields = {}) {
      const input = { user_id: userId, type: 'job.done', title: 'The report', body: 'It is ready.', ...fields }
      const { id } = await agent.emitter.emit({ kind: 'operator', by: 'test' }, input, null)
      const [event] = await store.getEvents(id, userId)
      if (event === undefined || event.seq === null) throw new Error('the event was not appended')
      return { kind: 'event', userId, id, seq: event.seq, json: event.json, ws: true, progressKey: null }
    },
    async deliver(item, signal = new AbortController().signal) {
      const target = { id: 'email', userId: item.userId, label: 'x' }
      if (email.dispatcher === null) throw new Error('there is no mail server')
      return email.dispatcher.deliver(item, target, signal)
    },
    async putUser(id, address, lang = 'en') {
      await store.putUser({ id, email: address, lang, name: id }, agent.clock.now())
    },
  }
}
