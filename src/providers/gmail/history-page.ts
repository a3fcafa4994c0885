import { z } from 'zod'
import { EcError } from '../../core/errors.ts'
import type { AccountContext } from '../provider.ts'
import { askGmail } from './ask-gmail.ts'

/** What a page of the history says of the inbox. */
export interface HistoryPage {
  /** In the order in which they came in; none twice. */
  readonly added: readonly (readonly [string, boolean])[]
  readonly deleted: readonly string[]
  /** Where the mailbox stands now. */
  readonly head: string
  /** The place of the last record of the page; null = it has none. */
  readonly last: string | null
  readonly next: string | null
}

const digits = z.string().regex(/^\d{1,40}$/)
const messageSchema = z.object({ id: z.string().min(1), labelIds: z.array(z.string()).optional() })
const touched = z.array(z.object({ message: messageSchema, labelIds: z.array(z.string()).default([]) })).default([])

const pageSchema = z.object({
  history: z
    .array(z.object({ id: digits.optional(), messagesAdded: touched, messagesDeleted: touched, labelsAdded: touched }))
    .default([]),
  historyId: digits,
  nextPageToken: z.string().min(1).optional(),
})

/** More is not given at once. */
const MAX_RECORDS = 500

/**
 * What came into the inbox after `start`, strictly. Mail comes as a new message, or later by a label: out of the spam, out
 * of a snooze. `EC_CURSOR_EXPIRED` when Gmail remembers no more so far back: it keeps a week as a rule, and sometimes hours.
 * https://developers.google.com/workspace/gmail/api/guides/sync
 */
export async function listHistory(ctx: AccountContext, start: string, page: string | null): Promise<HistoryPage> {
  const query = {
    startHistoryId: start,
    historyTypes: ['messageAdded', 'messageDeleted', 'labelAdded'],
    labelId: 'INBOX',
    maxResults: MAX_RECORDS,
    pageToken: page,
  }
  try {
    const operation = 'history.list'
    return toPage(await askGmail(ctx, { operation, method: 'GET', path: '/history', query }, pageSchema))
  } catch (thrown) {
    if (!(thrown instanceof EcError) || !isExpired(thrown)) throw thrown
    throw new EcError('EC_CURSOR_EXPIRED', 'Gmail no longer remembers what came since the last read', {
      cause: thrown,
      details: thrown.details,
    })
  }
}

/** 400 is what an id of another mailbox gets, or one of the future. */
function isExpired({ details }: EcError): boolean {
  const { google_status: status, google_location: location } = details
  return status === 404 || (status === 400 && (location === 'startHistoryId' || location === 'pageToken'))
}

function toPage({ history, historyId, nextPageToken }: z.infer<typeof pageSchema>): HistoryPage {
  const added = new Map<string, boolean>()
  const deleted = new Set<string>()
  for (const { messagesAdded, messagesDeleted, labelsAdded } of history) {
    for (const { message } of messagesAdded) added.set(message.id, true)
    for (const { message, labelIds } of labelsAdded) {
      if (labelIds.includes('INBOX') && !added.has(message.id)) added.set(message.id, false)
    }
    for (const { message } of messagesDeleted) {
      added.delete(message.id)
      deleted.add(message.id)
    }
  }
  const last = history.at(-1)?.id ?? null
  return { added: [...added], deleted: [...deleted], head: historyId, last, next: nextPageToken ?? null }
}
