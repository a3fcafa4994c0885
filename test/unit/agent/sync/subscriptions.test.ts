import { describe, expect, it } from 'vitest'
import { PROOF_MS } from '#ec/agent/sync/next-look.js'
import type { WebhookSubscription } from '#ec/core/subscription.js'
import { DAY, HOUR, MINUTE, SyncWorld } from '../../../support/sync-world.ts'

async function watched(): Promise<SyncWorld> {
  const world = await SyncWorld.open()
  world.shelf.put('a', 'one')
  await world.add()
  return world
}

async function rows(world: SyncWorld): Promise<readonly WebhookSubscription[]> {
  return (await world.store.listSubscriptions({ resourceId: 'r1', limit: 100 })).rows
}

const statesOf = async (world: SyncWorld) => (await rows(world)).map(({ state }) => state)
const health = async (world: SyncWorld) => {
  const [{ state }, { failureCount }] = [await world.resource(), await world.state()]
  return { state, failureCount }
}
const modeOf = async (world: SyncWorld) => (await world.engine.api.get('r1'))?.mode
const alerts = async (world: SyncWorld) => (await world.told('system.alert')).map(({ title }) => title)

describe('a subscription', () => {
  it('is proved by its first message, which announces nothing and causes no read (pitfall 3)', async () => {
    const world = await watched()
    expect(await rows(world)).toMatchObject([
      { state: 'active', verifiedAt: world.clock.now(), remoteId: expect.stringContaining('remote-') },
    ])
    await world.pass(HOUR)
    expect(world.shelf.counts('webhook')).toBe(0)
    expect(await world.told()).toEqual([])
  })

  it('is known before it is asked for: its proof may be here before the answer (pitfall 4)', async () => {
    const world = await SyncWorld.open()
    let seen: readonly string[] = []
    world.shelf.onCreated = async () => {
      for (const push of world.shelf.pushes.splice(0)) await world.deliver(push)
      await world.settle()
      seen = (await rows(world)).map(
        ({ state, verifiedAt }) => `${state} ${verifiedAt === null ? 'unproved' : 'proved'}`,
      )
    }
    await world.add()
    expect(seen).toEqual(['registering proved'])
    expect(await statesOf(world)).toEqual(['active'])
    expect(await modeOf(world)).toBe('webhook')
  })

  it('has a secret of its own; the last three are believed (pitfall 11)', async () => {
    const world = await watched()
    const first = await world.store.getSecrets('r1')
    expect(first).toHaveLength(1)
    expect(first[0]?.length).toBeGreaterThanOrEqual(43)
    for (let n = 0; n < 4; n += 1) await world.pass(6 * DAY)
    const last = await world.store.getSecrets('r1')
    expect(last).toHaveLength(3)
    expect(new Set([...first, ...last]).size).toBe(4)
  })

  it('is replaced before it runs out, and stopped only once the new one is there (pitfalls 8 and 9)', async () => {
    const world = await watched()
    const [old] = await rows(world)
    world.shelf.onCreated = () => {
      // The old one is there still, and delivers.
      expect(world.shelf.channels.size).toBe(2)
      world.shelf.onCreated = () => {}
    }
    await world.pass(6 * DAY)
    expect(await statesOf(world)).toEqual(['ended', 'active'])
    expect(world.shelf.channels.size).toBe(1)
    expect(world.shelf.channels.has(old?.id ?? '')).toBe(false)
    expect(await health(world)).toMatchObject({ failureCount: 0 })
    expect(world.shelf.counts('polling')).toBe(0)
  })

  it('delivers beside its successor for a while: both are taken, and read once', async () => {
    const world = await watched()
    const { jobId } = await world.engine.api.renew((await rows(world))[0]?.id ?? '')
    expect(jobId).toMatch(/^job_/)
    await world.settle()
    expect(await statesOf(world)).toEqual(['superseded', 'active'])
    world.shelf.put('b', 'new')
    await world.pass(MINUTE)
    expect(world.shelf.counts('webhook')).toBe(1)
    expect(await world.told()).toHaveLength(1)
  })

  it('is never stopped where it is only made longer', async () => {
    const world = await SyncWorld.open()
    world.shelf.renewal = 'extend'
    await world.add()
    await world.pass(6 * DAY)
    expect(world.shelf.calls.filter(({ operation }) => operation === 'stop')).toEqual([])
    expect(await statesOf(world)).toEqual(['ended', 'active'])
    expect(await modeOf(world)).toBe('webhook')
  })

  it('whose answer was lost in a crash is taken over when it proves itself, and no third is asked for', async () => {
    const world = await SyncWorld.open()
    let left = 1
    world.kills = job => job.kind === 'subscription.renew' && left-- > 0
    await world.add()
    await world.pass(2 * HOUR)
    expect(world.shelf.channels.size).toBe(1)
    expect(await modeOf(world)).toBe('webhook')
    expect(world.shelf.calls.filter(({ operation }) => operation === 'create').length).toBeLessThanOrEqual(2)
  })

  it('that nobody knows is stopped when it is heard of (pitfall 87)', async () => {
    const world = await watched()
    const ctx = {
      resourceId: 'r1',
      channel: 'of another life',
      remoteId: 'remote-x',
      kind: 'change',
      number: 1,
    } as const
    await world.deliver({ ...ctx, address: 'https://ec.example.org/' })
    await world.settle()
    expect(world.shelf.calls.at(-1)).toMatchObject({ operation: 'stop' })
    // What it announced is read all the same.
    await world.pass(MINUTE)
    expect(world.shelf.counts('webhook')).toBe(1)
  })

  it('near its end is renewed when it is heard of, should its time have been missed (pitfall 55)', async () => {
    const world = await watched()
    await world.store.patchSync('r1', { nextAt: null })
    world.clock.sleep(6 * DAY)
    world.shelf.put('b', 'new')
    await world.settle()
    expect((await statesOf(world)).filter(state => state === 'active')).toHaveLength(1)
    expect(await rows(world)).toHaveLength(2)
  })
})

