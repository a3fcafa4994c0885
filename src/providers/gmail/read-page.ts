import { z } from 'zod'
import type { Change, Item } from '../../core/item.ts'
import type { AccountContext, ReadFrom, ReadPage } from '../provider.ts'
import { askGmail } from './ask-gmail.ts'
import { listHistory } from './history-page.ts'
import { readPageToken, writePageToken, type PageToken } from './page-token.ts'
import { readMail } from './read-mail.ts'

/** Mails that one page fetches: each is a request, and a page is one job. */
const MAILS_A_PAGE = 50
/** How many of them are asked for at once. */
const AT_ONCE = 5
/** What a mailbox begins with: so much that a person finds the last days in it, and no more than one page. */
const FIRST_MAILS = 50
/** After a gap, however long it was: who has more than these unseen will not read them as notifications. */
const MAX_MAILS = 2_000
const LIST_SIZE = 100
/** Gmail judges `after:` by its own clock, and ours may be an hour or two away from it. */
const CLOCK_TOLERANCE_MS = 2 * 3_600_000

/**
 * With a cursor what the history says of the inbox since then, else its newest mails. The cursor that a read ends with is
 * where the mailbox stood when it began, or the last record that it was told of: records come in the order of their numbers, so
 * nothing is passed over. That later pages name what came meanwhile is not documented, and not relied on.
 */
export async function readPage(ctx: AccountContext, from: ReadFrom): Promise<ReadPage> {
  const token = from.page === null ? null : readPageToken(from.page)
  if (token !== null && token.todo.length > 0) return fetchMails(ctx, token, [])
  return from.cursor === null ? readNewest(ctx, from.since, token) : readHistory(ctx, from.cursor, token)
}

async function readHistory(ctx: AccountContext, cursor: string, token: PageToken | null): Promise<ReadPage> {
  const page = await listHistory(ctx, cursor, token?.list ?? null)
  const head = token === null ? newer(page.head, cursor) : newer(page.last ?? token.head, token.head)
  const deleted = page.deleted.map(id => ({ type: 'delete' as const, id, updatedAt: null }))
  return fetchMails(ctx, { head, todo: page.added, list: page.next, listed: 0 }, deleted)
}

const profileSchema = z.object({ historyId: z.string().regex(/^\d{1,40}$/) })
const listSchema = z.object({
  messages: z.array(z.object({ id: z.string().min(1) })).default([]),
  nextPageToken: z.string().min(1).optional(),
})

async function readNewest(ctx: AccountContext, since: number | null, token: PageToken | null): Promise<ReadPage> {
  // Before the list: what comes in between stands in the list and in the history after it.
  const head = token?.head ?? (await readHead(ctx))
  const listed = token?.listed ?? 0
  const limit = since === null ? FIRST_MAILS : MAX_MAILS
  const query = {
    labelIds: ['INBOX'],
    maxResults: Math.min(LIST_SIZE, limit - listed),
    pageToken: token?.list ?? null,
    q: since === null ? null : `after:${Math.floor((since - CLOCK_TOLERANCE_MS) / 1000)}`,
  }
  const request = { operation: 'messages.list', method: 'GET', path: '/messages', query } as const
  const { messages, nextPageToken = null } = await askGmail(ctx, request, listSchema)
  const todo = [...new Set(messages.map(({ id }) => id))].map(id => [id, true] as const)
  const total = listed + messages.length
  return fetchMails(ctx, { head, todo, list: total < limit ? nextPageToken : null, listed: total }, [])
}

async function readHead(ctx: AccountContext): Promise<string> {
  const request = { operation: 'getProfile', method: 'GET', path: '/profile' } as const
  return (await askGmail(ctx, request, profileSchema)).historyId
}

async function fetchMails(ctx: AccountContext, token: PageToken, before: readonly Change[]): Promise<ReadPage> {
  const { head, list, listed } = token
  const now = token.todo.slice(0, MAILS_A_PAGE)
  const rest = token.todo.slice(MAILS_A_PAGE)
  const items: Item[] = []
  for (let at = 0; at < now.length; at += AT_ONCE) {
    const some = now.slice(at, at + AT_ONCE)
    const found = await Promise.all(some.map(([id, isNew]) => readMail(ctx, { id, isNew })))
    items.push(...found.filter(item => item !== null))
  }
  const changes = [...before, ...items.map(item => ({ type: 'upsert' as const, item }))]
  const isDone = rest.length === 0 && list === null
  return { changes, next: isDone ? { cursor: head } : { page: writePageToken({ head, todo: rest, list, listed }) } }
}

/** Ids of histories are larger than any number that JSON reads exactly. */
function newer(one: string, other: string): string {
  return BigInt(one) > BigInt(other) ? one : other
}
