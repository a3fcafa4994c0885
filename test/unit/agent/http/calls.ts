import { request as httpRequest } from 'node:http'
import type { EventApi } from '#ec/agent/http/api.js'
import type { StoredEvent } from '#ec/backends/store.js'
import { EcError } from '#ec/core/errors.js'
import { parseEvent } from '#ec/core/event-schema.js'
import { bearer, openDoors, serviceBearer, type Doors, type DoorsOptions } from './doors.js'

export const PLAN = { steps: [], rule: 'default', warnings: [], inbox: true }

/** Takes what the contract takes, and remembers with what it was called. */
export function fakeEvents(): EventApi & { readonly calls: unknown[][] } {
  const calls: unknown[][] = []
  return {
    calls,
    async emit(...args) {
      calls.push(['emit', ...args])
      return take(args[1])
    },
    async emitMany(_principal, raws, key) {
      calls.push(['emitMany', raws, key])
      return raws.map(raw => {
        try {
          return take(raw)
        } catch (error) {
          if (!(error instanceof EcError)) throw error
          return { error: { code: error.code, detail: error.message, hint: error.hint } }
        }
      })
    },
    async list(...args) {
      calls.push(['list', ...args])
      return { rows: [EVENT], next: '7' }
    },
    async get(...args) {
      calls.push(['get', ...args])
      return EVENT
    },
    async trace(_principal, id) {
      return { id, userId: 'ada', plan: PLAN, trace: [], sentences: ['It was sent.'] }
    },
    async change(_principal, id, userId, state, until) {
      calls.push(['change', id, userId, state, until])
      return [{ kind: 'state', userId: 'ada', seq: 8, id, state, by: null, at: 0, until }]
    },
    async changeMany(_principal, ids, userId, state, until) {
      calls.push(['changeMany', ids, userId, state, until])
      return ids.map((id, i) => ({ kind: 'state', userId, seq: 8 + i, id, state, by: null, at: 0, until }))
    },
    async inbox(userId) {
      calls.push(['inbox', userId])
      return { epoch: 'e1', head: 7, unread: { total: 3, action: 1 } }
    },
  }
}

export const EVENT: StoredEvent = {
  json: '{"id":"evt_1","user_id":"ada","type":"job.done","title":"t","body":"b","level":"info","created_at":"2026-01-05T09:00:00.000Z"}',
  id: 'evt_1',
  userId: 'ada',
  seq: 7,
  keyId: null,
  plan: PLAN,
  seenAt: Date.parse('2026-01-05T09:00:00.000Z'),
  readAt: null,
  archivedAt: null,
  snoozedUntil: null,
  answeredAt: null,
  retractedAt: null,
}
export const GOOD = { user_id: 'ada', type: 'job.done', title: 'Done', body: '' }

export async function open(options: DoorsOptions = {}) {
  const events = fakeEvents()
  const doors = await openDoors({ ...options, api: { events, ...options.api } })
  return { doors, events, operator: bearer(serviceBearer(doors, 'operate')) }
}

/** A JSON body as a test looks into it. */
// oxlint-disable-next-line typescript/no-explicit-any
type Answer = any

interface Sent {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
  readonly json?: unknown
}

export async function call(doors: Doors, path: string, sent: Sent = {}) {
  const { json, headers, ...rest } = sent
  const typed = json === undefined ? {} : { 'content-type': 'application/json' }
  const body = json === undefined ? rest.body : JSON.stringify(json)
  const response = await fetch(doors.url + path, {
    ...rest,
    headers: { ...typed, ...headers },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') ?? false
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : null,
  }
}

/** A request through the operator's socket. */
export function viaSocket(doors: Doors, path: string, sent: { method?: string; json?: unknown } = {}) {
  return new Promise<{ status: number | undefined; body: Answer }>((resolve, reject) => {
    const request = httpRequest({
      socketPath: doors.socketPath,
      path,
      method: sent.method ?? 'GET',
      headers: { host: 'anything.example', 'content-type': 'application/json' },
    })
    request.on('response', response => {
      let text = ''
      response.on('data', chunk => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode, body: read(text) }))
    })
    request.on('error', reject)
    request.end(sent.json === undefined ? undefined : JSON.stringify(sent.json))
  })
}

function take(raw: unknown) {
  const parsed = parseEvent(raw)
  if (!parsed.ok) throw new EcError('EC_EVENT_INVALID', 'broken', { details: { errors: parsed.problems } })
  return { id: parsed.input.id ?? 'evt_1', seq: 1, plan: PLAN, warnings: [] }
}

function read(text: string): Answer {
  return text === '' ? null : JSON.parse(text)
}
