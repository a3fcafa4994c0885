import type { JsonRecord } from '../../core/peek.ts'
import { badRequest, notFound } from '../http/api-error.ts'
import { readMaxResults } from '../http/max-results.ts'
import { HISTORY_TYPES, type HistoryRecord } from './history.ts'
import type { Mailbox } from './mailbox.ts'

/** What has happened in a mailbox after `startHistoryId`, by pages; 404 when nobody remembers so far back. */
export function listHistory(mailbox: Mailbox, query: URLSearchParams, now: number, lifeMs: number): JsonRecord {
  const start = readId(query.get('startHistoryId'), 'startHistoryId')
  const types = query.getAll('historyTypes')
  const unknown = types.find(type => !HISTORY_TYPES.some(one => one === type))
  if (unknown !== undefined) throw badRequest(`Invalid value for historyTypes: ${unknown}`, 'historyTypes')
  const label = query.get('labelId')
  const found = mailbox.history.after(start, now, lifeMs)
  if (found === null) throw notFound('Requested entity was not found.')
  const token = query.get('pageToken')
  const after = token === null ? start : readId(token, 'pageToken')
  const rest = found
    .filter(({ id }) => id > after)
    .filter(({ type }) => types.length === 0 || types.includes(type))
    .filter(({ message, labelIds }) => label === null || [...message.labelIds, ...labelIds].includes(label))
  const page = rest.slice(0, readMaxResults(query, 100, 500))
  const last = page.at(-1)
  return {
    ...(page.length === 0 ? {} : { history: page.map(showRecord) }),
    ...(last !== undefined && page.length < rest.length ? { nextPageToken: String(last.id) } : {}),
    historyId: String(mailbox.history.head),
  }
}

function readId(text: string | null, name: string): bigint {
  if (text === null || !/^\d{1,40}$/.test(text)) throw badRequest(`Invalid ${name}`, name)
  return BigInt(text)
}

function showRecord({ id, type, message, labelIds }: HistoryRecord): JsonRecord {
  const { id: messageId, threadId } = message
  const own = type === 'messageAdded' || type === 'messageDeleted' ? { message } : { message, labelIds }
  return { id: String(id), messages: [{ id: messageId, threadId }], [FIELDS[type]]: [own] }
}

const FIELDS = {
  messageAdded: 'messagesAdded',
  messageDeleted: 'messagesDeleted',
  labelAdded: 'labelsAdded',
  labelRemoved: 'labelsRemoved',
} as const satisfies Record<HistoryRecord['type'], string>