describe('what cannot be had', () => {
  it('is tried again with growing waits, polled meanwhile, suspended at five and given up at ten, which is told once', async () => {
    const world = await SyncWorld.open()
    world.shelf.fail('create', 'EC_PROVIDER', 1000)
    await world.add()
    expect(await health(world)).toEqual({ state: 'starting', failureCount: 1 })
    expect(await modeOf(world)).toBe('polling')
    await world.pass(2 * HOUR)
    expect(await health(world)).toEqual({ state: 'suspended', failureCount: 5 })
    await world.pass(DAY)
    expect((await health(world)).state).toBe('suspended')
    await world.pass(2 * DAY)
    expect(await health(world)).toEqual({ state: 'disabled', failureCount: 10 })
    const tries = world.shelf.counts('renew')
    await world.pass(20 * DAY)
    expect(world.shelf.counts('renew')).toBe(tries)
    expect(await alerts(world)).toEqual(['r1 is only polled from now on'])
    expect(world.shelf.counts('polling')).toBeGreaterThan(100)
    // A person wants it tried again.
    world.shelf.heal()
    await world.engine.api.watch('r1')
    await world.settle()
    expect(await health(world)).toEqual({ state: 'healthy', failureCount: 0 })
    expect(await modeOf(world)).toBe('webhook')
  })

  it('is polled for good where the service never tells, and asked for once a day (pitfall 13)', async () => {
    const world = await SyncWorld.open()
    world.shelf.fail('create', 'EC_NOT_WATCHABLE', 1000)
    await world.add()
    await world.pass(5 * DAY)
    expect(await health(world)).toEqual({ state: 'disabled', failureCount: 0 })
    expect(world.shelf.counts('renew')).toBeGreaterThanOrEqual(5)
    expect(world.shelf.counts('renew')).toBeLessThanOrEqual(6)
    expect(await alerts(world)).toEqual([])
    world.shelf.heal()
    await world.pass(2 * DAY)
    expect(await modeOf(world)).toBe('webhook')
  })

  it('costs nothing while the old one delivers', async () => {
    const world = await watched()
    world.shelf.fail('create', 'EC_PROVIDER', 3)
    await world.pass(6 * DAY)
    expect(world.shelf.counts('polling')).toBe(0)
    expect(await modeOf(world)).toBe('webhook')
    expect((await statesOf(world)).filter(state => state === 'active')).toHaveLength(1)
  })

  it('keeps the secret believed by which the old one proves itself, however often it fails', async () => {
    const world = await watched()
    const [secret = ''] = await world.store.getSecrets('r1')
    world.shelf.fail('create', 'EC_PROVIDER', 4)
    world.shelf.fail('create', 'EC_SCOPE_MISSING', 100)
    await world.pass(6.5 * DAY)
    expect(world.shelf.counts('renew')).toBeGreaterThan(8)
    expect(await world.store.getSecrets('r1')).toContain(secret)
    world.shelf.heal()
    await world.pass(HOUR)
    const secrets = await world.store.getSecrets('r1')
    expect(secrets).toContain(secret)
    expect([...world.shelf.channels.values()].every(channel => secrets.includes(channel.secret))).toBe(true)
  })

  it('is not asked for again before the service wants it, though that is a failure (pitfall 70)', async () => {
    const world = await SyncWorld.open()
    world.shelf.fail('create', 'EC_PROVIDER', 1, 40 * MINUTE)
    await world.add()
    expect(await health(world)).toEqual({ state: 'starting', failureCount: 1 })
    await world.pass(39 * MINUTE)
    expect(world.shelf.counts('renew')).toBe(1)
    await world.pass(2 * MINUTE)
    expect(world.shelf.counts('renew')).toBe(2)
    expect(await modeOf(world)).toBe('webhook')
  })

  it('for a limit is tried again when the limit says so, and is no failure', async () => {
    const world = await SyncWorld.open()
    world.shelf.fail('create', 'EC_RATE_LIMITED', 1, 5 * MINUTE)
    await world.add()
    expect(await health(world)).toEqual({ state: 'starting', failureCount: 0 })
    await world.pass(5 * MINUTE)
    expect(await modeOf(world)).toBe('webhook')
  })
})

