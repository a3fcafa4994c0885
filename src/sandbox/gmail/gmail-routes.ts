import { peek, peekList, peekString, type JsonRecord } from '../../core/peek.ts'
import { badRequest, notFound } from '../http/api-error.ts'
import { readMaxResults } from '../http/max-results.ts'
import {
  json,
  NO_CONTENT,
  routeMaker,
  type MakeRoute,
  type Route,
  type WireReply,
  type WireRequest,
} from '../http/wire.ts'
import type { GmailService } from './gmail-service.ts'
import { listHistory } from './list-history.ts'
import type { Mail, Mailbox } from './mailbox.ts'
import { fitsSearch } from './search-mail.ts'
import { FORMATS, readRaw, showMail } from './show-mail.ts'

const ALL = 'https://mail.google.com/'
const WRITE = [ALL, 'gmail.modify'] as const
const READ = [...WRITE, 'gmail.readonly'] as const
const METADATA = [...READ, 'gmail.metadata'] as const
const COMPOSE = [...WRITE, 'gmail.compose'] as const
const ROOT = '/gmail/v1/users/{user}'

/** All of Gmail v1 that there is here. */
export function gmailRoutes(service: GmailService): readonly Route[] {
  const { clock, manners } = service

  function open(request: WireRequest, scopes: readonly string[]): Mailbox {
    return service.open(service.gate.enter(request, 'gmail', scopes), request.params['user'] ?? '')
  }

  const route = routeMaker('gmail', ROOT, 'gmail.users')
  return [
    route('GET', '/profile', 'getProfile', request => {
      const { email, mails, history } = open(request, [...METADATA, 'gmail.compose'])
      const threads = new Set([...mails.values()].map(({ threadId }) => threadId))
      const counts = { messagesTotal: mails.size, threadsTotal: threads.size }
      return json({ emailAddress: email, ...counts, historyId: String(history.head) })
    }),
    route('POST', '/watch', 'watch', request => json(service.watch(open(request, METADATA), request.body))),
    route('POST', '/stop', 'stop', request => {
      service.stop(open(request, METADATA))
      return NO_CONTENT
    }),
    route('GET', '/history', 'history.list', request => {
      return json(listHistory(open(request, METADATA), request.query, clock.now(), manners().history_life_ms))
    }),
    ...labelRoutes(route, open),
    ...messageRoutes(service, route, open),
    ...draftRoutes(service, route, open),
  ]
}

type Open = (request: WireRequest, scopes: readonly string[]) => Mailbox

function labelRoutes(route: MakeRoute, open: Open): readonly Route[] {
  return [
    route('GET', '/labels', 'labels.list', request => {
      return json({
        labels: [...open(request, [...METADATA, 'gmail.labels']).labels].map(([id, name]) => showLabel(id, name)),
      })
    }),
    route('GET', '/labels/{label}', 'labels.get', request => {
      const id = request.params['label'] ?? ''
      const name = open(request, [...METADATA, 'gmail.labels']).labels.get(id)
      if (name === undefined) throw notFound('Requested entity was not found.')
      return json(showLabel(id, name))
    }),
    route('POST', '/labels', 'labels.create', request => {
      const mailbox = open(request, [...WRITE, 'gmail.labels'])
      const name = peekString(request.body, 'name')
      if (name === '') throw badRequest('Invalid label name')
      return json(showLabel(mailbox.addLabel(name), name))
    }),
  ]
}

