import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Store } from '#ec/backends/store.js'
import { createMemoryBus } from '#ec/backends/memory/bus.js'
import { createMeter } from '#ec/agent/http/metrics.js'
import { DEFAULT_SETTINGS, type ReceiveSettings } from '#ec/agent/receive/settings.js'
import { createWebhooks } from '#ec/agent/receive/webhooks.js'
import { EcError } from '#ec/core/errors.js'
import { silentLog } from '#ec/core/log.js'
import type { Resource } from '#ec/core/resource.js'
import { loadProvider, PROVIDERS } from '#ec/providers/index.js'
import type { Provider } from '#ec/providers/provider.js'
import { prepareFixture } from '../../../contract/provider/receive-fixture.js'
import { FakeClock } from '../../../support/fake-clock.js'
import { readFixtures } from '../../../support/fixture-files.js'
import { calcomBooking, githubPush, SECRET } from '../http/doors.js'
import { until } from '../http/raw.js'
import { aVerifyContext } from '../../../support/webhook.js'

const ID = '0192f0c1-0000-7000-8000-000000000001'

function resource(patch: Partial<Resource> = {}): Resource {
  return {
    id: ID,
    provider: 'github',
    userId: 'ada',
    name: 'engine',
    settings: {},
    state: 'starting',
    paused: false,
    hasSecret: true,
    accountId: null,
    target: null,
    createdAt: 0,
    lastNotificationAt: null,
    ...patch,
  }
}

/** The stage in front of a store that notes what it is asked; the rest of the house is in other tests. */
function build(
  options: {
    resources?: Resource[]
    secrets?: Record<string, string[]>
    settings?: Partial<ReceiveSettings>
    store?: Partial<Store>
    loadProvider?: (id: string) => Promise<Provider>
  } = {},
) {
  const resources = new Map((options.resources ?? [resource()]).map(each => [each.id, each]))
  const clock = new FakeClock()
  const bus = createMemoryBus(silentLog)
  const meter = createMeter()
  const calls: [name: string, ...args: unknown[]][] = []
  const log: string[] = []
  const store = {
    async getResource(id: string) {
      calls.push(['getResource', id])
      return resources.get(id) ?? null
    },
    async getSecrets(id: string) {
      return options.secrets?.[id] ?? [SECRET]
    },
    async listResources({ provider, limit }: { provider?: string; limit: number }) {
      calls.push(['listResources', provider])
      const rows = [...resources.values()].filter(each => each.provider === provider).slice(-limit)
      return { rows, next: null }
    },
    async acceptNotifications(batch: readonly { resourceId: string; job: unknown }[]) {
      calls.push(['accept', ...batch])
      return batch.map((_, i) => ({ outcome: 'accepted' as const, id: `ntf_${i}` }))
    },
    async updateResource(id: string, patch: object) {
      calls.push(['updateResource', id, patch])
      return resources.get(id) ?? null
    },
    async quarantine(refused: { reason: string; body: Uint8Array }) {
      calls.push(['quarantine', refused])
      return 'ntf_9'
    },
    async releaseHeld(id: string, job: unknown) {
      calls.push(['releaseHeld', id, job])
      return 1
    },
    ...options.store,
  }
  const webhooks = createWebhooks({
    store,
    loadProvider: options.loadProvider ?? loadProvider,
    bus,
    verifyContext: () => aVerifyContext(),
    clock,
    log: { ...silentLog, warn: message => void log.push(message) },
    meter,
    backlog: () => 0,
    onAccepted: () => void calls.push(['wake']),
    onStored: () => void calls.push(['stored']),
    settings: options.settings ?? {},
  })
  const named = (name: string) => calls.filter(call => call[0] === name)
  async function send(sent: { body: string; headers: Record<string, string> }, { provider = 'github', id = ID } = {}) {
    const admission = await webhooks.admit(provider, id, null, '192.0.2.1')
    return await admission.receive(raw(sent))
  }
  return { webhooks, resources, clock, bus, meter, calls, named, send, log }
}

function raw({ body, headers }: { body: string; headers: Record<string, string> }) {
  return { method: 'POST', url: '/', headers, body: Buffer.from(body), remoteAddress: '192.0.2.1' }
}

const item = (id: string, clientState: string, changeType: unknown = 'created') => ({ id, clientState, changeType })

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'none'
  } catch (error) {
    return error instanceof EcError ? error.code : String(error)
  }
}

