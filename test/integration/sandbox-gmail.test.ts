import { beforeEach, describe, expect, it } from 'vitest'
import { openSandbox, send, type TestSandbox, type Parsed } from '../support/sandbox.js'

const ME = '/gmail/v1/users/me'
const TOPIC = 'projects/ec-demo/topics/mail'
const DAY_MS = 86_400_000

let sandbox: TestSandbox
beforeEach(async () => {
  sandbox = await openSandbox()
})

const receive = (more: object = {}) => sandbox.control.mutate({ do: 'mail.receive', ...more })
const historyId = async () => String((await sandbox.call('GET', `${ME}/profile`)).body.historyId)
const history = (start: string, query = '') => sandbox.call('GET', `${ME}/history?startHistoryId=${start}${query}`)

async function grant(): Promise<void> {
  await sandbox.call('PUT', `/v1/${TOPIC}`)
  const members = ['serviceAccount:gmail-api-push@system.gserviceaccount.com']
  await sandbox.call('POST', `/v1/${TOPIC}:setIamPolicy`, {
    policy: { bindings: [{ role: 'roles/pubsub.publisher', members }] },
  })
  await sandbox.call('PUT', '/v1/projects/ec-demo/subscriptions/s', { topic: TOPIC })
}

async function told(): Promise<readonly string[]> {
  const { body } = await sandbox.call('POST', '/v1/projects/ec-demo/subscriptions/s:pull', {
    maxMessages: 100,
    returnImmediately: true,
  })
  const messages: Parsed[] = body.receivedMessages ?? []
  const ackIds = messages.map(({ ackId }) => ackId)
  if (ackIds.length > 0) await sandbox.call('POST', '/v1/projects/ec-demo/subscriptions/s:acknowledge', { ackIds })
  return messages.map(({ message }) => Buffer.from(message.data, 'base64').toString())
}

const watch = (more: object = {}) => sandbox.call('POST', `${ME}/watch`, { topicName: TOPIC, ...more })

const get = async (id: unknown, format: string) =>
  (await sandbox.call('GET', `${ME}/messages/${String(id)}?format=${format}`)).body

describe('the history of a mailbox', () => {
  it('holds what came strictly after an id, and where the mailbox is now (pitfall 58)', async () => {
    const start = await historyId()
    expect((await history(start)).body).toEqual({ historyId: start })
    const one = receive()
    const two = receive()
    const { body } = await history(start)
    expect(body.history.map((row: Parsed) => [row.id, row.messagesAdded[0].message.id, row.messages[0].id])).toEqual(
      [one, two].map(({ historyId, id }) => [historyId, id, id]),
    )
    expect(body.historyId).toBe(two['historyId'])
    expect((await history(String(one['historyId']))).body.history).toHaveLength(1)
    expect((await history(body.historyId)).body).toEqual({ historyId: body.historyId })
  })

  it('tells kinds apart, and labels', async () => {
    const start = await historyId()
    const { id } = receive()
    await sandbox.call('POST', `${ME}/messages/${String(id)}/modify`, {
      addLabelIds: ['STARRED'],
      removeLabelIds: ['UNREAD'],
    })
    sandbox.control.mutate({ do: 'mail.delete', id })
    const kinds = async (query: string) =>
      ((await history(start, query)).body.history ?? []).map((row: Parsed) =>
        Object.keys(row).find(key => key !== 'id' && key !== 'messages'),
      )
    expect(await kinds('')).toEqual(['messagesAdded', 'labelsAdded', 'labelsRemoved', 'messagesDeleted'])
    expect(await kinds('&historyTypes=messageAdded&historyTypes=labelRemoved')).toEqual([
      'messagesAdded',
      'labelsRemoved',
    ])
    expect(await kinds('&labelId=UNREAD')).toEqual(['messagesAdded', 'labelsRemoved'])
    expect(await kinds('&labelId=SPAM')).toEqual([])
  })

  it('comes by pages, of which each says where the mailbox is', async () => {
    const start = await historyId()
    for (let n = 0; n < 5; n++) receive()
    const seen: string[] = []
    let page = ''
    let pages = 0
    do {
      const { body } = await history(start, `&maxResults=2${page}`)
      seen.push(...body.history.map(({ id }: Parsed) => id))
      page = body.nextPageToken === undefined ? '' : `&pageToken=${body.nextPageToken}`
      pages += 1
    } while (page !== '')
    expect([pages, new Set(seen).size]).toEqual([3, 5])
  })

  it('reaches back a week: 404 to who comes later (pitfall 60), and to who comes after it was lost', async () => {
    const start = await historyId()
    receive()
    await sandbox.control.advance(7 * DAY_MS)
    expect((await history(start)).status).toBe(200)
    await sandbox.control.advance(1)
    const late = await history(start)
    expect([late.status, late.body.error.status]).toEqual([404, 'NOT_FOUND'])
    const now = await historyId()
    sandbox.control.mutate({ do: 'mail.expire-history' })
    expect((await history(now)).status).toBe(404)
    expect((await history(await historyId())).status).toBe(200)
    expect((await history('nonsense')).status).toBe(400)
  })

  it('counts beyond what a number holds (pitfall 59)', async () => {
    sandbox.control.mutate({ do: 'account.add', email: 'big@example.com', history_id: '184467440737095516150' })
    const headers = { authorization: `Bearer ${sandbox.control.token('big@example.com')}` }
    const made = receive({ account: 'big@example.com' })
    const { body } = await send(
      `${sandbox.urls.google}${ME}/history?startHistoryId=184467440737095516150`,
      'GET',
      undefined,
      headers,
    )
    expect(body.history[0].id).toBe(made['historyId'])
    expect(BigInt(String(made['historyId']))).toBeGreaterThan(184467440737095516150n)
  })
})

