import { describe, expect, it } from 'vitest'
import type { Account } from '#ec/core/account.js'
import { openAccountWorld, type AccountWorld } from '../support/account-world.js'

const GIVEN = { project: 'ec-demo' }
const SERVICE_ACCOUNT = 'push@ec-demo.iam.gserviceaccount.com'

/** Does all that is to be done, as the command does. */
async function setUp({ api }: AccountWorld, { id }: Account, given: Readonly<Record<string, string>> = GIVEN) {
  const steps = await api.checkSetup(id, given)
  const done: string[] = []
  for (const step of steps) {
    const before = step.result.state
    const { result } = await api.doSetup(id, step.id, given)
    done.push(`${step.id}: ${before} ${result.state}`)
  }
  return done
}

async function undo({ api }: AccountWorld, { id }: Account) {
  const steps = await api.checkSetup(id, {})
  for (const step of steps.toReversed()) await api.undoSetup(id, step.id)
}

async function openMailWorld(options: Parameters<typeof openAccountWorld>[0] = {}) {
  const world = await openAccountWorld(options)
  const account = await world.signIn({ setup: true })
  const settings = async () => (await world.store.getAccount(account.id))?.settings ?? {}
  return { world, account, settings }
}

/** What there is at Pub/Sub. */
async function things({ sandbox }: AccountWorld) {
  const topics = await sandbox.call('GET', '/v1/projects/ec-demo/topics')
  const subscriptions = await sandbox.call('GET', '/v1/projects/ec-demo/subscriptions')
  const names = [...(topics.body.topics ?? []), ...(subscriptions.body.subscriptions ?? [])].map(({ name }) => name)
  return names.map(name => String(name).replace('projects/ec-demo/', '')).sort()
}

