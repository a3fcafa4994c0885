import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { HubOptions } from '#ec/agent/dispatch/ws/hub.js'
import { createStream, type Stream } from '#ec/agent/dispatch/ws/stream.js'
import { createEmitter, type Emitter } from '#ec/agent/events/emitter.js'
import { createTraceBuffer, type TraceBuffer } from '#ec/agent/events/trace-buffer.js'
import type { Door } from '#ec/agent/http/api.js'
import { createIdentity, type Identity } from '#ec/agent/identity/identity.js'
import { createSessions, type Sessions } from '#ec/agent/identity/sessions.js'
import { createQuestions, type Questions } from '#ec/agent/questions/questions.js'
import { route } from '#ec/agent/route/route.js'
import type { Backend } from '#ec/backends/backend.js'
import { createSystemClock, type Clock } from '#ec/core/clock.js'
import { EcError } from '#ec/core/errors.js'
import { createIds, type Ids } from '#ec/core/ids.js'
import { silentLog } from '#ec/core/log.js'
import { silentMeter, type Meter } from '#ec/core/meter.js'
import type { Principal } from '#ec/core/principal.js'
import { readSessionCookie } from '#ec/core/session-cookie.js'
import { openTestBackend } from './test-backend.js'
import { WsClient } from './ws-client.js'

export const OPERATOR: Principal = { kind: 'operator', by: 'test' }

/** The parts of the agent that bring events to clients, on a real store and a real server. */
export interface LiveAgent {
  readonly backend: Backend
  readonly clock: Clock
  readonly ids: Ids
  readonly stream: Stream
  readonly emitter: Emitter
  readonly identity: Identity
  readonly sessions: Sessions
  readonly questions: Questions
  readonly traces: TraceBuffer
  readonly url: string
  readonly port: number
  /** How often the hub has read a stream from the store. */
  reads(): number
  /** Emits a small event and returns its number. */
  emit(userId: string, fields?: Readonly<Record<string, unknown>>): Promise<{ id: string; seq: number | null }>
  /** A client of this user, signed in by a header. */
  connect(userId: string, query?: string): Promise<WsClient>
}

export interface LiveAgentOptions {
  readonly clock?: Clock
  readonly door?: Door
  readonly operatorSecret?: string
  /** The hub reads a store that is far away: answers take a few turns, and are a little old when they come. */
  readonly distant?: boolean
  readonly meter?: Meter
}

export async function openLiveAgent(options: LiveAgentOptions = {}): Promise<LiveAgent> {
  const { clock = createSystemClock(), door = 'private', operatorSecret = null, distant = false } = options
  const { meter = silentMeter } = options
  const ids = createIds(clock, randomBytes)
  const log = silentLog
  const backend = await openTestBackend(clock)
  const { store, bus } = backend
  const traces = createTraceBuffer({ store, clock, log })
  const identity = createIdentity({ store, bus, clock, ids, randomBytes })
  const sessions = createSessions({ store, bus, clock, ids, randomBytes, inboxUrl })
  const facts = { available: ['ws'], rules: [] } as const
  const plan: Parameters<typeof createEmitter>[0]['plan'] = (event, now) => route(event, facts, now)
  const emitter = createEmitter({ store, bus, clock, ids, meter, plan, wake: () => backend.queue.wake() })
  const questions = createQuestions({ store, bus, clock, wake: () => backend.queue.wake() })
  const failed = new Map<string, number>()
  const wait = (address: string) => ((failed.get(address) ?? 0) < 10 ? 0 : 60_000)
  let reads = 0
  const watched: HubOptions['store'] = {
    ...store,
    getHead: userId => fromAfar(distant, () => store.getHead(userId)),
    readStream: (...args) => {
      reads += 1
      return fromAfar(distant, () => store.readStream(...args))
    },
    countStream: (...args) => fromAfar(distant, () => store.countStream(...args)),
    renumberProgress: (...args) => fromAfar(distant, () => store.renumberProgress(...args)),
  }
  const stream = createStream({
    bus,
    clock,
    ids,
    log,
    meter,
    operatorSecret,
    store: watched,
    random: Math.random,
    trace: row => traces.add(row),
    verify: bearer => identity.verify(bearer),
    answer: questions.answerAs,
    redeemTicket: ticket => identity.redeemTicket(ticket),
    readCookie: request => readSessionCookie(request.headers.cookie, false)?.secret ?? null,
    verifySession: async secret => {
      const found = await sessions.verify(secret)
      if (found === null) return null
      const { id, userId, expiresAt } = found.session
      return { userId, expiresAt, login: id }
    },
    isOriginAllowed: origin => origin === 'https://app.example',
    checkHost(host) {
      if (!/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host ?? '')) throw new EcError('EC_HOST_NOT_ALLOWED', 'not ours')
    },
    readAddress: request => request.socket.remoteAddress ?? '',
    failures: {
      take: address => (wait(address) > 0 ? 60_000 : (failed.set(address, (failed.get(address) ?? 0) + 1), 0)),
      wait,
    },
    renderRefusal: error => ({
      headers: { 'content-type': 'application/problem+json' },
      body: JSON.stringify({ status: error.status, code: error.code, detail: error.message, hint: error.hint }),
    }),
  })
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://ec').searchParams
    const reader = { userId: query.get('user') ?? '', expiresAt: null }
    stream.openEventStream(reader, lastEventId(request), response)
  })
  server.on('upgrade', (request, socket, head) => stream.upgrade(request, socket, head, door))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `ws://127.0.0.1:${port}/ws`

  onTestFinished(async () => {
    stream.close()
    server.closeAllConnections()
    server.close()
    identity.close()
    sessions.close()
    questions.close()
    await traces.flush()
  })

  return {
    backend,
    clock,
    ids,
    stream,
    emitter,
    identity,
    sessions,
    questions,
    traces,
    url,
    port,
    reads: () => reads,
    async emit(userId, fields = {}) {
      const raw = { user_id: userId, type: 'task.created', title: 'A task', body: 'of some kind', ...fields }
      return emitter.emit(OPERATOR, raw, null)
    },
    async connect(userId, query = '') {
      const { token } = await identity.issueToken(userId, 3_600_000)
      return new WsClient(`${url}${query}`, { headers: { authorization: `Bearer ${token}` } }).opened()
    },
  }
}

function inboxUrl(): string {
  return 'http://ec.test/inbox'
}

async function fromAfar<T>(distant: boolean, read: () => Promise<T>): Promise<T> {
  if (distant) await turns(Math.random() * 5)
  const answer = await read()
  if (distant) await turns(Math.random() * 10)
  return answer
}

async function turns(n: number): Promise<void> {
  for (let i = 0; i < n; i++) await new Promise(resolve => setImmediate(resolve))
}

function lastEventId(request: IncomingMessage): string | null {
  const id = request.headers['last-event-id']
  return typeof id === 'string' ? id : null
}