describe('a watch of a mailbox', () => {
  it('needs a topic, the right to publish there, and says so as Google does', async () => {
    expect((await watch({ topicName: 'mail' })).status).toBe(400)
    expect((await watch()).status).toBe(404)
    await sandbox.call('PUT', `/v1/${TOPIC}`)
    const { status, body } = await watch()
    expect([status, body.error.status]).toEqual([403, 'PERMISSION_DENIED'])
    expect(body.error.message).toMatch(/User not authorized to perform this action/)
    await grant()
    expect((await watch()).status).toBe(200)
  })

  it('tells at once where the mailbox is, and again when something comes, at most once a second', async () => {
    await grant()
    const { body } = await watch()
    expect(body).toEqual({ historyId: await historyId(), expiration: String(sandbox.clock.now() + 7 * DAY_MS) })
    expect(await told()).toEqual([`{"emailAddress":"ana@example.com","historyId":${body.historyId}}`])
    await sandbox.control.advance(1_000)
    const one = receive()
    receive()
    expect(await told()).toEqual([`{"emailAddress":"ana@example.com","historyId":${String(one['historyId'])}}`])
    sandbox.control.manners({ history_id_form: 'string' })
    await sandbox.control.advance(1_000)
    const three = receive()
    expect(await told()).toEqual([`{"emailAddress":"ana@example.com","historyId":"${String(three['historyId'])}"}`])
  })

  it('is one at a time, is renewed by the same call, and ends by itself or by stop', async () => {
    await grant()
    await sandbox.call('PUT', '/v1/projects/ec-demo/topics/other')
    const { bindings } = (await sandbox.call('GET', `/v1/${TOPIC}:getIamPolicy`)).body
    await sandbox.call('POST', '/v1/projects/ec-demo/topics/other:setIamPolicy', { policy: { bindings } })
    await watch()
    const other = await watch({ topicName: 'projects/ec-demo/topics/other' })
    expect([other.status, other.body.error.message]).toEqual([400, expect.stringMatching(/^Only one user push/)])
    await sandbox.control.advance(6 * DAY_MS)
    expect((await watch()).status).toBe(200)
    await told()
    await sandbox.control.advance(7 * DAY_MS)
    receive()
    expect(await told()).toEqual([])
    await watch()
    await told()
    await sandbox.control.advance(1_000)
    expect((await sandbox.call('POST', `${ME}/stop`)).status).toBe(204)
    receive()
    expect(await told()).toEqual([])
  })

  it.each([
    ['INCLUDE', ['INBOX'], ['INBOX'], true],
    ['INCLUDE', ['INBOX'], ['SPAM'], false],
    ['EXCLUDE', ['SPAM'], ['SPAM'], false],
    ['EXCLUDE', ['SPAM'], ['INBOX'], true],
  ])('that is to %s %j tells of %j: %s', async (labelFilterBehavior, labelIds, labels, isTold) => {
    await grant()
    await watch({ labelFilterBehavior, labelIds })
    await told()
    await sandbox.control.advance(1_000)
    receive({ labels })
    expect((await told()).length > 0).toBe(isTold)
  })
})