describe('accepting', () => {
  it('stores what came with its job, in the order of its resource, and says that there is work', async () => {
    const { send, named, clock } = build()
    expect(await send(githubPush())).toEqual({ status: 202 })
    expect(named('accept')[0]?.[1]).toMatchObject({
      provider: 'github',
      resourceId: ID,
      kind: 'push',
      key: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      receivedAt: clock.now(),
      headers: { 'x-github-event': 'push' },
      job: { kind: 'notification.process', group: ID, maxAttempts: 4, priority: 0, runAt: clock.now() },
    })
    expect(named('wake')).toHaveLength(1)
  })

  it('keeps no header that the provider did not name', async () => {
    const { send, named } = build()
    const sent = githubPush()
    await send({ ...sent, headers: { ...sent.headers, authorization: 'Basic x', cookie: 'y' } })
    expect(JSON.stringify(named('accept'))).not.toMatch(/authorization|cookie/)
  })

  it('says nothing of work for a duplicate', async () => {
    const { send, named } = build({
      store: { acceptNotifications: async () => [{ outcome: 'duplicate', id: 'ntf_1' }] },
    })
    expect(await send(githubPush())).toEqual({ status: 202 })
    expect(named('wake')).toEqual([])
  })

  it('holds what comes for a paused resource', async () => {
    const { send, named } = build({ resources: [resource({ paused: true })] })
    expect(await send(githubPush())).toEqual({ status: 202 })
    expect(named('accept')[0]?.[1]).toMatchObject({ job: null })
    expect([named('wake'), named('releaseHeld')]).toEqual([[], []])
  })

  it('says that something is stored, whatever becomes of it, and counts what it took', async () => {
    const house = build({
      store: {
        async acceptNotifications(batch) {
          return batch.map(({ key }) => ({ outcome: key.startsWith('again') ? 'duplicate' : 'accepted', id: 'ntf_1' }))
        },
      },
    })
    const send = async (delivery: string, patch: Partial<Resource> = {}, secret = SECRET) => {
      house.resources.set(ID, resource(patch))
      house.bus.publish('changed', { what: 'resource', id: ID })
      const { headers, body } = githubPush(undefined, secret)
      return await codeOf(house.send({ body, headers: { ...headers, 'x-github-delivery': delivery } }))
    }
    const stored = () => [house.named('stored').length, house.meter.sum('ec_notifications_total')]
    await send('one')
    expect(stored()).toEqual([1, 1])
    await send('again')
    expect(stored()).toEqual([1, 1])
    await send('held', { paused: true })
    expect(stored()).toEqual([2, 2])
    expect(await send('refused', {}, 'another secret')).toBe('EC_SIGNATURE_INVALID')
    expect(stored()).toEqual([3, 2])
  })

  it('releases what it has held when the resource was resumed at that very moment', async () => {
    const house = build({ resources: [resource({ paused: true })] })
    const admission = await house.webhooks.admit('github', ID, null, '')
    house.resources.set(ID, resource({ paused: false }))
    house.bus.publish('changed', { what: 'resource', id: ID })
    await admission.receive(raw(githubPush()))
    expect(house.named('releaseHeld')).toMatchObject([['releaseHeld', ID, { kind: 'notification.process', group: ID }]])
    expect(house.named('wake')).toHaveLength(1)
  })

  it('passes on that the disk refused', async () => {
    const { send } = build({
      store: { acceptNotifications: () => Promise.reject(new EcError('EC_STORAGE_FAILED', 'x')) },
    })
    expect(await codeOf(send(githubPush()))).toBe('EC_STORAGE_FAILED')
  })
})