describe('evidence', () => {
  it('that nothing proves a new one makes it doubted, replaced, and suspended in the end', async () => {
    const world = await SyncWorld.open()
    world.carry = () => []
    await world.add()
    expect(await health(world)).toEqual({ state: 'starting', failureCount: 0 })
    await world.pass(PROOF_MS + MINUTE / 2)
    expect(await health(world)).toEqual({ state: 'degraded', failureCount: 1 })
    await world.pass(4 * HOUR)
    expect(await health(world)).toEqual({ state: 'suspended', failureCount: 5 })
    world.carry = pushes => pushes
    await world.pass(8 * HOUR)
    expect(await modeOf(world)).toBe('webhook')
    expect(world.shelf.channels.size).toBe(1)
  })

  it('of a silence is one read: empty = quiet, and not asked again', async () => {
    const world = await watched()
    await world.pass(20 * HOUR)
    expect(await health(world)).toEqual({ state: 'quiet', failureCount: 0 })
    expect(world.shelf.counts('probe')).toBe(1)
    world.shelf.put('b', 'new')
    await world.pass(MINUTE)
    expect(await health(world)).toEqual({ state: 'healthy', failureCount: 0 })
  })

  it('of a silence with changes behind it is a failure: replaced at once (pitfall 10)', async () => {
    const world = await watched()
    world.carry = pushes => pushes.filter(({ kind }) => kind === 'proof')
    await world.pass(HOUR)
    world.shelf.put('b', 'nobody announced it')
    await world.pass(10 * HOUR)
    expect(await world.copy()).toEqual(world.truth())
    expect(await rows(world)).toHaveLength(2)
    expect(await health(world)).toEqual({ state: 'healthy', failureCount: 1 })
    world.carry = pushes => pushes
    world.shelf.put('c', 'new')
    await world.pass(MINUTE)
    expect(await health(world)).toEqual({ state: 'healthy', failureCount: 0 })
  })

  it('of a night asleep is none against it: it is had anew, and read once (pitfall 56)', async () => {
    const world = await watched()
    await world.pass(HOUR)
    world.shelf.put('b', 'in the evening')
    await world.pass(MINUTE)
    const before = world.shelf.calls.length
    await world.sleep(10 * HOUR)
    await world.pass(5 * MINUTE)
    expect(world.shelf.calls.slice(before).map(({ operation, cause }) => `${operation} ${cause}`)).toEqual([
      'read probe',
    ])
    await world.sleep(9 * DAY)
    world.shelf.put('c', 'changed before we were there')
    await world.pass(5 * MINUTE)
    expect(await world.copy()).toEqual(world.truth())
    expect(await health(world)).toMatchObject({ failureCount: 0 })
    expect(await modeOf(world)).toBe('webhook')
    expect(world.shelf.channels.size).toBe(1)
  })

  it('of a nap is none either: its channel lives, and what it told meanwhile is read at once (pitfall 56)', async () => {
    const world = await watched()
    world.shelf.put('b', 'while nobody listened')
    world.shelf.pushes.length = 0
    await world.sleep(2 * HOUR)
    await world.pass(MINUTE)
    expect(await world.copy()).toEqual(world.truth())
    expect(world.shelf.counts('probe')).toBe(1)
    expect(await health(world)).toEqual({ state: 'healthy', failureCount: 0 })
    expect(await rows(world)).toHaveLength(1)
  })
})

