import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Account } from '#ec/core/account.js'
import type { Change, Item } from '#ec/core/item.js'
import { EcError } from '#ec/core/errors.js'
import { gmail } from '#ec/providers/gmail/index.js'
import type { ReadPage } from '#ec/providers/provider.js'
import { anAccount, openAccountContext } from '../support/account-context.js'
import { openSandbox, type TestSandbox } from '../support/sandbox.js'
import { aNotification, aResource } from '../support/webhook.js'

const { reader, subscriptions } = gmail
const mailbox = { ...aResource('gmail', { email: 'ana@example.com' }), accountId: 'a', target: 'ana@example.com' }

function contextOf(sandbox: TestSandbox, account: Partial<Account> = {}) {
  const { urls, control } = sandbox
  return openAccountContext({ baseUrl: urls.google, token: control.token(), provider: 'gmail', account })
}

interface Read {
  readonly changes: readonly Change[]
  readonly cursor: string
  readonly pages: number
  readonly operations: readonly string[]
}

async function readAll(sandbox: TestSandbox, cursor: string | null, since: number | null = null): Promise<Read> {
  const ctx = contextOf(sandbox)
  const changes: Change[] = []
  for (let page: string | null = null, pages = 1; ; pages++) {
    const got: ReadPage | undefined = await reader?.readPage(ctx, mailbox, { cursor, page, since })
    if (got === undefined) throw new Error('there is no reader')
    changes.push(...got.changes)
    if ('cursor' in got.next) {
      return { changes, pages, cursor: got.next.cursor, operations: ctx.calls.map(({ operation }) => operation) }
    }
    page = got.next.page
  }
}

function receive(sandbox: TestSandbox, more: object = {}): string {
  return String(sandbox.control.mutate({ do: 'mail.receive', ...more })['id'])
}

const idsOf = ({ changes }: Read): readonly string[] =>
  changes.map(change => (change.type === 'delete' ? `-${change.id}` : change.item.id))

const describeItem = (item: Item, more: object = {}) =>
  reader?.describe({ before: null, after: item }, { ...mailbox, ...more }, anAccount(), 0) ?? []

function itemOf({ changes }: Read, at = 0): Item {
  const change = changes[at]
  if (change?.type !== 'upsert') throw new Error('no mail was read')
  return change.item
}

