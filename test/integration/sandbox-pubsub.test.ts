import { createRemoteJWKSet, importX509, jwtVerify } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { openReceiver, type Receiver } from '../support/receiver.js'
import { openSandbox, send, type TestSandbox, type Parsed } from '../support/sandbox.js'

const TOPIC = '/v1/projects/ec-demo/topics/mail'
const SUBSCRIPTION = '/v1/projects/ec-demo/subscriptions/mail-sub'
const AGENT = 'serviceAccount:service-100000000001@gcp-sa-pubsub.iam.gserviceaccount.com'
const DAY_MS = 86_400_000

let sandbox: TestSandbox
let receiver: Receiver
beforeEach(async () => {
  sandbox = await openSandbox({ manners: { pull_wait_ms: 5_000 } })
  receiver = await openReceiver()
  await sandbox.call('PUT', TOPIC)
})

const nameOf = (path: string) => path.replace('/v1/', '')

async function subscribe(more: object = {}, path = SUBSCRIPTION) {
  const answer = await sandbox.call('PUT', path, { topic: nameOf(TOPIC), ...more })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body
}

async function publish(text: string): Promise<string> {
  const { body } = await sandbox.call('POST', `${TOPIC}:publish`, {
    messages: [{ data: Buffer.from(text).toString('base64') }],
  })
  await sandbox.control.settled()
  return body.messageIds[0]
}

async function pull(path = SUBSCRIPTION, more: object = { returnImmediately: true }): Promise<readonly Parsed[]> {
  return (await sandbox.call('POST', `${path}:pull`, { maxMessages: 10, ...more })).body.receivedMessages ?? []
}

const bodies = () => receiver.seen.map(({ body }) => JSON.parse(body))

const grant = (role: string) => ({ policy: { bindings: [{ role, members: [AGENT] }] } })