describe('what is rolled back', () => {
  it('for all is polled within one job, its channels stopped, and heals when it is switched on', async () => {
    const world = await watched()
    await world.store.setFeature('webhooks', false)
    await world.tell('feature', 'webhooks')
    expect(await modeOf(world)).toBe('polling')
    expect(world.shelf.channels.size).toBe(0)
    world.shelf.put('b', 'new')
    await world.pass(20 * MINUTE)
    expect(await world.copy()).toEqual(world.truth())
    expect((await world.state()).lastSyncType).toBe('polling')
    await world.store.setFeature('webhooks', true)
    await world.tell('feature', 'webhooks')
    await world.pass(2 * MINUTE)
    expect(await modeOf(world)).toBe('webhook')
  })

  it('for one touches no other', async () => {
    const world = await watched()
    await world.add('r2')
    const [row] = await rows(world)
    await world.engine.api.stop(row?.id ?? '')
    await world.settle()
    expect(await modeOf(world)).toBe('polling')
    expect(await world.engine.api.get('r2')).toMatchObject({ mode: 'webhook' })
    expect(await world.store.listFeatures()).toMatchObject({ 'webhooks:r1': false })
    await world.engine.api.watch('r1')
    await world.settle()
    expect(await modeOf(world)).toBe('webhook')
  })

  it('by a late delivery is not undone: it causes no read', async () => {
    const world = await watched()
    const [row] = await rows(world)
    await world.store.setFeature('webhooks', false)
    await world.tell('feature', 'webhooks')
    const reads = world.shelf.calls.length
    const late = {
      resourceId: 'r1',
      channel: row?.id ?? '',
      remoteId: row?.remoteId ?? '',
      kind: 'change',
      number: 9,
    } as const
    await world.deliver({ ...late, address: 'https://ec.example.org/' })
    await world.pass(MINUTE)
    expect(world.shelf.calls.length).toBe(reads)
    expect(await modeOf(world)).toBe('polling')
  })
})

