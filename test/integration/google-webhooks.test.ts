import { DEFAULT_CONFIG } from '#ec/core/config.js'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { NotificationRow } from '#ec/client.js'
import { fixtureRequest } from '#ec/core/fixture.js'
import { loadProvider } from '#ec/providers/index.js'
import { openAgent, type TestAgent } from '../support/agent.js'
import { readFixtures, type FixtureFile } from '../support/fixture-files.js'
import {
  claimsAt,
  envelopeOf,
  jwksOf,
  makeKey,
  makeToken,
  SERVICE_ACCOUNT,
  type TestKey,
} from '../support/google-token.js'
import { openStandIn } from '../support/stand-in.js'
import { aResource } from '../support/webhook.js'

const PUBLIC_URL = 'https://ec.example.org'
const DATA = '{"emailAddress":"ana@example.com","historyId":18446744073709551615}'

let google: TestKey
beforeAll(async () => {
  google = await makeKey('google-1')
})

async function post(url: string, headers: Readonly<Record<string, string>>, body: string | Uint8Array = '') {
  const response = await fetch(url, { method: 'POST', headers, body })
  const text = await response.text()
  const problem: { code?: string; hint?: string } = text === '' ? {} : JSON.parse(text)
  return { status: response.status, text, problem, retryAfter: response.headers.get('retry-after') }
}

/** The notifications of a resource, once there are so many and none waits for its turn. */
async function settled({ client }: TestAgent, resource: string, count: number): Promise<readonly NotificationRow[]> {
  return await vi.waitFor(async () => {
    const { notifications } = await client.notifications.list({ resource })
    expect(notifications).toHaveLength(count)
    expect(notifications.filter(({ state }) => state === 'accepted')).toEqual([])
    return notifications
  }, WAIT)
}

const WAIT = { interval: 20, timeout: 5_000 } as const

function channel(id: string, token: string, number: string, state = 'exists'): Record<string, string> {
  return {
    'x-goog-channel-id': id,
    'x-goog-channel-token': token,
    'x-goog-message-number': number,
    'x-goog-resource-id': 'resource-1',
    'x-goog-resource-state': state,
  }
}

describe('a calendar channel', () => {
  it('is answered 202, told of once, and its first message only recorded', async () => {
    const agent = await openAgent()
    const { id, secret } = await agent.client.resources.add({ provider: 'google-calendar', user: 'ana', name: 'Work' })
    const url = `${agent.url}/webhooks/google-calendar/${id}`
    const token = secret ?? ''
    expect(token).not.toBe('')
    expect(await post(url, channel('c1', token, '1', 'sync'))).toMatchObject({ status: 202, text: '' })
    for (let n = 0; n < 2; n++) expect((await post(url, channel('c1', token, '7'))).status).toBe(202)
    expect((await post(url, channel('c1', token, '9', 'not_exists'))).status).toBe(202)
    const notifications = await settled(agent, id, 3)
    expect(notifications.map(({ key, kind, state }) => [key, kind, state])).toEqual([
      ['c1:1', 'sync', 'processed'],
      ['c1:7', 'exists', 'processed'],
      ['c1:9', 'not_exists', 'processed'],
    ])
    const { events } = await agent.client.events.list({ user: 'ana' })
    expect(events.map(({ type, level }) => [type, level])).toEqual([
      ['calendar.changed', 'info'],
      ['calendar.changed', 'warning'],
    ])
  })

  it('never shows its token again', async () => {
    const agent = await openAgent()
    const settings = { token: 'a token that nobody may see', channel_id: 'c1' }
    const { id, ...made } = await agent.client.resources.add({ provider: 'google-calendar', user: 'ana', settings })
    expect(made).toMatchObject({ settings: { channel_id: 'c1' }, has_secret: true })
    const url = `${agent.url}/webhooks/google-calendar/${id}`
    await post(url, channel('c1', settings.token, '2'))
    await post(url, channel('c1', 'wrong', '3'))
    await post(url, channel('c1', settings.token, 'x'))
    const notifications = await settled(agent, id, 3)
    expect(notifications.map(({ state, reason }) => [state, reason])).toEqual([
      ['processed', undefined],
      ['quarantined', 'EC_SIGNATURE_INVALID'],
      ['quarantined', 'EC_NOTIFICATION_MALFORMED'],
    ])
    const all = await Promise.all([
      agent.client.resources.list(),
      agent.client.events.list({ user: 'ana' }),
      ...notifications.flatMap(row => [agent.client.notifications.get(row.id), agent.client.notifications.why(row.id)]),
    ])
    expect(JSON.stringify(all)).not.toContain(settings.token)
  })

  it.each(['/webhook/calendar', '/webhook/google-calendar'])('finds its resource by %s', async path => {
    const agent = await openAgent()
    const add = (settings: Readonly<Record<string, string>>) =>
      agent.client.resources.add({ provider: 'google-calendar', user: 'ana', settings })
    const one = await add({ channel_id: 'c1', token: 'shared' })
    const two = await add({ channel_id: 'c2', token: 'shared' })
    const any = await add({ token: 'own' })
    const url = agent.url + path
    expect((await post(url, channel('c2', 'shared', '5'))).status).toBe(202)
    expect((await post(url, channel('c1', 'shared', '5'))).status).toBe(202)
    expect((await post(url, channel('c3', 'own', '5'))).status).toBe(202)
    expect((await post(url, channel('c3', 'shared', '6'))).status).toBe(401)
    expect((await post(url, channel('c1', 'wrong', '6'))).status).toBe(401)
    for (const [{ id }, key] of [
      [one, 'c1:5'],
      [two, 'c2:5'],
      [any, 'c3:5'],
    ] as const) {
      const { notifications } = await agent.client.notifications.list({ resource: id })
      expect(notifications.filter(row => row.state !== 'quarantined').map(row => row.key)).toEqual([key])
    }
  })
})