describe('a push subscription', () => {
  const oidcToken = { serviceAccountEmail: 'push@ec-demo.iam.gserviceaccount.com' }

  it('wraps the message, and signs for its endpoint by a key that is published', async () => {
    const pushEndpoint = `${receiver.url}/webhook/gmail?token=x`
    await subscribe({ pushConfig: { pushEndpoint, oidcToken } })
    const id = await publish('hello')
    const publishTime = '2026-01-05T09:00:00.000Z'
    expect(bodies()).toEqual([
      {
        message: {
          data: 'aGVsbG8=',
          attributes: {},
          messageId: id,
          message_id: id,
          publishTime,
          publish_time: publishTime,
        },
        subscription: 'projects/ec-demo/subscriptions/mail-sub',
      },
    ])
    const { headers, url } = receiver.seen[0]!
    expect(url).toBe('/webhook/gmail?token=x')
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'CloudPubSub-Google' })
    const token = headers.authorization?.replace('Bearer ', '') ?? ''
    const keys = createRemoteJWKSet(new URL(sandbox.urls.certs))
    const expected = {
      issuer: 'https://accounts.google.com',
      audience: pushEndpoint,
      currentDate: new Date(sandbox.clock.now()),
    }
    const { payload, protectedHeader } = await jwtVerify(token, keys, expected)
    expect(payload).toMatchObject({
      email: oidcToken.serviceAccountEmail,
      email_verified: true,
      exp: (payload.iat ?? 0) + 3600,
    })
    const { body } = await send(sandbox.urls.google + '/oauth2/v1/certs', 'GET')
    const certificate = await importX509(body[protectedHeader.kid ?? ''], 'RS256')
    await jwtVerify(token, certificate, expected)
    // After two turns the key is published no longer.
    for (let n = 0; n < 2; n++) sandbox.control.mutate({ do: 'keys.rotate' })
    expect(Object.keys((await send(sandbox.urls.google + '/oauth2/v1/certs', 'GET')).body)).not.toContain(
      protectedHeader.kid,
    )
  })

  it('can leave out the wrapper, and tell of the message in headers', async () => {
    await subscribe({ pushConfig: { pushEndpoint: receiver.url, noWrapper: { writeMetadata: true } } })
    const id = await publish('{"bare":true}')
    expect(bodies()).toEqual([{ bare: true }])
    expect(receiver.seen[0]!.headers).toMatchObject({
      'x-goog-pubsub-message-id': id,
      'x-goog-pubsub-subscription-name': 'projects/ec-demo/subscriptions/mail-sub',
    })
    expect(receiver.seen[0]!.headers).not.toHaveProperty('authorization')
  })

  it.each([102, 200, 201, 202, 204])('takes %i for an acknowledgement', async status => {
    if (status === 102) return
    await subscribe({ pushConfig: { pushEndpoint: receiver.url } })
    receiver.answer(status)
    await publish('x')
    await sandbox.control.advance(DAY_MS)
    expect(receiver.seen).toHaveLength(1)
  })

  it.each([301, 400, 401, 404, 500, 503, null])(
    'comes again after %s, the same message, with longer and longer waits (pitfall 57)',
    async status => {
      await subscribe({
        pushConfig: { pushEndpoint: receiver.url },
        retryPolicy: { minimumBackoff: '10s', maximumBackoff: '600s' },
      })
      receiver.answer(status)
      const id = await publish('x')
      const counts = []
      for (let n = 0; n < 4; n++) {
        await sandbox.control.advance(10_000)
        counts.push(receiver.seen.length)
      }
      expect(counts).toEqual([2, 2, 3, 3])
      receiver.answer(204)
      await sandbox.control.advance(DAY_MS)
      expect(receiver.seen).toHaveLength(4)
      expect(new Set(bodies().map(({ message }) => message.messageId))).toEqual(new Set([id]))
    },
  )

  it('comes again after the deadline when it was lost on the way', async () => {
    await subscribe({ pushConfig: { pushEndpoint: receiver.url }, ackDeadlineSeconds: 30 })
    sandbox.control.fault({ on: 'push', kind: 'drop', times: 1, match: { subscription: 'mail-sub' } })
    await publish('x')
    await sandbox.control.advance(29_999)
    expect(receiver.seen).toHaveLength(0)
    await sandbox.control.advance(1)
    expect(receiver.seen).toHaveLength(1)
  })

  it('comes twice with one id, and out of order, where that is ordered', async () => {
    await subscribe({ pushConfig: { pushEndpoint: receiver.url } })
    sandbox.control.fault({ on: 'push', kind: 'duplicate', times: 1 })
    const one = await publish('1')
    sandbox.control.fault({ on: 'push', kind: 'reorder', times: 1 })
    const two = await publish('2')
    const three = await publish('3')
    expect(bodies().map(({ message }) => message.messageId)).toEqual([one, one, three, two])
  })

  it('buries what was not taken so often, when its service agent may', async () => {
    await sandbox.call('PUT', '/v1/projects/ec-demo/topics/dead')
    await subscribe({ topic: 'projects/ec-demo/topics/dead' }, '/v1/projects/ec-demo/subscriptions/dead-sub')
    const deadLetterPolicy = { deadLetterTopic: 'projects/ec-demo/topics/dead', maxDeliveryAttempts: 5 }
    await subscribe({ pushConfig: { pushEndpoint: receiver.url }, deadLetterPolicy })
    receiver.answer(500)
    const id = await publish('poison')
    await sandbox.control.advance(60_000)
    // Without the grant it goes on for ever.
    expect(receiver.seen.length).toBeGreaterThan(5)
    expect(
      bodies()
        .slice(0, 3)
        .map(({ deliveryAttempt }) => deliveryAttempt),
    ).toEqual([1, 2, 3])
    await sandbox.call('POST', '/v1/projects/ec-demo/topics/dead:setIamPolicy', grant('roles/pubsub.publisher'))
    await sandbox.call('POST', `${SUBSCRIPTION}:setIamPolicy`, grant('roles/pubsub.subscriber'))
    await sandbox.control.advance(120_000)
    const before = receiver.seen.length
    await sandbox.control.advance(DAY_MS)
    expect(receiver.seen).toHaveLength(before)
    const [buried] = await pull('/v1/projects/ec-demo/subscriptions/dead-sub')
    expect(buried.message).toMatchObject({
      data: Buffer.from('poison').toString('base64'),
      attributes: { CloudPubSubDeadLetterSourceSubscription: 'mail-sub' },
    })
    expect(buried.message.messageId).not.toBe(id)
  })

  it('gives up what is older than its retention', async () => {
    await subscribe({ pushConfig: { pushEndpoint: receiver.url }, messageRetentionDuration: '600s' })
    receiver.answer(500)
    await publish('x')
    await sandbox.control.advance(600_000)
    const before = receiver.seen.length
    await sandbox.control.advance(DAY_MS)
    expect(receiver.seen.length - before).toBeLessThanOrEqual(1)
  })

  it('cannot be pulled from, until its endpoint is taken away; then the other way round', async () => {
    await subscribe({ pushConfig: { pushEndpoint: receiver.url } })
    expect((await sandbox.call('POST', `${SUBSCRIPTION}:pull`, { maxMessages: 1 })).body.error).toMatchObject({
      code: 400,
      status: 'FAILED_PRECONDITION',
    })
    await sandbox.call('POST', `${SUBSCRIPTION}:modifyPushConfig`, { pushConfig: {} })
    await publish('x')
    expect(receiver.seen).toHaveLength(0)
    await sandbox.call('POST', `${SUBSCRIPTION}:modifyPushConfig`, { pushConfig: { pushEndpoint: receiver.url } })
    await sandbox.control.settled()
    expect(receiver.seen).toHaveLength(1)
  })
})