describe('what lies around it', () => {
  it('as another address has it asked for anew, and the old one stopped', async () => {
    const world = await watched()
    world.publicUrl = 'https://tunnel-2.example.net'
    await world.engine.moved()
    await world.pass(5 * MINUTE)
    expect([...world.shelf.channels.values()].map(({ address }) => address)).toEqual([
      'https://tunnel-2.example.net/webhooks/shelf/r1',
    ])
    expect(await modeOf(world)).toBe('webhook')
  })

  it('as an address that broke has read once what fell between its last channel and the next', async () => {
    const world = await watched()
    await world.pass(HOUR)
    world.publicUrl = null
    await world.engine.moved()
    await world.pass(10_000)
    world.shelf.put('b', 'between')
    world.publicUrl = 'https://tunnel-2.example.net'
    await world.engine.moved()
    await world.pass(10_000)
    expect(await modeOf(world)).toBe('webhook')
    expect((await world.told()).map(({ title }) => title)).toEqual(['b'])
    const reads = world.shelf.counts('webhook')
    await world.pass(10 * MINUTE)
    expect(world.shelf.counts('webhook')).toBe(reads)
  })

  it('as no address at all has it polled, without a word of blame', async () => {
    const world = await SyncWorld.open({ publicUrl: null })
    await world.add()
    await world.pass(HOUR)
    expect(await world.engine.api.get('r1')).toMatchObject({
      mode: 'polling',
      next: expect.stringContaining('--public-url'),
    })
    expect(world.shelf.counts('renew')).toBe(0)
    expect(world.shelf.counts('polling')).toBeGreaterThanOrEqual(3)
    expect(world.shelf.counts('polling')).toBeLessThanOrEqual(5)
  })

  it('as an account that is signed out is asked nothing, loses nothing, and heals', async () => {
    const world = await watched()
    world.signedOut = true
    await world.store.updateAccount('a1', { state: 'action_required', reason: 'EC_ACCOUNT_SIGNED_OUT' })
    await world.tell('account', 'a1')
    world.shelf.put('b', 'meanwhile')
    await world.pass(3 * DAY)
    const calls = world.shelf.calls.length
    await world.pass(3 * DAY)
    expect(world.shelf.calls.length).toBe(calls)
    expect(await modeOf(world)).toBe('none')
    world.signedOut = false
    await world.store.updateAccount('a1', { state: 'ok', reason: null })
    await world.tell('account', 'a1')
    await world.pass(2 * MINUTE)
    expect(await world.copy()).toEqual(world.truth())
    expect(await modeOf(world)).toBe('webhook')
    const waiting = await world.store.listNotifications({ limit: 9, resourceId: 'r1', state: 'syncing' })
    expect(waiting.rows).toEqual([])
  })

  it('as an account that was signed out for a moment has it read as soon as somebody has signed in', async () => {
    const world = await watched()
    world.signedOut = true
    world.shelf.put('b', 'meanwhile')
    await world.pass(MINUTE)
    expect((await world.store.listNotifications({ limit: 9, resourceId: 'r1', state: 'syncing' })).rows).toHaveLength(1)
    world.signedOut = false
    await world.tell('resource', 'r1')
    await world.pass(10_000)
    expect(await world.copy()).toEqual(world.truth())
    expect((await world.store.listNotifications({ limit: 9, resourceId: 'r1', state: 'syncing' })).rows).toEqual([])
  })

  it('as a pause in the middle of its first read has that gone on with', async () => {
    const world = await SyncWorld.open()
    world.shelf.pageSize = 5
    for (let n = 0; n < 20; n += 1) world.shelf.put(`i${n}`, 'first')
    let reads = 0
    world.shelf.onCall = async operation => {
      if (operation === 'read' && ++reads === 2) await world.store.updateResource('r1', { paused: true })
    }
    await world.add()
    expect(reads).toBe(2)
    await world.store.updateResource('r1', { paused: false })
    await world.tell('resource', 'r1')
    await world.pass(10_000)
    expect(world.shelf.counts('full')).toBe(4)
    expect(await world.copy()).toEqual(world.truth())
  })

  it('as a pause has it left alone, and read when it goes on', async () => {
    const world = await watched()
    await world.store.updateResource('r1', { paused: true })
    await world.tell('resource', 'r1')
    const calls = world.shelf.calls.length
    world.shelf.put('b', 'meanwhile')
    await world.pass(3 * DAY)
    expect(world.shelf.calls.length).toBe(calls)
    await world.store.updateResource('r1', { paused: false })
    await world.tell('resource', 'r1')
    await world.pass(10 * MINUTE)
    expect(await world.copy()).toEqual(world.truth())
  })

  it('as its removal has its channels stopped first (pitfall 87)', async () => {
    const world = await watched()
    await world.engine.stopAll('r1')
    expect(world.shelf.channels.size).toBe(0)
    await world.store.removeResource('r1')
    await world.tell('resource', 'r1')
    await world.pass(DAY)
    expect((await world.store.listJobs({ limit: 9, state: 'dead' })).rows).toEqual([])
  })
})