describe('a message', () => {
  it('is read in four ways', async () => {
    const { id } = receive({ subject: 'Two questions', text: 'First?\nSecond <b>?' })
    const metadata = await sandbox.call(
      'GET',
      `${ME}/messages/${String(id)}?format=metadata&metadataHeaders=Subject&metadataHeaders=from`,
    )
    expect(metadata.body.payload.headers.map(({ name }: Parsed) => name)).toEqual(['From', 'Subject'])
    expect(await get(id, 'minimal')).not.toHaveProperty('payload')
    const full = await get(id, 'full')
    expect(full).toMatchObject({
      id,
      snippet: 'First? Second <b>?',
      internalDate: String(sandbox.clock.now()),
      labelIds: ['INBOX', 'UNREAD', 'CATEGORY_PERSONAL'],
    })
    const [plain, html] = full.payload.parts
    expect(Buffer.from(plain.body.data, 'base64url').toString()).toBe('First?\nSecond <b>?')
    expect(Buffer.from(html.body.data, 'base64url').toString()).toContain('Second &lt;b>?')
    expect(Buffer.from((await get(id, 'raw')).raw, 'base64url').toString()).toContain('Subject: Two questions')
    expect((await sandbox.call('GET', `${ME}/messages/${String(id)}?format=other`)).status).toBe(400)
    expect((await sandbox.call('GET', `${ME}/messages/never`)).status).toBe(404)
  })

  it('answers in its thread', async () => {
    const first = receive({ subject: 'Hello' })
    const second = receive({ subject: 'Re: Hello', thread: first['threadId'] })
    const { body } = await sandbox.call('GET', `${ME}/threads/${String(first['threadId'])}?format=metadata`)
    expect(body.messages.map(({ id }: Parsed) => id)).toEqual([first['id'], second['id']])
    const headers: Parsed[] = body.messages[1].payload.headers
    expect(headers.find(({ name }) => name === 'In-Reply-To').value).toBe(
      body.messages[0].payload.headers.find(({ name }: Parsed) => name === 'Message-ID').value,
    )
  })

  it.each([
    ['', 3],
    ['q=subject:budget', 1],
    ['q=from:ines', 1],
    ['q=is:unread', 2],
    ['q=-is:unread', 1],
    ['q=in:inbox there', 1],
    ['q=newer_than:1d', 2],
    ['q=after:1767603600', 2],
    ['labelIds=STARRED', 1],
    ['labelIds=SPAM', 1],
    ['q=in:spam&includeSpamTrash=true', 1],
  ])('is found by %s: %i of them', async (query, count) => {
    receive({ subject: 'The budget', labels: ['INBOX', 'STARRED'] })
    await sandbox.control.advance(2 * DAY_MS)
    receive({ from: 'Ines <ines@example.com>', labels: ['INBOX', 'UNREAD'], text: 'Good morning' })
    receive({ text: 'Hello there', labels: ['INBOX', 'UNREAD'] })
    receive({ labels: ['SPAM'] })
    const path = `${ME}/messages?${query.replaceAll(' ', '%20').replace('1767603600', String(Date.parse('2026-01-06T00:00:00Z') / 1000))}`
    const { body } = await sandbox.call('GET', path)
    expect((body.messages ?? []).length).toBe(count)
  })

  it('is written as a draft, which is in the history too', async () => {
    const start = await historyId()
    const raw = Buffer.from('To: ben@example.com\r\nSubject: A draft\r\n\r\nHello').toString('base64url')
    const made = await sandbox.call('POST', `${ME}/drafts`, { message: { raw } })
    expect(made.body).toMatchObject({ id: expect.stringMatching(/^r-\d+$/), message: { labelIds: ['DRAFT'] } })
    expect((await get(made.body.message.id, 'full')).payload.headers).toContainEqual({
      name: 'Subject',
      value: 'A draft',
    })
    expect((await history(start)).body.history[0].messagesAdded[0].message.id).toBe(made.body.message.id)
    expect((await sandbox.call('GET', `${ME}/drafts`)).body.drafts).toHaveLength(1)
    expect((await sandbox.call('DELETE', `${ME}/drafts/${made.body.id}`)).status).toBe(204)
    expect((await sandbox.call('GET', `${ME}/drafts`)).body).toEqual({ resultSizeEstimate: 0 })
  })

  it('needs the scope for what is read of it', async () => {
    const { id } = receive()
    const token = sandbox.control.token('ana@example.com', ['https://www.googleapis.com/auth/gmail.metadata'])
    const ask = async (path: string) =>
      (await send(sandbox.urls.google + ME + path, 'GET', undefined, { authorization: `Bearer ${token}` })).status
    expect(await ask(`/messages/${String(id)}?format=metadata`)).toBe(200)
    expect(await ask(`/messages/${String(id)}?format=full`)).toBe(403)
    expect(await ask('/messages?q=hello')).toBe(403)
    expect(await ask('/messages')).toBe(200)
  })

  it('of somebody else is nobody’s business', async () => {
    sandbox.control.mutate({ do: 'account.add', email: 'ben@example.com' })
    expect((await sandbox.call('GET', '/gmail/v1/users/ben@example.com/profile')).status).toBe(403)
    expect((await sandbox.call('GET', '/gmail/v1/users/ana@example.com/profile')).status).toBe(200)
  })
})