describe('the reader of a mailbox', () => {
  it('begins with the newest fifty, and the place where the mailbox stood before it looked', async () => {
    const sandbox = await openSandbox()
    const ids = Array.from({ length: 60 }, () => receive(sandbox))
    const read = await readAll(sandbox, null)
    expect(idsOf(read)).toEqual(ids.toReversed().slice(0, 50))
    expect(read.operations.slice(0, 2)).toEqual(['getProfile', 'messages.list'])
    expect(read.operations.filter(one => one === 'messages.list')).toHaveLength(1)
  })

  it('goes on from the stored place, and never from the one that a push names', async () => {
    const sandbox = await openSandbox()
    const { cursor } = await readAll(sandbox, null)
    const one = receive(sandbox)
    const two = receive(sandbox)
    const read = await readAll(sandbox, cursor)
    expect(idsOf(read)).toEqual([one, two])
    expect(BigInt(read.cursor)).toBeGreaterThan(BigInt(cursor))
    expect(await readAll(sandbox, read.cursor)).toMatchObject({ changes: [], cursor: read.cursor })
  })

  it('compares places that no number can hold', async () => {
    const start = '98765432109876543210'
    const sandbox = await openSandbox({ accounts: [{ email: 'ana@example.com', historyId: start }] })
    const { cursor } = await readAll(sandbox, null)
    expect(cursor).toBe(start)
    const id = receive(sandbox)
    const read = await readAll(sandbox, cursor)
    expect(idsOf(read)).toEqual([id])
    expect(BigInt(read.cursor)).toBeGreaterThan(BigInt(start))
    expect(idsOf(await readAll(sandbox, read.cursor))).toEqual([])
    const covers = (historyId: string) => reader?.covers?.(aNotification('gmail', 'history', pushOf(historyId)), start)
    expect(covers(start)).toBe(true)
    expect(covers('9876543210987654321')).toBe(true)
    expect(covers('98765432109876543211')).toBe(false)
  })

  it('tells of no mail twice, however often the history names it', async () => {
    const sandbox = await openSandbox()
    const { cursor } = await readAll(sandbox, null)
    const id = receive(sandbox)
    sandbox.control.mutate({ do: 'mail.label', id, remove: ['INBOX'] })
    sandbox.control.mutate({ do: 'mail.label', id, add: ['INBOX', 'STARRED'] })
    expect(idsOf(await readAll(sandbox, cursor))).toEqual([id])
  })

  it('passes over a mail that is gone by now, and says that one that was here has gone', async () => {
    const sandbox = await openSandbox()
    const old = receive(sandbox)
    const { cursor } = await readAll(sandbox, null)
    const gone = receive(sandbox)
    const kept = receive(sandbox)
    sandbox.control.mutate({ do: 'mail.delete', id: gone })
    sandbox.control.mutate({ do: 'mail.delete', id: old })
    expect([...idsOf(await readAll(sandbox, cursor))].sort()).toEqual([`-${gone}`, `-${old}`, kept].sort())
  })

  it('finds mail that comes into the inbox late, and does not take its date for news', async () => {
    const sandbox = await openSandbox()
    const { cursor } = await readAll(sandbox, null)
    const id = receive(sandbox, { labels: ['SPAM', 'UNREAD'] })
    const spam = await readAll(sandbox, cursor)
    expect(idsOf(spam)).toEqual([])
    sandbox.control.mutate({ do: 'mail.label', id, add: ['INBOX'], remove: ['SPAM'] })
    const read = await readAll(sandbox, spam.cursor)
    expect(itemOf(read)).toMatchObject({ id, updatedAt: null })
    expect(describeItem(itemOf(read))).toHaveLength(1)
  })

  it('asks for no mail because of a label, whoever put it there, and puts none: nothing goes round in circles', async () => {
    const sandbox = await openSandbox()
    const id = receive(sandbox)
    const { cursor } = await readAll(sandbox, null)
    sandbox.control.mutate({ do: 'mail.label', id, add: ['STARRED', 'IMPORTANT'], remove: ['UNREAD'] })
    const { body } = await sandbox.call('GET', '/gmail/v1/users/me/profile')
    const read = await readAll(sandbox, cursor)
    expect(read).toMatchObject({ changes: [], operations: ['history.list'], cursor: body.historyId })
    expect(await readAll(sandbox, read.cursor)).toMatchObject({ changes: [], cursor: read.cursor })
    const methods = sandbox.control.log().map(({ method, target }) => `${method} ${target.split('?')[0]}`)
    expect(methods.filter(one => one.startsWith('POST') || one.startsWith('PUT'))).toEqual([])
  })

  it('reads a long history page by page, with the place of the first one at its end', async () => {
    const sandbox = await openSandbox({ manners: { quota_user_per_minute: 10_000 } })
    const { cursor } = await readAll(sandbox, null)
    const ids = Array.from({ length: 620 }, () => receive(sandbox, { labels: ['INBOX'] }))
    const read = await readAll(sandbox, cursor)
    expect(idsOf(read)).toEqual(ids)
    expect(read.pages).toBe(13)
    expect(read.operations.filter(one => one === 'history.list')).toHaveLength(2)
  })

  it('loses nothing that comes between two pages', async () => {
    const sandbox = await openSandbox()
    const { cursor } = await readAll(sandbox, null)
    for (let n = 0; n < 60; n++) receive(sandbox)
    const ctx = contextOf(sandbox)
    const first = await reader?.readPage(ctx, mailbox, { cursor, page: null, since: null })
    if (first === undefined || !('page' in first.next)) throw new Error('there is one page alone')
    const late = receive(sandbox)
    const last = await reader?.readPage(ctx, mailbox, { cursor, page: first.next.page, since: null })
    if (last === undefined || !('cursor' in last.next)) throw new Error('there is a third page')
    expect(idsOf(await readAll(sandbox, last.next.cursor))).toEqual([late])
  })

  it('names what came during a long read once, where the later pages of the history told of it', async () => {
    const sandbox = await openSandbox({ manners: { quota_user_per_minute: 10_000 } })
    const { cursor } = await readAll(sandbox, null)
    for (let n = 0; n < 510; n++) receive(sandbox)
    const ctx = contextOf(sandbox)
    const first = await reader?.readPage(ctx, mailbox, { cursor, page: null, since: null })
    const late = receive(sandbox)
    const found: string[] = []
    for (let next = first?.next; next !== undefined;) {
      if ('cursor' in next) {
        expect(idsOf(await readAll(sandbox, next.cursor))).toEqual([])
        break
      }
      const page: ReadPage | undefined = await reader?.readPage(ctx, mailbox, { cursor, page: next.page, since: null })
      found.push(...(page?.changes ?? []).map(change => (change.type === 'upsert' ? change.item.id : '')))
      next = page?.next
    }
    expect(found.filter(id => id === late)).toEqual([late])
  })

  it('says when the history does not reach back so far, and reads what came since then', async () => {
    const sandbox = await openSandbox()
    receive(sandbox)
    const { cursor } = await readAll(sandbox, null)
    await sandbox.control.advance(30 * 86_400_000)
    const since = sandbox.control.now()
    const id = receive(sandbox)
    sandbox.control.mutate({ do: 'mail.expire-history' })
    await expect(readAll(sandbox, cursor)).rejects.toMatchObject({ code: 'EC_CURSOR_EXPIRED' })
    // Whoever keeps the time for us may be an hour ahead.
    const read = await readAll(sandbox, null, since + 3_600_000)
    expect(idsOf(read)).toEqual([id])
    expect(idsOf(await readAll(sandbox, read.cursor))).toEqual([])
  })

  it('takes a place that another version wrote for one that is void', async () => {
    const sandbox = await openSandbox()
    const from = { cursor: '9000', page: 'v0', since: null }
    await expect(reader?.readPage(contextOf(sandbox), mailbox, from)).rejects.toMatchObject({
      code: 'EC_CURSOR_EXPIRED',
    })
  })
})