/** An agent whose Google publishes what it is told to; null = it fails. */
async function openGmail() {
  let keys: string | null = jwksOf(google)
  const server = await openStandIn((_request, response) => {
    if (keys === null) response.writeHead(404).end()
    else response.end(keys)
  })
  const agent = await openAgent({ google: { ...DEFAULT_CONFIG.google, certs_url: server.url } }, PUBLIC_URL)
  const add = (email: string) =>
    agent.client.resources.add({
      provider: 'gmail',
      user: 'ana',
      settings: { email, service_account: SERVICE_ACCOUNT },
    })
  return { agent, server, add, publish: (text: string | null) => void (keys = text) }
}

async function signedFor(aud: string, claims: object = {}): Promise<Record<string, string>> {
  return {
    authorization: `Bearer ${await makeToken(google, { ...claimsAt(Date.now()), aud, ...claims })}`,
    'content-type': 'application/json',
  }
}

describe('a push of Gmail', () => {
  it('is answered 204 and told of once; what cannot be used is 204 too, and set aside', async () => {
    const { agent, server, add } = await openGmail()
    const { id, webhook_url: aud, ...made } = await add('ana@example.com')
    expect(made).not.toHaveProperty('secret')
    const url = `${agent.url}/webhooks/gmail/${id}`
    const headers = await signedFor(aud)
    for (let n = 0; n < 2; n++)
      expect(await post(url, headers, envelopeOf(DATA, '1'))).toMatchObject({ status: 204, text: '' })
    expect((await post(url, headers, envelopeOf(DATA.replace('ana', 'ben'), '2'))).status).toBe(204)
    expect((await post(url, headers, '<html>')).status).toBe(204)
    const unwrapped = { ...headers, 'x-goog-pubsub-message-id': '3' }
    expect((await post(url, unwrapped, DATA)).status).toBe(204)
    const notifications = await settled(agent, id, 4)
    expect(notifications.map(({ key, kind, state, reason }) => [key, kind, state, reason])).toEqual([
      ['1', 'history', 'processed', undefined],
      ['', '', 'quarantined', 'EC_NOTIFICATION_MALFORMED'],
      ['', '', 'quarantined', 'EC_NOTIFICATION_MALFORMED'],
      ['3', 'history', 'processed', undefined],
    ])
    const { events } = await agent.client.events.list({ user: 'ana' })
    expect(events.map(({ type, data }) => [type, data?.['history_id'], data?.['message_id']])).toEqual([
      ['mail.changed', '18446744073709551615', '1'],
      ['mail.changed', '18446744073709551615', '3'],
    ])
    const record = await agent.client.notifications.get(notifications[0]?.id ?? '')
    expect(Object.keys(record.headers ?? {})).not.toContain('authorization')
    expect(server.seen).toHaveLength(1)
  })

  it('is refused with 401 when its token is not right, and the owner is told why', async () => {
    const { agent, add } = await openGmail()
    const { id, webhook_url: aud } = await add('ana@example.com')
    const url = `${agent.url}/webhooks/gmail/${id}`
    expect(await post(url, {}, envelopeOf(DATA))).toMatchObject({
      status: 401,
      problem: { code: 'EC_SIGNATURE_MISSING' },
    })
    const wrong = await signedFor(aud, { email: 'push@ben-demo.iam.gserviceaccount.com' })
    expect(await post(url, wrong, envelopeOf(DATA))).toMatchObject({
      status: 401,
      problem: { code: 'EC_SIGNATURE_INVALID' },
    })
    const { notifications } = await agent.client.notifications.list({ resource: id })
    const { sentences } = await agent.client.notifications.why(notifications[1]?.id ?? '')
    expect(sentences.join('\n')).toContain('the token is of push@ben-demo.iam.gserviceaccount.com; expected is push@ec')
  })

  it('is asked to come again while no keys can be had, and kept nowhere', async () => {
    const { agent, add, publish } = await openGmail()
    const { id, webhook_url: aud } = await add('ana@example.com')
    publish(null)
    const answer = await post(`${agent.url}/webhooks/gmail/${id}`, await signedFor(aud), envelopeOf(DATA))
    expect(answer).toMatchObject({ status: 503, problem: { code: 'EC_KEYS_UNAVAILABLE' }, retryAfter: '10' })
    expect((await agent.client.notifications.list({ resource: id })).notifications).toEqual([])
  })

  it('finds its resource by /webhook/gmail and the mailbox', async () => {
    const { agent, add } = await openGmail()
    const ana = await add('ana@example.com')
    const ben = await add('ben@example.com')
    const url = `${agent.url}/webhook/gmail?token=x`
    const headers = await signedFor(`${PUBLIC_URL}/webhook/gmail?token=x`)
    expect((await post(url, headers, envelopeOf(DATA, '1'))).status).toBe(204)
    expect((await post(url, headers, envelopeOf(DATA.replace('ana', 'ben'), '2'))).status).toBe(204)
    expect((await post(url, headers, envelopeOf(DATA.replace('ana', 'eve'), '3'))).status).toBe(401)
    expect((await post(url, headers, '<html>')).status).toBe(204)
    expect((await post(url, {}, envelopeOf(DATA, '4'))).status).toBe(401)
    const keysOf = async (id: string) =>
      (await agent.client.notifications.list({ resource: id })).notifications.map(({ key }) => key).filter(Boolean)
    expect(await keysOf(ana.id)).toEqual(['1'])
    expect(await keysOf(ben.id)).toEqual(['2'])
  })
})

describe.each(['google-calendar', 'gmail'])('the fixtures of %s', provider => {
  it('are answered as they say by a live agent, today', async () => {
    const agent = await openAgent()
    for (const file of readFixtures(provider)) await replay(agent, file)
  })
})

async function replay(agent: TestAgent, { name, fixture }: FixtureFile): Promise<void> {
  const { provider: id, resource, secret, sign, expect: expected } = fixture
  const provider = await loadProvider(id)
  const hasSecret = provider.receiver?.proof !== 'key' && secret !== undefined
  const made = await agent.client.resources.add({
    provider: id,
    user: 'ana',
    settings: resource.set,
    ...(hasSecret ? { secret } : {}),
  })
  const request = fixtureRequest(fixture, made.id)
  const signed =
    sign === 'at-replay'
      ? await provider.sign?.(request, [secret ?? ''], aResource(id, resource.set), Date.now())
      : undefined
  const { status } = await post(agent.url + request.url, { ...request.headers, ...signed?.headers }, request.body)
  expect(status, name).toBe(expected.status)
  const count = expected.notifications?.length ?? 0
  if (count === 0) return
  expect(await settled(agent, made.id, count), name).toMatchObject(expected.notifications ?? [])
}