function messageRoutes(service: GmailService, route: MakeRoute, open: Open): readonly Route[] {
  const { clock } = service

  function list(request: WireRequest): WireReply {
    const { query } = request
    const search = query.get('q') ?? ''
    const mailbox = open(request, search === '' ? METADATA : READ)
    const labels = query.getAll('labelIds')
    const hasHidden = query.get('includeSpamTrash') === 'true' || labels.includes('SPAM') || labels.includes('TRASH')
    const found = [...mailbox.mails.values()]
      .filter(({ labelIds }) => hasHidden || !(labelIds.includes('SPAM') || labelIds.includes('TRASH')))
      .filter(({ labelIds }) => labels.every(label => labelIds.includes(label)))
      .filter(mail => fitsSearch(mail, search, clock.now()))
      .toReversed()
    const from = Number(query.get('pageToken') ?? 0)
    if (!Number.isInteger(from) || from < 0) throw badRequest('Invalid pageToken', 'pageToken')
    const page = found.slice(from, from + readMaxResults(query, 100, 500))
    const end = from + page.length
    return json({
      ...(page.length === 0 ? {} : { messages: page.map(({ id, threadId }) => ({ id, threadId })) }),
      ...(end < found.length ? { nextPageToken: String(end) } : {}),
      resultSizeEstimate: found.length,
    })
  }

  function relabel(request: WireRequest, add: readonly string[], remove: readonly string[]): WireReply {
    const mailbox = open(request, WRITE)
    const unknown = [...add, ...remove].find(label => !mailbox.labels.has(label))
    if (unknown !== undefined) throw badRequest(`Invalid label: ${unknown}`)
    const mail = mailbox.relabel(request.params['message'] ?? '', add, remove, clock.now())
    if (mail === undefined) throw notFound('Requested entity was not found.')
    service.changed(mailbox, [...mail.labelIds, ...remove])
    return json(showMail(mail, 'minimal'))
  }

  return [
    route('GET', '/messages', 'messages.list', list),
    route('GET', '/messages/{message}', 'messages.get', request => {
      const format = FORMATS.find(one => one === (request.query.get('format') ?? 'full'))
      if (format === undefined) throw badRequest('Invalid value for format', 'format')
      const mailbox = open(request, format === 'full' || format === 'raw' ? READ : METADATA)
      return json(showMail(find(mailbox, request), format, request.query.getAll('metadataHeaders')))
    }),
    route('POST', '/messages/{message}/modify', 'messages.modify', request => {
      const labels = (name: string): readonly string[] => peekList(request.body, name).map(String)
      return relabel(request, labels('addLabelIds'), labels('removeLabelIds'))
    }),
    route('POST', '/messages/{message}/trash', 'messages.trash', request => relabel(request, ['TRASH'], ['INBOX'])),
    route('POST', '/messages/{message}/untrash', 'messages.untrash', request => relabel(request, ['INBOX'], ['TRASH'])),
    route('DELETE', '/messages/{message}', 'messages.delete', request => {
      const mailbox = open(request, [ALL])
      const { id, labelIds } = find(mailbox, request)
      mailbox.remove(id, clock.now())
      service.changed(mailbox, labelIds)
      return NO_CONTENT
    }),
    route('GET', '/threads/{thread}', 'threads.get', request => {
      const format = FORMATS.find(one => one === (request.query.get('format') ?? 'full')) ?? 'full'
      const mailbox = open(request, format === 'full' || format === 'raw' ? READ : METADATA)
      const id = request.params['thread'] ?? ''
      const mails = [...mailbox.mails.values()].filter(mail => mail.threadId === id)
      if (mails.length === 0) throw notFound('Requested entity was not found.')
      const messages = mails.map(mail => showMail(mail, format, request.query.getAll('metadataHeaders')))
      return json({ id, historyId: String(mails.at(-1)?.historyId ?? ''), messages })
    }),
  ]
}

function draftRoutes(service: GmailService, route: MakeRoute, open: Open): readonly Route[] {
  const { clock } = service

  return [
    route('POST', '/drafts', 'drafts.create', request => {
      const mailbox = open(request, COMPOSE)
      const raw = peek(request.body, 'message', 'raw')
      if (typeof raw !== 'string' || raw === '') throw badRequest('Missing draft message', 'message', 'required')
      const threadId = peekString(request.body, 'message', 'threadId') || null
      const mail = mailbox.add({ ...readRaw(raw), labelIds: ['DRAFT'], threadId }, clock.now())
      const id = `r-${BigInt(`0x${mail.id}`)}`
      mailbox.drafts.set(id, mail.id)
      service.changed(mailbox, mail.labelIds)
      return json(showDraft(mailbox, id))
    }),
    route('GET', '/drafts', 'drafts.list', request => {
      const mailbox = open(request, [...READ, 'gmail.compose'])
      const drafts = [...mailbox.drafts.keys()].map(id => showDraft(mailbox, id))
      return json({ ...(drafts.length === 0 ? {} : { drafts }), resultSizeEstimate: drafts.length })
    }),
    route('GET', '/drafts/{draft}', 'drafts.get', request => {
      return json(showDraft(open(request, [...READ, 'gmail.compose']), request.params['draft'] ?? ''))
    }),
    route('DELETE', '/drafts/{draft}', 'drafts.delete', request => {
      const mailbox = open(request, COMPOSE)
      const message = mailbox.drafts.get(request.params['draft'] ?? '')
      if (message === undefined) throw notFound('Requested entity was not found.')
      mailbox.remove(message, clock.now())
      service.changed(mailbox, ['DRAFT'])
      return NO_CONTENT
    }),
  ]
}

function find({ mails }: Mailbox, { params }: WireRequest): Mail {
  const mail = mails.get(params['message'] ?? '')
  if (mail === undefined) throw notFound('Requested entity was not found.')
  return mail
}

function showLabel(id: string, name: string): JsonRecord {
  return { id, name, type: id.startsWith('Label_') ? 'user' : 'system' }
}

function showDraft({ mails, drafts }: Mailbox, id: string): JsonRecord {
  const mail = mails.get(drafts.get(id) ?? '')
  if (mail === undefined) throw notFound('Requested entity was not found.')
  return { id, message: { id: mail.id, threadId: mail.threadId, labelIds: mail.labelIds } }
}