describe('an inbox with faults', () => {
  it('announces every mail exactly once', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.constant('receive' as const) },
      { weight: 2, arbitrary: fc.constant('delete' as const) },
      { weight: 2, arbitrary: fc.constant('label' as const) },
      { weight: 3, arbitrary: fc.constant('read' as const) },
      { weight: 1, arbitrary: fc.constant('expire' as const) },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 25 }),
        fc.integer({ min: 1, max: 999 }),
        (steps, seed) => play(steps, seed),
      ),
      { numRuns: 12 },
    )
  })
})

describe('what is told of a mail', () => {
  it('is who wrote, about what, and where it is', async () => {
    const item = await firstOf({
      from: '"Example, Ben" <ben@example.com>',
      subject: 'Lunch?',
      text: 'At one & at the corner',
    })
    expect(describeItem(item)).toMatchObject([
      {
        user_id: 'ana',
        type: 'mail.received',
        title: 'Example, Ben: Lunch?',
        body: 'At one & at the corner',
        actor: 'ben@example.com',
        thread: `mail:${item.id}`,
        cta: { url: `https://mail.google.com/mail/?authuser=ana%40example.com#all/${item.id}` },
        created_at: '2026-01-05T09:00:00.000Z',
        data: { message_id: item.id, from: 'ben@example.com', subject: 'Lunch?', mailbox: 'ana@example.com' },
      },
    ])
  })

  it.each([
    ['read already', { labels: ['INBOX'] }],
    ['the own', { from: 'Ana <Ana@Example.com>' }],
    ['a draft', { labels: ['INBOX', 'UNREAD', 'DRAFT'] }],
  ])('is nothing when it is %s', async (_what, more) => {
    expect(describeItem(await firstOf(more))).toEqual([])
  })

  it('is nothing of what is known, and nothing of what has gone', async () => {
    const item = await firstOf()
    expect(reader?.describe({ before: item, after: item }, mailbox, anAccount(), 0)).toEqual([])
    expect(reader?.describe({ before: item, after: null }, mailbox, anAccount(), 0)).toEqual([])
  })

  it('leaves promotions and social mail out unless the person wants them', async () => {
    const item = await firstOf()
    const promotion = { ...item, json: { ...item.json, labelIds: ['INBOX', 'UNREAD', 'CATEGORY_PROMOTIONS'] } }
    expect(describeItem(promotion)).toEqual([])
    expect(describeItem(promotion, { settings: { announce: 'all' } })).toHaveLength(1)
  })

  it('reads snippets as text, and senders as they are written', async () => {
    const item = await firstOf({ from: 'ben@example.com', subject: '' })
    const html = { ...item, json: { ...item.json, snippet: 'Tom &amp; Ana&#39;s &lt;b&gt; &#x1F600; &unknown;' } }
    expect(describeItem(html)).toMatchObject([
      { title: 'ben@example.com: (no subject)', body: "Tom & Ana's <b> 😀 &unknown;" },
    ])
  })

  it('never throws, whatever is stored', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), json => {
        const item = { id: 'x', version: null, updatedAt: null, startsAt: null, endsAt: null, series: null }
        expect(describeItem({ ...item, json: JSON.parse(JSON.stringify(json)) })).toEqual([])
      }),
    )
  })
})

