import type { EventState } from '../../../core/event.ts'
import type { ErrorCode } from '../../../core/error-codes.ts'
import { LIMITS } from './limits.ts'

/** What a client gives to find the answer to its message again. */
export type ReplyId = string | number

/** One message of a client, understood. */
export type ClientMessage =
  | { readonly t: 'pong' }
  | { readonly t: 'ack'; readonly seq: number }
  | { readonly t: 'mark'; readonly state: EventState; readonly ids: readonly string[]; readonly reply: ReplyId | null }
  | { readonly t: 'snooze'; readonly id: string; readonly until: number }
  | {
      readonly t: 'answer'
      readonly question: string
      readonly option: string
      readonly input: string | null
      readonly reply: ReplyId | null
    }
  | { readonly t: 'vis'; readonly visible: boolean; readonly focused: boolean; readonly thread: string | null }
  | { readonly t: 'auth'; readonly token: string; readonly reply: ReplyId | null }
  | { readonly t: 'malformed'; readonly reply: ReplyId | null; readonly code: ErrorCode; readonly hint: string }

const MARKS: ReadonlyMap<unknown, EventState> = new Map<string, EventState>([
  ['seen', 'seen'],
  ['read', 'read'],
  ['unread', 'unread'],
  ['archive', 'archived'],
  ['unarchive', 'unarchived'],
])

const MAX_TEXT = 255
const MAX_TOKEN = 4096

/** Reads the messages of one frame, a line each. Total: what is not understood is `malformed`. */
export function parseClientMessages(text: string): readonly ClientMessage[] {
  if (text === '{}') return PONG
  const whole = parseJson(text)
  if (whole !== undefined || !text.includes('\n')) return [readMessage(whole)]
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => readMessage(parseJson(line)))
}

const PONG: readonly ClientMessage[] = [{ t: 'pong' }]

function readMessage(value: unknown): ClientMessage {
  if (value === undefined) return malformed(null, 'EC_BODY_INVALID', 'send JSON objects, one a line')
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return malformed(null, 'EC_BODY_INVALID', 'send a JSON object')
  }
  const message: Readonly<Record<string, unknown>> = { ...value }
  const state = MARKS.get(message['t'])
  if (state !== undefined) return readMark(message, state)
  if (Object.keys(message).length === 0) return { t: 'pong' }
  switch (message['t']) {
    case 'ack':
      return readAck(message)
    case 'snooze':
      return readSnooze(message)
    case 'answer':
      return readAnswer(message)
    case 'vis':
      return readVisibility(message)
    case 'auth':
      return readAuth(message)
    default:
      return malformed(replyOf(message), 'EC_USAGE', `\`t\` takes ${KNOWN}`)
  }
}

const KNOWN = 'ack, seen, read, unread, archive, unarchive, snooze, answer, vis or auth'

function readMark(message: Readonly<Record<string, unknown>>, state: EventState): ClientMessage {
  const { ids } = message
  const reply = replyOf(message)
  if (!Array.isArray(ids) || ids.length > LIMITS.idsPerMessage || !ids.every(isText)) {
    return malformed(reply, 'EC_FIELD_INVALID', `\`ids\` takes up to ${LIMITS.idsPerMessage} event ids`)
  }
  return { t: 'mark', state, ids, reply }
}

function readAck(message: Readonly<Record<string, unknown>>): ClientMessage {
  const { seq } = message
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0) {
    return malformed(replyOf(message), 'EC_FIELD_INVALID', '`seq` takes the number of the last event received')
  }
  return { t: 'ack', seq }
}

function readSnooze(message: Readonly<Record<string, unknown>>): ClientMessage {
  const { id, until } = message
  const at = typeof until === 'string' ? Date.parse(until) : until
  if (!isText(id) || typeof at !== 'number' || !Number.isFinite(at)) {
    return malformed(null, 'EC_FIELD_INVALID', '`id` takes an event id, `until` an RFC 3339 instant')
  }
  return { t: 'snooze', id, until: at }
}

function readAnswer(message: Readonly<Record<string, unknown>>): ClientMessage {
  const { question, option, input = null } = message
  const reply = replyOf(message)
  if (!isText(question) || !isText(option)) {
    return malformed(reply, 'EC_FIELD_INVALID', '`question` and `option` take a text each')
  }
  if (input !== null && typeof input !== 'string') {
    return malformed(reply, 'EC_FIELD_INVALID', '`input` takes a text')
  }
  return { t: 'answer', question, option, input, reply }
}

function readVisibility(message: Readonly<Record<string, unknown>>): ClientMessage {
  const { visible, focused, thread } = message
  if (typeof visible !== 'boolean' || typeof focused !== 'boolean') {
    return malformed(replyOf(message), 'EC_FIELD_INVALID', '`visible` and `focused` take true or false')
  }
  return { t: 'vis', visible, focused, thread: isText(thread) ? thread : null }
}

function readAuth(message: Readonly<Record<string, unknown>>): ClientMessage {
  const { token } = message
  const reply = replyOf(message)
  if (typeof token !== 'string' || token.length > MAX_TOKEN) {
    return malformed(reply, 'EC_FIELD_INVALID', '`token` takes a user token')
  }
  return { t: 'auth', token, reply }
}

function malformed(reply: ReplyId | null, code: ErrorCode, hint: string): ClientMessage {
  return { t: 'malformed', reply, code, hint }
}

function replyOf(message: Readonly<Record<string, unknown>>): ReplyId | null {
  const { id } = message
  if (typeof id === 'number' && Number.isFinite(id)) return id
  return isText(id) ? id : null
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