describe('a pull subscription', () => {
  beforeEach(() => subscribe())

  it('gives a message until it is acknowledged, and again when the deadline was missed', async () => {
    const id = await publish('x')
    const [first] = await pull()
    expect(first.message).toEqual({ data: 'eA==', messageId: id, publishTime: '2026-01-05T09:00:00.000Z' })
    expect(await pull()).toEqual([])
    await sandbox.control.advance(10_000)
    const [second] = await pull()
    expect(second.message.messageId).toBe(id)
    expect(second.ackId).not.toBe(first.ackId)
    // The first has come too late, and is passed over.
    expect((await sandbox.call('POST', `${SUBSCRIPTION}:acknowledge`, { ackIds: [first.ackId] })).body).toEqual({})
    await sandbox.control.advance(10_000)
    const [third] = await pull()
    await sandbox.call('POST', `${SUBSCRIPTION}:acknowledge`, { ackIds: [third.ackId] })
    await sandbox.control.advance(DAY_MS)
    expect(await pull()).toEqual([])
  })

  it('holds a message longer, or gives it back at once', async () => {
    await publish('x')
    const [{ ackId }] = await pull()
    const modify = (ackIds: string[], ackDeadlineSeconds: number) =>
      sandbox.call('POST', `${SUBSCRIPTION}:modifyAckDeadline`, { ackIds, ackDeadlineSeconds })
    await modify([ackId], 600)
    await sandbox.control.advance(599_000)
    expect(await pull()).toEqual([])
    await modify([ackId], 0)
    expect(await pull()).toHaveLength(1)
  })

  it('waits for a message, and says {} when none came', async () => {
    const waiting = sandbox.call('POST', `${SUBSCRIPTION}:pull`, { maxMessages: 1 })
    const isAsked = () => sandbox.control.log().some(({ operation }) => operation.endsWith('.pull'))
    while (!isAsked()) await new Promise(resolve => setImmediate(resolve))
    await publish('x')
    expect((await waiting).body.receivedMessages).toHaveLength(1)
    const vain = sandbox.call('POST', `${SUBSCRIPTION}:pull`, { maxMessages: 1 })
    const asked = () => sandbox.control.log().filter(({ operation }) => operation.endsWith('.pull')).length
    while (asked() < 2) await new Promise(resolve => setImmediate(resolve))
    await sandbox.control.advance(5_000)
    expect((await vain).body).toEqual({})
  })

  it('is deleted after 31 days without use, unless it was told never to (pitfall 62)', async () => {
    await subscribe({ expirationPolicy: {} }, '/v1/projects/ec-demo/subscriptions/for-ever')
    await sandbox.control.advance(31 * DAY_MS)
    expect((await sandbox.call('GET', SUBSCRIPTION)).status).toBe(404)
    expect((await sandbox.call('GET', '/v1/projects/ec-demo/subscriptions/for-ever')).body.expirationPolicy).toEqual({})
  })

  it('is changed by what the mask names', async () => {
    const subscription = { ackDeadlineSeconds: 60, expirationPolicy: {}, labels: { a: 'b' } }
    const patch = (updateMask: string) => sandbox.call('PATCH', SUBSCRIPTION, { subscription, updateMask })
    expect((await patch('ackDeadlineSeconds,expirationPolicy')).body).toMatchObject({
      ackDeadlineSeconds: 60,
      expirationPolicy: {},
    })
    expect((await patch('')).status).toBe(400)
    expect((await sandbox.call('GET', SUBSCRIPTION)).body).not.toHaveProperty('labels')
  })
})

