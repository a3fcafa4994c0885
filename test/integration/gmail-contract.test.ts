import { describe, expect, it } from 'vitest'
import { gmail_v1 } from '@googleapis/gmail'
import { gmail } from '#ec/providers/gmail/index.js'
import { openAccountContext } from '../support/account-context.js'
import { openGoogleReference, sayRequest } from '../support/google-reference.js'
import { openStandIn, sendJson, type StandIn } from '../support/stand-in.js'
import { aResource } from '../support/webhook.js'

/**
 * What our client sends, against the published reference: the types of Google's own package, whose texts are those of
 * https://developers.google.com/workspace/gmail/api/reference/rest, and the requests that package itself makes.
 */
const { fieldsOf, wordsAbout } = openGoogleReference('@googleapis/gmail/build/v1.d.ts')

const TOPIC = 'projects/ec-demo/topics/ec-gmail'
const SINCE = Date.UTC(2026, 0, 5, 9)
const WANTED = { id: 'w-1', address: TOPIC, secret: '', expiresAt: 1_767_600_000_000 }
const resource = { ...aResource('gmail'), accountId: 'a', target: 'ana@example.com' }
const HEADERS = ['From', 'To', 'Cc', 'Subject', 'Date', 'Message-ID', 'List-Id', 'Auto-Submitted']
const HISTORY = {
  userId: 'me',
  startHistoryId: '18446744073709551610',
  historyTypes: ['messageAdded', 'messageDeleted', 'labelAdded'],
  labelId: 'INBOX',
  maxResults: 500,
}

type Context = ReturnType<typeof openAccountContext>

/** Everything that the provider ever asks for, as it asks and as Google's package does. */
const REQUESTS: Readonly<
  Record<
    string,
    {
      readonly ours: (ctx: Context) => Promise<unknown> | undefined
      readonly theirs: (api: gmail_v1.Gmail) => readonly (() => Promise<unknown>)[]
    }
  >
> = {
  'the first read': {
    ours: ctx => read(ctx, null),
    theirs: api => [
      () => api.users.getProfile({ userId: 'me' }),
      () => api.users.messages.list({ userId: 'me', labelIds: ['INBOX'], maxResults: 50 }),
      () => api.users.messages.get({ userId: 'me', id: 'm/1', format: 'metadata', metadataHeaders: HEADERS }),
    ],
  },
  'the read after a gap': {
    ours: ctx => read(ctx, null, SINCE),
    theirs: api => [
      () => api.users.getProfile({ userId: 'me' }),
      // Two hours earlier: its clock may be another one.
      () => api.users.messages.list({ userId: 'me', labelIds: ['INBOX'], maxResults: 100, q: 'after:1767596400' }),
      () => api.users.messages.get({ userId: 'me', id: 'm/1', format: 'metadata', metadataHeaders: HEADERS }),
    ],
  },
  'the changes': {
    ours: ctx => read(ctx, HISTORY.startHistoryId),
    theirs: api => [() => api.users.history.list(HISTORY)],
  },
  'the next page of the changes': {
    ours: async ctx => {
      const { next } = (await read(ctx, HISTORY.startHistoryId)) ?? {}
      if (next === undefined || !('page' in next)) throw new Error('there is no next page')
      await gmail.reader?.readPage(ctx, resource, { cursor: HISTORY.startHistoryId, page: next.page, since: null })
    },
    theirs: api => [
      () => api.users.history.list(HISTORY),
      () => api.users.history.list({ ...HISTORY, pageToken: 'next page=' }),
    ],
  },
  'a watch': {
    ours: ctx => gmail.subscriptions?.create(ctx, resource, WANTED),
    theirs: api => [
      () =>
        api.users.watch({
          userId: 'me',
          requestBody: { topicName: TOPIC, labelIds: ['INBOX'], labelFilterBehavior: 'INCLUDE' },
        }),
    ],
  },
  'an end of the watch': {
    ours: ctx => gmail.subscriptions?.stop(ctx, resource, { id: 'w-1', remoteId: null }),
    theirs: api => [() => api.users.stop({ userId: 'me' })],
  },
  'the mailbox': {
    ours: ctx => gmail.discover?.(ctx),
    theirs: api => [() => api.users.getProfile({ userId: 'me' })],
  },
}