const TOPIC = 'projects/ec-demo/topics/ec-gmail'

async function openTopic(sandbox: TestSandbox): Promise<void> {
  await sandbox.call('PUT', `/v1/${TOPIC}`)
  const members = ['serviceAccount:gmail-api-push@system.gserviceaccount.com']
  const policy = { bindings: [{ role: 'roles/pubsub.publisher', members }] }
  await sandbox.call('POST', `/v1/${TOPIC}:setIamPolicy`, { policy })
}

describe('the watch of a mailbox', () => {
  const wanted = { id: 'w', address: TOPIC, secret: 's', expiresAt: 0 }

  it('is of the inbox, lasts as long as Gmail says, is renewed daily, and is made longer by asking again', async () => {
    const sandbox = await openSandbox()
    await openTopic(sandbox)
    const ctx = contextOf(sandbox, { settings: { topic: TOPIC, delivery: 'pull' } })
    expect(subscriptions?.addressFor(mailbox, anAccount({ settings: { topic: TOPIC } }), null)).toBeNull()
    expect(subscriptions).toMatchObject({ renewal: 'extend', renewAfterMs: 86_400_000, maxLifetimeMs: 7 * 86_400_000 })
    expect(subscriptions?.addressFor(mailbox, ctx.account, null)).toBe(TOPIC)
    expect(subscriptions?.addressFor(mailbox, anAccount(), 'https://ec.example.org/x')).toBeNull()
    const first = await subscriptions?.create(ctx, mailbox, wanted)
    expect(first).toEqual({ remoteId: null, expiresAt: sandbox.control.now() + 7 * 86_400_000 })
    await sandbox.control.advance(86_400_000)
    const second = await subscriptions?.create(ctx, mailbox, wanted)
    expect(second?.expiresAt).toBe((first?.expiresAt ?? 0) + 86_400_000)
    for (let n = 0; n < 2; n++) await subscriptions?.stop(ctx, mailbox, { id: 'w', remoteId: null })
    expect(JSON.stringify(sandbox.control.state())).not.toContain(`"topic":"${TOPIC}","labelIds"`)
  })

  it('says that another program has it, or that the topic is not ready', async () => {
    const sandbox = await openSandbox()
    await openTopic(sandbox)
    const ctx = contextOf(sandbox)
    await subscriptions?.create(ctx, mailbox, wanted)
    const other = { ...wanted, address: 'projects/ec-demo/topics/other' }
    await expect(subscriptions?.create(ctx, mailbox, other)).rejects.toMatchObject({ code: 'EC_PROVIDER' })
    await sandbox.call('PUT', '/v1/projects/ec-demo/topics/other')
    await expect(subscriptions?.create(ctx, mailbox, other)).rejects.toMatchObject({
      code: 'EC_PROVIDER',
      hint: expect.stringContaining('ec setup google'),
    })
    const members = ['serviceAccount:gmail-api-push@system.gserviceaccount.com']
    const policy = { bindings: [{ role: 'roles/pubsub.publisher', members }] }
    await sandbox.call('POST', '/v1/projects/ec-demo/topics/other:setIamPolicy', { policy })
    await expect(subscriptions?.create(ctx, mailbox, other)).rejects.toMatchObject({ code: 'EC_CONFLICT' })
  })
})