describe('the directory', () => {
  it('asks the store once for a resource, however many requests come at once', async () => {
    const { send, named } = build()
    await Promise.all(Array.from({ length: 20 }, () => send(githubPush())))
    await send(githubPush())
    expect(named('getResource')).toHaveLength(1)
  })

  it('asks again once the bus has said that the resource changed, or the store was restored', async () => {
    const { send, named, resources, bus } = build()
    await send(githubPush())
    resources.set(ID, resource({ paused: true }))
    bus.publish('changed', { what: 'resource', id: ID })
    await send(githubPush())
    expect(named('accept').at(-1)?.[1]).toMatchObject({ job: null })
    bus.publish('restored', { epoch: 'e2' })
    await send(githubPush())
    expect(named('getResource')).toHaveLength(3)
    bus.publish('changed', { what: 'key', id: ID })
    await send(githubPush())
    expect(named('getResource')).toHaveLength(3)
  })

  it('does not keep what it began to read before a change', async () => {
    let begun = false
    const answers: ((found: Resource) => void)[] = []
    const first = new Promise<Resource>(resolve => void answers.push(resolve))
    const getResource = () => (begun ? Promise.resolve(resource({ paused: true })) : begin())
    const begin = () => {
      begun = true
      return first
    }
    const { webhooks, bus, send, named } = build({ store: { getResource } })
    const early = webhooks.admit('github', ID, null, '')
    await until(() => begun)
    bus.publish('changed', { what: 'resource', id: ID })
    answers[0]?.(resource({ paused: false }))
    await early
    await send(githubPush())
    expect(named('accept').at(-1)?.[1]).toMatchObject({ job: null })
  })

  it('remembers for a moment what names nothing, and lets a new resource in at once', async () => {
    const { send, named, clock, resources, bus } = build({ resources: [] })
    expect(await codeOf(send(githubPush()))).toBe('EC_RESOURCE_UNKNOWN')
    expect(await codeOf(send(githubPush()))).toBe('EC_RESOURCE_UNKNOWN')
    expect(named('getResource')).toHaveLength(1)
    clock.advance(5001)
    expect(await codeOf(send(githubPush()))).toBe('EC_RESOURCE_UNKNOWN')
    expect(named('getResource')).toHaveLength(2)
    resources.set(ID, resource())
    bus.publish('changed', { what: 'resource', id: ID })
    expect(await send(githubPush())).toEqual({ status: 202 })
  })

  it('never asks the store for what cannot be an id, and bounds what it remembers', async () => {
    const { send, named } = build({ resources: [], settings: { maxUnknown: 3 } })
    for (const id of ['', '1', "' or 1=1 --", ID.toUpperCase(), '../x']) {
      expect(await codeOf(send(githubPush(), { id }))).toBe('EC_RESOURCE_UNKNOWN')
    }
    expect(named('getResource')).toHaveLength(0)
    const ids = Array.from({ length: 10 }, () => randomUUID())
    for (const id of [...ids, ...ids]) await codeOf(send(githubPush(), { id }))
    expect(named('getResource')).toHaveLength(20)
  })

  it('does not take one provider for another, in whichever order they are asked for', async () => {
    const { send } = build({ resources: [resource({ provider: 'calcom' })] })
    expect(await codeOf(send(githubPush()))).toBe('EC_RESOURCE_UNKNOWN')
    expect(await send(calcomBooking(), { provider: 'calcom' })).toEqual({ status: 202 })
    expect(await codeOf(send(githubPush()))).toBe('EC_RESOURCE_UNKNOWN')
    expect(await codeOf(send(githubPush(), { provider: 'gitlab' }))).toBe('EC_PROVIDER_UNKNOWN')
  })
})

