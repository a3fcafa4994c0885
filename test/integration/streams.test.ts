import { describe, expect, it, onTestFinished } from 'vitest'
import { createStreams, type Streams } from '#ec/agent/accounts/streams.js'
import { createMeter } from '#ec/agent/http/metrics.js'
import { createStreamed } from '#ec/agent/receive/streamed.js'
import { createSystemClock } from '#ec/core/clock.js'
import { loadFamily, loadProvider } from '#ec/providers/index.js'
import { openAccountWorld, type AccountWorld } from '../support/account-world.js'
import { until } from '../support/until.js'

const PROJECT = { project: 'ec-demo' }

interface StreamWorld extends AccountWorld {
  readonly streams: Streams
  readonly meter: ReturnType<typeof createMeter>
  addMailbox(account: string, target: string, id: string): Promise<void>
  notifications(): Promise<readonly { readonly resourceId: string; readonly state: string }[]>
  watch(account: string): Promise<void>
  count(outcome: string): number
}

/** An account that is set up to be pulled for, and the worker that does so. */
async function openStreamWorld(): Promise<StreamWorld> {
  const world = await openAccountWorld({ manners: { gmail_gap_ms: 0 } })
  const account = await world.signIn({ setup: true })
  for (const step of await world.api.checkSetup(account.id, PROJECT))
    await world.api.doSetup(account.id, step.id, PROJECT)
  const { store, accounts, log, sandbox } = world
  const meter = createMeter()
  const clock = createSystemClock()
  const accept = createStreamed({ store, clock, log, meter, onAccepted: () => {}, onStored: () => {} })
  const streams = createStreams({ store, accounts, loadFamily, loadProvider, accept, clock, random: () => 0, log })
  onTestFinished(() => streams.stop())
  return {
    ...world,
    streams,
    meter,
    async addMailbox(user, target, id) {
      const { rows } = await store.listAccounts({ limit: 9 })
      const accountId = rows.find(({ address, userId }) => address === target && userId === user)?.id ?? ''
      const source = { accountId, target }
      const common = { provider: 'gmail', name: 'Mail', settings: {}, secrets: [], createdAt: 0 }
      await store.addResource({ ...common, id, userId: user, source })
    },
    notifications: async () => (await store.listNotifications({ limit: 100, after: '0' })).rows,
    async watch(address) {
      const token = sandbox.control.token(address)
      const body = { topicName: 'projects/ec-demo/topics/ec-gmail', labelIds: ['INBOX'] }
      await sandbox.call('POST', '/gmail/v1/users/me/watch', body, { authorization: `Bearer ${token}` })
    },
    count: outcome => meter.sum('ec_streamed_total', labels => labels['outcome'] === outcome),
  }
}

const ANA = '0192f0c1-7d1e-7c3a-9a51-3f6a2b1c0d01'
const BEN = '0192f0c1-7d1e-7c3a-9a51-3f6a2b1c0d02'

describe('the streams of accounts', () => {
  it('bring each mailbox its own, by one stream for all that share the subscription', async () => {
    const world = await openStreamWorld()
    world.sandbox.control.mutate({ do: 'account.add', email: 'ben@example.com' })
    await world.signIn({ user: 'ben', address: 'ben@example.com' })
    await world.addMailbox('ana', 'ana@example.com', ANA)
    await world.addMailbox('ben', 'ben@example.com', BEN)
    world.streams.refresh()
    await world.watch('ana@example.com')
    await world.watch('ben@example.com')
    const found = await until(world.notifications, ({ length }) => length === 2)
    expect(new Set(found.map(({ resourceId }) => resourceId))).toEqual(new Set([ANA, BEN]))
    expect(found.map(({ state }) => state)).toEqual(['accepted', 'accepted'])
    expect(world.streams.list()).toMatchObject([{ provider: 'gmail', error: null }])
  })

  it('take what is for nobody, count it, and keep what nobody can read', async () => {
    const world = await openStreamWorld()
    await world.addMailbox('ana', 'ana@example.com', ANA)
    world.streams.refresh()
    const publish = (text: string) =>
      world.sandbox.call('POST', '/v1/projects/ec-demo/topics/ec-gmail:publish', {
        messages: [{ data: Buffer.from(text).toString('base64') }],
      })
    await publish('{"emailAddress":"stranger@example.com","historyId":1}')
    await publish('poison')
    await until(
      () => [world.count('unknown'), world.count('refused')],
      ([unknown, refused]) => unknown === 1 && refused === 1,
    )
    const [kept] = await until(world.notifications, ({ length }) => length === 1)
    expect(kept).toMatchObject({ resourceId: ANA, state: 'quarantined' })
  })

  it('hold back what is for a resource that is paused', async () => {
    const world = await openStreamWorld()
    await world.addMailbox('ana', 'ana@example.com', ANA)
    await world.store.updateResource(ANA, { paused: true })
    world.streams.refresh()
    await world.watch('ana@example.com')
    expect(await until(world.notifications, ({ length }) => length === 1)).toMatchObject([{ state: 'held' }])
  })

  it('begin anew after a failure, and tell of it once', async () => {
    const world = await openStreamWorld()
    await world.addMailbox('ana', 'ana@example.com', ANA)
    world.sandbox.control.fault({ on: 'request', kind: 'status', status: 500, match: { path: ':pull' }, times: 3 })
    world.streams.refresh()
    await world.watch('ana@example.com')
    await until(world.notifications, ({ length }) => length === 1)
    expect(world.log.lines.filter(({ message }) => message === 'a stream broke')).toHaveLength(1)
    expect(world.streams.list()).toMatchObject([{ error: null }])
  })

  it('end when the account is signed out or goes', async () => {
    const world = await openStreamWorld()
    world.streams.refresh()
    await until(
      () => world.streams.list(),
      ({ length }) => length === 1,
    )
    world.sandbox.control.mutate({ do: 'grant.revoke' })
    world.sandbox.clock.advance(10_000)
    await until(
      () => world.streams.list(),
      ({ length }) => length === 0,
    )
    expect(world.alerts).toHaveLength(1)
  })

  it('stop at once when they are told to', async () => {
    const world = await openStreamWorld()
    world.streams.refresh()
    await until(
      () => world.streams.list(),
      ({ length }) => length === 1,
    )
    await world.streams.stop()
  })
})