describe('names and rights', () => {
  it.each([
    ['PUT', TOPIC, {}, 409, 'ALREADY_EXISTS'],
    ['PUT', '/v1/projects/ec-demo/topics/1x', {}, 400, 'INVALID_ARGUMENT'],
    ['GET', '/v1/projects/ec-demo/topics/none', undefined, 404, 'NOT_FOUND'],
    ['PUT', SUBSCRIPTION, { topic: 'projects/ec-demo/topics/none' }, 404, 'NOT_FOUND'],
    ['PUT', SUBSCRIPTION, { topic: 'none' }, 400, 'INVALID_ARGUMENT'],
    ['PUT', SUBSCRIPTION, { topic: 'projects/ec-demo/topics/mail', ackDeadlineSeconds: 5 }, 400, 'INVALID_ARGUMENT'],
    [
      'PUT',
      SUBSCRIPTION,
      { topic: 'projects/ec-demo/topics/mail', pushConfig: { pushEndpoint: 'http://ec.example.org' } },
      400,
      'INVALID_ARGUMENT',
    ],
    [
      'PUT',
      SUBSCRIPTION,
      { topic: 'projects/ec-demo/topics/mail', deadLetterPolicy: { deadLetterTopic: 'x', maxDeliveryAttempts: 4 } },
      400,
      'INVALID_ARGUMENT',
    ],
    ['POST', `${SUBSCRIPTION}:pull`, { maxMessages: 1 }, 404, 'NOT_FOUND'],
    ['POST', `${TOPIC}:publish`, {}, 400, 'INVALID_ARGUMENT'],
  ])('%s %s with %j is answered %i', async (method, path, body, status, said) => {
    const answer = await sandbox.call(method, path, body)
    expect([answer.status, answer.body.error.status]).toEqual([status, said])
  })

  it('are read, changed and written, and a policy of before is refused', async () => {
    const path = `${TOPIC}:getIamPolicy`
    const before = (await sandbox.call('GET', path)).body
    const bindings = [
      { role: 'roles/pubsub.publisher', members: ['serviceAccount:gmail-api-push@system.gserviceaccount.com'] },
    ]
    const set = (policy: object) => sandbox.call('POST', `${TOPIC}:setIamPolicy`, { policy })
    expect((await set({ ...before, bindings })).body.bindings).toEqual(bindings)
    expect((await sandbox.call('GET', path)).body.bindings).toEqual(bindings)
    expect((await set({ ...before, bindings: [] })).body.error.status).toBe('ABORTED')
    expect((await set({ bindings: [{ role: 'owner', members: ['ana'] }] })).status).toBe(400)
    sandbox.control.manners({ restricted_sharing: true })
    expect((await set({ bindings })).body.error).toMatchObject({ code: 400, status: 'FAILED_PRECONDITION' })
  })

  it('are listed by project', async () => {
    await subscribe()
    expect((await sandbox.call('GET', '/v1/projects/ec-demo/topics')).body.topics).toHaveLength(1)
    expect((await sandbox.call('GET', '/v1/projects/ec-demo/subscriptions')).body.subscriptions).toHaveLength(1)
    expect((await sandbox.call('GET', '/v1/projects/ec-other/topics')).body).toEqual({})
  })
})