describe('refusing', () => {
  const forged = { body: '{"a":1}', headers: githubPush('{}').headers }

  it('keeps a forged request with the reason, its body cut', async () => {
    const { send, named } = build({ settings: { quarantineBodyBytes: 3 } })
    expect(await codeOf(send(forged))).toBe('EC_SIGNATURE_INVALID')
    expect(named('quarantine')).toMatchObject([
      ['quarantine', { reason: 'EC_SIGNATURE_INVALID', body: Buffer.from('{"a') }],
    ])
    expect(named('accept')).toEqual([])
  })

  it('never parses what it could not verify', async () => {
    const { send, named } = build()
    expect(await codeOf(send({ body: '{', headers: githubPush('{}').headers }))).toBe('EC_SIGNATURE_INVALID')
    expect(named('quarantine')).toMatchObject([['quarantine', { reason: 'EC_SIGNATURE_INVALID' }]])
  })

  it('says of a missing proof what came in its place, and never what that holds', async () => {
    const { send, named } = build()
    const headers = { 'x-cal-signature-256': 'a-value', authorization: 'Basic a-value', 'x-github-event': 'push' }
    expect(await codeOf(send({ body: '{}', headers }))).toBe('EC_SIGNATURE_MISSING')
    expect(await codeOf(send({ body: '{}', headers: { accept: '*/*' } }))).toBe('EC_SIGNATURE_MISSING')
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`x-${'y'.repeat(90)}-signature-${i}`, 'v']))
    expect(await codeOf(send({ body: '{}', headers: many }))).toBe('EC_SIGNATURE_MISSING')
    const details = named('quarantine').map(([, refused]) => Object(refused).detail)
    expect(details).toEqual([
      expect.stringMatching(/; what came that looks like a proof: x-cal-signature-256, authorization$/),
      expect.stringMatching(/; no header that came looks like a proof$/),
      expect.stringMatching(/(, x-y+\S*){4} and 4 more$/),
    ])
    expect(details.join()).not.toContain('a-value')
  })

  it.each(Object.keys(PROVIDERS))('never reads what %s could not prove, whatever is wrong with it', async id => {
    const provider = await loadProvider(id)
    const read: string[] = []
    for (const { name, fixture } of readFixtures(id).filter(({ fixture }) => fixture.expect.status === 401)) {
      const { receiver } = provider
      if (receiver === undefined) throw new Error('it receives nothing')
      const watched: Provider = {
        ...provider,
        receiver: {
          ...receiver,
          parse: (...args) => {
            read.push(name)
            return receiver.parse(...args)
          },
          describe: () => {
            read.push(name)
            return []
          },
        },
      }
      const { resource: prepared, secrets, request } = await prepareFixture(provider, fixture)
      const known = resource({ ...prepared, id: ID })
      const settings = { loadProvider: async () => watched, secrets: { [ID]: [...secrets] } }
      const { webhooks, clock, named } = build({ resources: [known], ...settings })
      clock.jump(Date.parse(fixture.recorded_at) - clock.now())
      const admission = await webhooks.admit(id, ID, null, '192.0.2.1')
      expect(await codeOf(admission.receive(request)), name).toMatch(/^EC_(SIGNATURE|SECRET|HANDSHAKE)_/)
      expect(named('accept'), name).toEqual([])
    }
    expect(read).toEqual([])
  })

  it('keeps only some of a flood, and goes on refusing the rest', async () => {
    const { send, named, clock } = build({ settings: { refusedRate: { burst: 5, perSecond: 1 } } })
    for (let i = 0; i < 1000; i += 1) expect(await codeOf(send(forged))).toBe('EC_SIGNATURE_INVALID')
    expect(named('quarantine')).toHaveLength(5)
    clock.advance(2000)
    for (let i = 0; i < 10; i += 1) await codeOf(send(forged))
    expect(named('quarantine')).toHaveLength(7)
  })

  it('keeps only some of a flood over many resources', async () => {
    const resources = Array.from({ length: 50 }, () => resource({ id: randomUUID() }))
    const { send, named } = build({ resources, settings: { refusedRateInAll: { burst: 20, perSecond: 1 } } })
    for (const { id } of resources) await codeOf(send(forged, { id }))
    expect(named('quarantine')).toHaveLength(20)
  })

  it('keeps of a batch each item by itself, and no clientState of any', async () => {
    const microsoft = resource({ provider: 'microsoft' })
    const { send, named } = build({ resources: [microsoft], secrets: { [ID]: ['the-state'] } })
    const post = (...value: unknown[]) =>
      send({ body: JSON.stringify({ value }), headers: {} }, { provider: 'microsoft' })
    expect(await post(item('n1', 'the-state'), item('n2', 'guessed'), item('n3', 'the-state', 7))).toEqual({
      status: 202,
    })
    expect(named('accept')).toMatchObject([
      ['accept', { key: 'n1', body: Buffer.from('{"value":[{"id":"n1","changeType":"created"}]}') }],
    ])
    expect(await post(item('n4', 'the-state', 7))).toEqual({ status: 202 })
    expect(await codeOf(post(item('n5', 'guessed')))).toBe('EC_SIGNATURE_INVALID')
    expect(named('quarantine')).toMatchObject([
      [
        'quarantine',
        { reason: 'EC_SIGNATURE_INVALID', body: Buffer.from('{"value":[{"id":"n2","changeType":"created"}]}') },
      ],
      [
        'quarantine',
        { reason: 'EC_NOTIFICATION_MALFORMED', body: Buffer.from('{"value":[{"id":"n3","changeType":7}]}') },
      ],
      [
        'quarantine',
        { reason: 'EC_NOTIFICATION_MALFORMED', body: Buffer.from('{"value":[{"id":"n4","changeType":7}]}') },
      ],
      [
        'quarantine',
        { reason: 'EC_SIGNATURE_INVALID', body: Buffer.from('{"value":[{"id":"n5","changeType":"created"}]}') },
      ],
    ])
  })

  it('refuses also when the disk does not take the copy', async () => {
    const { send, log } = build({ store: { quarantine: () => Promise.reject(new EcError('EC_STORAGE_FULL', 'full')) } })
    expect(await codeOf(send(forged))).toBe('EC_SIGNATURE_INVALID')
    expect(log).toEqual(['a refused notification could not be kept'])
  })

  it('keeps each authentic request that it cannot read, and answers only once that is sure', async () => {
    const { send, named } = build({ settings: { refusedRate: { burst: 1, perSecond: 0.001 } } })
    for (let i = 0; i < 3; i += 1) expect(await codeOf(send(githubPush('{')))).toBe('EC_NOTIFICATION_MALFORMED')
    expect(named('quarantine')).toHaveLength(3)
    const full = build({ store: { quarantine: () => Promise.reject(new EcError('EC_STORAGE_FULL', 'full')) } })
    expect(await codeOf(full.send(githubPush('{')))).toBe('EC_STORAGE_FULL')
  })

  it('refuses everything while it drains', async () => {
    const { webhooks, send } = build()
    webhooks.drain()
    expect(await codeOf(send(githubPush()))).toBe('EC_DRAINING')
    expect(await codeOf(webhooks.admitByPath('calcom', ''))).toBe('EC_DRAINING')
  })
})