function read(ctx: Context, cursor: string | null, since: number | null = null) {
  return gmail.reader?.readPage(ctx, resource, { cursor, page: null, since })
}

/** Answers of the shape that the reference gives. */
const ANSWERS = [
  ['/profile', { emailAddress: 'ana@example.com', historyId: '18446744073709551611' }],
  ['/messages?', { messages: [{ id: 'm/1', threadId: 't' }] }],
  ['/messages/', { id: 'm/1', threadId: 't', historyId: '9', internalDate: '1767600000000', payload: { headers: [] } }],
  ['/watch', { historyId: '9', expiration: '1767600000000' }],
  ['/stop', null],
] as const

async function record(): Promise<StandIn> {
  return openStandIn(({ url }, response) => {
    if (url.includes('/history')) {
      const more = url.includes('pageToken') ? {} : { nextPageToken: 'next page=' }
      return sendJson(response, 200, { historyId: '18446744073709551612', ...more })
    }
    const [, answer] = ANSWERS.find(([part]) => url.includes(part)) ?? []
    if (answer === null) response.writeHead(204).end()
    else sendJson(response, 200, answer)
  })
}

describe.each(Object.entries(REQUESTS))('%s', (_, { ours, theirs }) => {
  it('is asked for as Google’s own package asks', async () => {
    const [here, there] = [await record(), await record()]
    await ours(openAccountContext({ baseUrl: here.url, provider: 'gmail' }))
    const api = new gmail_v1.Gmail({ rootUrl: `${there.url}/`, retry: false, fetchImplementation: fetch })
    for (const ask of theirs(api)) await ask()
    expect(here.seen.length).toBeGreaterThan(0)
    expect(here.seen.map(sayRequest)).toEqual(there.seen.map(sayRequest))
  })
})

describe('what is asked for', () => {
  it.each([
    { part: '/history?', name: 'Params$Resource$Users$History$List' },
    { part: '/messages?', name: 'Params$Resource$Users$Messages$List' },
    { part: '/messages/', name: 'Params$Resource$Users$Messages$Get' },
  ])('has parameters of the reference alone: $name', async ({ part, name }) => {
    const standIn = await record()
    const ctx = openAccountContext({ baseUrl: standIn.url, provider: 'gmail' })
    for (const { ours } of Object.values(REQUESTS)) await ours(ctx)
    const seen = standIn.seen.filter(({ url }) => url.includes(part))
    expect(seen.length).toBeGreaterThan(0)
    for (const { url } of seen) {
      const { searchParams } = new URL(url, 'http://google')
      expect(fieldsOf(name)).toEqual(expect.arrayContaining([...searchParams.keys()]))
    }
  })

  it('has a body that the reference knows', async () => {
    const standIn = await record()
    await REQUESTS['a watch']?.ours(openAccountContext({ baseUrl: standIn.url, provider: 'gmail' }))
    const body: unknown = JSON.parse(standIn.seen[0]?.body ?? '{}')
    expect(Object.keys(Object(body))).toContain('topicName')
    expect(fieldsOf('Schema$WatchRequest')).toEqual(expect.arrayContaining(Object.keys(Object(body))))
    expect(wordsAbout('Schema$WatchRequest', 'labelFilterBehavior')).not.toBe('')
  })

  it('keeps to the sizes of the reference', () => {
    expect(wordsAbout('Params$Resource$Users$History$List', 'maxResults')).toContain('maximum allowed value')
    expect(wordsAbout('Params$Resource$Users$History$List', 'maxResults')).toContain('is 500')
    expect(wordsAbout('Params$Resource$Users$Messages$List', 'maxResults')).toContain('is 500')
  })

  it('takes a 404 of the history for what the reference says it is: a read of everything', async () => {
    expect(wordsAbout('Params$Resource$Users$History$List', 'startHistoryId')).toContain('perform a full sync')
    const standIn = await openStandIn((_, response) =>
      sendJson(response, 404, { error: { code: 404, message: 'Requested entity was not found.' } }),
    )
    const ctx = openAccountContext({ baseUrl: standIn.url, provider: 'gmail' })
    await expect(read(ctx, '1')).rejects.toMatchObject({ code: 'EC_CURSOR_EXPIRED' })
  })
})
