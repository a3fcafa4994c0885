import { describe, expect, it, onTestFinished } from 'vitest'
import type { Account } from '#ec/core/account.js'
import { gmail } from '#ec/providers/gmail/index.js'
import type { RefusedItem, StreamedItem } from '#ec/providers/provider.js'
import { anAccount, openAccountContext } from '../support/account-context.js'
import { openSandbox, type TestSandbox } from '../support/sandbox.js'
import { until } from '../support/until.js'

const TOPIC = 'projects/ec-demo/topics/ec-gmail'
const SUBSCRIPTION = 'projects/ec-demo/subscriptions/ec-gmail'
const SETTINGS = { delivery: 'pull', subscription: SUBSCRIPTION, topic: TOPIC }

/** A topic that Gmail publishes to, with a subscription to pull from, and the watch of ana's mailbox. */
async function openMail(): Promise<TestSandbox> {
  const sandbox = await openSandbox({ manners: { gmail_gap_ms: 0 } })
  await sandbox.call('PUT', `/v1/${TOPIC}`)
  const members = ['serviceAccount:gmail-api-push@system.gserviceaccount.com']
  await sandbox.call('POST', `/v1/${TOPIC}:setIamPolicy`, {
    policy: { bindings: [{ role: 'roles/pubsub.publisher', members }] },
  })
  await sandbox.call('PUT', `/v1/${SUBSCRIPTION}`, { topic: TOPIC, expirationPolicy: {}, ackDeadlineSeconds: 10 })
  await sandbox.call('POST', '/gmail/v1/users/me/watch', { topicName: TOPIC, labelIds: ['INBOX'] })
  return sandbox
}

interface Pulled {
  readonly items: StreamedItem[]
  readonly refused: RefusedItem[]
  /** Resolves as the stream ended. */
  readonly ended: Promise<unknown>
  stop(): void
}

function pull(sandbox: TestSandbox, fail: () => boolean = () => false): Pulled {
  const stopper = new AbortController()
  const ctx = openAccountContext({
    baseUrl: sandbox.urls.google,
    token: sandbox.control.token(),
    provider: 'gmail',
    cause: 'pull',
    account: { settings: SETTINGS },
    signal: stopper.signal,
  })
  const items: StreamedItem[] = []
  const refused: RefusedItem[] = []
  const run = gmail.stream?.run(ctx, async (some, useless) => {
    if (fail()) throw new Error('the disk is full')
    items.push(...some)
    refused.push(...useless)
  })
  const ended = Promise.resolve(run).then(
    () => null,
    (error: unknown) => error,
  )
  onTestFinished(() => stopper.abort())
  return { items, refused, ended, stop: () => stopper.abort() }
}

function requests({ control }: TestSandbox, operation: string): number {
  return control.log().filter(entry => entry.kind === 'request' && entry.operation === operation).length
}

describe('pulling what Gmail announces', () => {
  it('hands it on as a push would come, and acknowledges it then', async () => {
    const sandbox = await openMail()
    const { items } = pull(sandbox)
    await until(
      () => items,
      ({ length }) => length === 1,
    )
    sandbox.control.mutate({ do: 'mail.receive' })
    await until(
      () => items,
      ({ length }) => length === 2,
    )
    expect(items[1]).toMatchObject({ kind: 'history', target: 'ana@example.com', key: expect.stringMatching(/^\d+$/) })
    const { body, headers } = items[1] ?? {}
    if (body === undefined || headers === undefined) throw new Error('nothing came')
    const request = { method: 'POST', url: '/', headers, body, remoteAddress: '' }
    const resource = { settings: { email: 'ana@example.com' } }
    expect(gmail.receiver?.parse(request, { ...ANY, ...resource }, [])).toEqual({
      ok: true,
      items: [{ key: items[1]?.key, kind: 'history' }],
    })
    await until(
      () => requests(sandbox, 'pubsub.subscriptions.acknowledge'),
      count => count === 2,
    )
  })

  it('gets again what could not be made durable, and breaks so that whoever holds it waits', async () => {
    const sandbox = await openMail()
    let isFull = true
    const first = pull(sandbox, () => isFull)
    expect(await first.ended).toMatchObject({ message: 'the disk is full' })
    expect(requests(sandbox, 'pubsub.subscriptions.modifyAckDeadline')).toBe(1)
    isFull = false
    const second = pull(sandbox, () => isFull)
    await until(
      () => requests(sandbox, 'pubsub.subscriptions.pull'),
      count => count === 2,
    )
    await sandbox.control.advance(10_000)
    await until(
      () => second.items,
      ({ length }) => length === 1,
    )
  })

  it('has the same key again when the acknowledgement was lost', async () => {
    const sandbox = await openMail()
    sandbox.control.fault({ on: 'request', kind: 'refuse', match: { path: ':acknowledge' }, times: 1 })
    const first = pull(sandbox)
    expect(await first.ended).toMatchObject({ code: 'EC_PROVIDER' })
    const second = pull(sandbox)
    await until(
      () => requests(sandbox, 'pubsub.subscriptions.pull'),
      count => count === 2,
    )
    await sandbox.control.advance(11_000)
    await until(
      () => second.items,
      ({ length }) => length === 1,
    )
    expect(second.items.map(({ key }) => key)).toEqual(first.items.map(({ key }) => key))
  })

  it('sets aside what nobody can read, so that it does not come again', async () => {
    const sandbox = await openMail()
    const { items, refused } = pull(sandbox)
    const data = Buffer.from('{"emailAddress":17}').toString('base64')
    await sandbox.call('POST', `/v1/${TOPIC}:publish`, { messages: [{ data }, { attributes: { a: 'b' } }] })
    await until(
      () => refused,
      ({ length }) => length === 2,
    )
    await until(
      () => [requests(sandbox, 'pubsub.subscriptions.pull'), requests(sandbox, 'pubsub.subscriptions.acknowledge')],
      ([pulls = 0, acknowledged]) => acknowledged === pulls - 1,
    )
    await sandbox.control.advance(60_000)
    expect(refused).toHaveLength(2)
    expect(refused[0]).toMatchObject({ reason: 'EC_NOTIFICATION_MALFORMED' })
    expect(items).toHaveLength(1)
  })

  it('ends with its signal, and says what it is not allowed', async () => {
    const sandbox = await openMail()
    const { stop, ended, items } = pull(sandbox)
    await until(
      () => items,
      ({ length }) => length === 1,
    )
    stop()
    await ended
    await sandbox.call('DELETE', `/v1/${SUBSCRIPTION}`)
    expect(await pull(sandbox).ended).toMatchObject({ code: 'EC_TARGET_GONE' })
  })

  it('is for accounts that are set up so', () => {
    expect(keyOf(SETTINGS)).toBe(SUBSCRIPTION)
    expect(keyOf({ ...SETTINGS, delivery: 'push' })).toBeNull()
    expect(keyOf({ delivery: 'pull', shared: 'another' })).toBeNull()
    expect(keyOf({})).toBeNull()
  })
})

const ANY = {
  id: '0192f0c1-7d1e-7c3a-9a51-3f6a2b1c0d9e',
  provider: 'gmail',
  userId: 'ana',
  name: 'Mail',
  settings: {},
  state: 'starting',
  paused: false,
  hasSecret: false,
  accountId: null,
  target: null,
  createdAt: 0,
  lastNotificationAt: null,
} as const

function keyOf(settings: Account['settings']) {
  return gmail.stream?.keyOf(anAccount({ settings }))
}