describe('a path that names no resource', () => {
  const ids = Array.from({ length: 60 }, () => randomUUID())
  const resources = ids.map(id => resource({ id, provider: 'calcom' }))
  const secrets = Object.fromEntries(ids.map((id, i) => [id, [`secret-number-${i}`]]))

  it('is resolved by the secret, among the newest fifty', async () => {
    const { webhooks, named } = build({ resources, secrets })
    const admission = await webhooks.admitByPath('calcom', '')
    expect(await admission?.receive(signedBy(59))).toEqual({ status: 202 })
    expect(await admission?.receive(signedBy(10))).toEqual({ status: 202 })
    expect(named('accept').map(call => call[1])).toMatchObject([{ resourceId: ids[59] }, { resourceId: ids[10] }])
    expect(await codeOf(Promise.resolve(admission?.receive(signedBy(9))))).toBe('EC_SIGNATURE_INVALID')
    expect(named('quarantine')).toEqual([])
    expect(DEFAULT_SETTINGS.maxTried).toBe(50)
  })

  it('is resolved by what the request says of itself, however many there are', async () => {
    const channels = Array.from({ length: 300 }, (_, i) =>
      resource({ id: randomUUID(), provider: 'google-calendar', settings: { channel_id: `c${i}` } }),
    )
    const { webhooks, named } = build({ resources: channels })
    const admission = await webhooks.admitByPath('google-calendar', '')
    const headers = {
      'x-goog-channel-id': 'c3',
      'x-goog-channel-token': SECRET,
      'x-goog-message-number': '2',
      'x-goog-resource-state': 'exists',
    }
    expect(await admission?.receive(raw({ body: '', headers }))).toEqual({ status: 202 })
    expect(named('accept')).toMatchObject([['accept', { resourceId: channels[3]?.id }]])
  })

  it('is asked for at a slower pace, since each try costs up to fifty signatures', async () => {
    const { webhooks, clock } = build({ resources, settings: { olderPathRate: { burst: 2, perSecond: 1 } } })
    await webhooks.admitByPath('calcom', '192.0.2.1')
    await webhooks.admitByPath('calcom', '192.0.2.1')
    expect(await codeOf(webhooks.admitByPath('calcom', '192.0.2.1'))).toBe('EC_RATE_LIMITED')
    expect(await codeOf(webhooks.admitByPath('calcom', '192.0.2.2'))).toBe('none')
    clock.advance(1000)
    expect(await codeOf(webhooks.admitByPath('calcom', '192.0.2.1'))).toBe('none')
  })

  it('knows of a new resource at once, and asks the store no more than it must', async () => {
    const house = build({ resources: resources.slice(0, 2), secrets })
    const admit = () => house.webhooks.admitByPath('calcom', '')
    await admit()
    await admit()
    expect(house.named('listResources')).toHaveLength(1)
    const [, , third] = resources
    if (third !== undefined) house.resources.set(third.id, third)
    house.bus.publish('changed', { what: 'resource', id: String(third?.id) })
    expect(await (await admit())?.receive(signedBy(2))).toEqual({ status: 202 })
  })
})

function signedBy(i: number) {
  return raw(calcomBooking('{"triggerEvent":"PING"}', `secret-number-${i}`))
}