describe('setting Google up', () => {
  it('makes a topic, lets Gmail publish, keeps what cannot be delivered, and pulls without a public URL', async () => {
    const { world, account, settings } = await openMailWorld()
    expect(await setUp(world, account)).toEqual([
      'calendar-api: done done',
      'gmail-api: done done',
      'topic: todo done',
      'publisher: todo done',
      'dead-letters: todo done',
      'subscription: todo done',
    ])
    const name = `ec-gmail-${account.id.slice(-8)}`
    expect(await things(world)).toEqual(
      [`subscriptions/${name}`, 'subscriptions/ec-gmail-dead', 'topics/ec-gmail', 'topics/ec-gmail-dead'].toSorted(),
    )
    expect(await settings()).toMatchObject({
      project: 'ec-demo',
      topic: 'projects/ec-demo/topics/ec-gmail',
      subscription: `projects/ec-demo/subscriptions/${name}`,
      delivery: 'pull',
    })
    const { body } = await world.sandbox.call('GET', `/v1/projects/ec-demo/subscriptions/${name}`)
    expect(body).toMatchObject({
      pushConfig: {},
      expirationPolicy: {},
      deadLetterPolicy: { deadLetterTopic: 'projects/ec-demo/topics/ec-gmail-dead' },
    })
    expect(body.expirationPolicy).not.toHaveProperty('ttl')
  })

  it('does nothing a second time', async () => {
    const { world, account } = await openMailWorld()
    await setUp(world, account)
    const before = world.sandbox.control.log().filter(({ method }) => method !== 'GET').length
    expect((await setUp(world, account)).every(line => line.endsWith('done done'))).toBe(true)
    expect(world.sandbox.control.log().filter(({ method }) => method !== 'GET')).toHaveLength(before)
  })

  it('is pushed where we are reached and it is known who signs', async () => {
    const { world, account, settings } = await openMailWorld({ publicUrl: 'https://ec.example.org' })
    await setUp(world, account, { ...GIVEN, service_account: SERVICE_ACCOUNT })
    const { subscription = '' } = await settings()
    const { body } = await world.sandbox.call('GET', `/v1/${subscription}`)
    expect(body.pushConfig).toEqual({
      pushEndpoint: 'https://ec.example.org/webhook/gmail',
      oidcToken: { serviceAccountEmail: SERVICE_ACCOUNT, audience: 'https://ec.example.org/webhook/gmail' },
    })
    expect(await settings()).toMatchObject({ delivery: 'push', audience: 'https://ec.example.org/webhook/gmail' })
  })

  it('turns a subscription that pulls into one that pushes, and tells the resources whom to believe', async () => {
    const { world, account, settings } = await openMailWorld({ publicUrl: 'https://ec.example.org' })
    const { id } = await world.store.addResource({
      id: '0192f0c1-7d1e-7c3a-9a51-3f6a2b1c0d9e',
      provider: 'gmail',
      userId: 'ana',
      name: 'Mail',
      settings: { announce: 'all' },
      secrets: [],
      createdAt: 0,
      source: { accountId: account.id, target: 'ana@example.com' },
    })
    await setUp(world, account)
    expect(await settings()).toMatchObject({ delivery: 'pull' })
    expect(await setUp(world, account, { ...GIVEN, service_account: SERVICE_ACCOUNT })).toContain(
      'subscription: todo done',
    )
    expect(await settings()).toMatchObject({ delivery: 'push' })
    expect((await world.store.getResource(id))?.settings).toEqual({
      announce: 'all',
      email: 'ana@example.com',
      service_account: SERVICE_ACCOUNT,
      audience: 'https://ec.example.org/webhook/gmail',
    })
  })

  it('mends a subscription that would expire', async () => {
    const { world, account, settings } = await openMailWorld()
    await setUp(world, account)
    const { subscription = '' } = await settings()
    await world.sandbox.call('PATCH', `/v1/${subscription}`, {
      subscription: { name: subscription, expirationPolicy: { ttl: '2678400s' } },
      updateMask: 'expirationPolicy',
    })
    expect(await setUp(world, account)).toContain('subscription: todo done')
    const { body } = await world.sandbox.call('GET', `/v1/${subscription}`)
    expect(body.expirationPolicy).toEqual({})
  })

  it('takes back what it made, and nothing that was there before', async () => {
    const { world, account } = await openMailWorld()
    await world.sandbox.call('PUT', '/v1/projects/ec-demo/topics/ec-gmail')
    await setUp(world, account)
    await undo(world, account)
    expect(await things(world)).toEqual(['topics/ec-gmail'])
    const { body } = await world.sandbox.call('GET', '/v1/projects/ec-demo/topics/ec-gmail:getIamPolicy')
    expect(body.bindings).toEqual([])
    await undo(world, account)
    expect((await setUp(world, account)).filter(line => line.includes('todo'))).toHaveLength(4)
  })

  it('says what an organisation forbids, and what an administrator can do', async () => {
    const { world, account } = await openMailWorld({ manners: { restricted_sharing: true } })
    await world.api.doSetup(account.id, 'topic', GIVEN)
    await expect(world.api.doSetup(account.id, 'publisher', GIVEN)).rejects.toMatchObject({
      code: 'EC_ORG_POLICY',
      hint: expect.stringContaining('Domain restricted sharing'),
    })
  })

  it('names the API that is to be enabled', async () => {
    const { world, account } = await openMailWorld({ manners: { disabled_apis: ['gmail', 'pubsub'] } })
    const steps = await world.api.checkSetup(account.id, GIVEN)
    expect(steps.map(({ id, result }) => [id, result.state])).toEqual([
      ['calendar-api', 'done'],
      ['gmail-api', 'manual'],
      ['topic', 'manual'],
      ['publisher', 'manual'],
      ['dead-letters', 'todo'],
      ['subscription', 'manual'],
    ])
    expect(steps[1]?.result).toMatchObject({
      next: expect.stringContaining('https://console.developers.google.com/apis/api/'),
    })
  })

  it('asks for the project, and for nothing without the right to it', async () => {
    const { world, account } = await openMailWorld()
    const [, , topic] = await world.api.checkSetup(account.id, {})
    expect(topic?.result).toMatchObject({ state: 'manual', next: expect.stringContaining('--project') })
    const plain = await world.signIn({ providers: ['google-calendar'] })
    expect((await world.api.checkSetup(plain.id, GIVEN)).map(({ id }) => id)).toEqual(['calendar-api'])
  })

  it('lets another account of the same client use the same topic', async () => {
    const { world, account } = await openMailWorld()
    await setUp(world, account)
    world.sandbox.control.mutate({ do: 'account.add', email: 'ben@example.com' })
    const ben = await world.signIn({ address: 'ben@example.com', user: 'ben' })
    expect(ben.settings).toEqual({
      shared: account.id,
      topic: 'projects/ec-demo/topics/ec-gmail',
      project: 'ec-demo',
      delivery: 'pull',
    })
    await expect(world.api.undoSetup(account.id, 'topic')).rejects.toMatchObject({ code: 'EC_CONFLICT' })
  })
})