it('finds the mailbox of the account', async () => {
  const sandbox = await openSandbox()
  expect(await gmail.discover?.(contextOf(sandbox))).toMatchObject([
    { provider: 'gmail', target: 'ana@example.com', primary: true },
  ])
})

async function play(steps: readonly string[], seed: number): Promise<void> {
  const sandbox = await openSandbox({ seed })
  const copy = new Map<string, Item>()
  const announced: string[] = []
  const due = new Set<string>()
  let cursor: string | null = null
  let lastRead = 0

  async function pass(): Promise<void> {
    const isFirst = lastRead === 0
    const now = sandbox.control.now()
    const read = await readAll(sandbox, cursor, cursor === null && !isFirst ? lastRead : null).catch(
      (error: unknown) => {
        if (error instanceof EcError && error.code === 'EC_CURSOR_EXPIRED') return null
        throw error
      },
    )
    if (read === null) {
      cursor = null
      return pass()
    }
    for (const change of read.changes) {
      if (change.type === 'delete') copy.delete(change.id)
      else {
        const before = copy.get(change.item.id) ?? null
        copy.set(change.item.id, change.item)
        const events = reader?.describe({ before, after: change.item }, mailbox, anAccount(), 0) ?? []
        if (!isFirst) announced.push(...events.map(() => change.item.id))
      }
    }
    cursor = read.cursor
    lastRead = now
  }

  await pass()
  for (const [at, what] of steps.entries()) {
    await sandbox.control.advance(1_000)
    const [oldest] = due
    if (what === 'receive') due.add(receive(sandbox, { subject: `mail ${at}` }))
    else if (what === 'read') await pass()
    else if (what === 'expire') sandbox.control.mutate({ do: 'mail.expire-history' })
    else if (oldest === undefined || announced.includes(oldest)) continue
    else if (what === 'label') sandbox.control.mutate({ do: 'mail.label', id: oldest, add: ['STARRED'] })
    else {
      sandbox.control.mutate({ do: 'mail.delete', id: oldest })
      due.delete(oldest)
    }
  }
  await pass()
  await pass()
  expect([...announced].sort()).toEqual([...due].sort())
}

/** What Gmail publishes when a mailbox has come to a place. */
function pushOf(historyId: string) {
  const data = Buffer.from(`{"emailAddress":"ana@example.com","historyId":${historyId}}`).toString('base64')
  return { message: { data, messageId: '1' } }
}

/** A mail as the first read gives it. */
async function firstOf(more: object = {}): Promise<Item> {
  const sandbox = await openSandbox()
  receive(sandbox, more)
  return itemOf(await readAll(sandbox, null))
}
