import { describe, expect, it } from 'vitest'
import { readInPlaceOf, toldByInPlaceOf, type Twin } from '#ec/agent/sync/twins.js'
import { aSituation } from '../../../support/situation.ts'
import { anAccount, T0 } from '../../../support/store-samples.ts'
import { DAY, HOUR, MINUTE, SyncWorld } from '../../../support/sync-world.ts'

type Parts = Parameters<typeof aSituation>[0]

function aTwin(id: string, parts: Parts = {}): Twin {
  return aSituation({ ...parts, resource: { id, createdAt: T0 + Number(id.slice(1)), ...parts?.resource } })
}

const GONE = { error: 'EC_TARGET_GONE', errorAt: T0 + 100 }

describe('which of two that are the same is read', () => {
  const signedOut = { account: anAccount({ state: 'action_required', reason: 'EC_ACCOUNT_SIGNED_OUT' }) } as const
  it.each<[string, Parts, string]>([
    ['the first that was added', {}, 'r1'],
    ['the other when the first is paused', { resource: { paused: true } }, 'r2'],
    ['the other when the account of the first is signed out', signedOut, 'r2'],
    ['the other when the account of the first has gone', { account: null }, 'r2'],
    ['the other when the first is not shared any more', { state: GONE }, 'r2'],
    ['the first again when its account was allowed anew', { state: { ...GONE, errorAt: 1 } }, 'r1'],
    ['the first still when a read failed that will be tried again', { state: { ...GONE, error: 'EC_TIMEOUT' } }, 'r1'],
  ])('is %s', (_, parts, expected) => {
    const [first, second] = [aTwin('r1', parts), aTwin('r2')]
    const read = [
      readInPlaceOf(first, [second])?.resource.id ?? 'r1',
      readInPlaceOf(second, [first])?.resource.id ?? 'r2',
    ]
    expect(read).toEqual([expected, expected])
  })

  it('is each by itself when none can be, so that each says why', () => {
    const [first, second] = [aTwin('r1', { state: GONE }), aTwin('r2', { state: GONE })]
    expect([readInPlaceOf(first, [second]), readInPlaceOf(second, [first])]).toEqual([null, null])
  })
})

describe('whose copy knows what was told', () => {
  it('is the one that was read last, and one that was never read to the end knows nothing', () => {
    const [first, second] = [aTwin('r1', { state: { lastSyncAt: 5 } }), aTwin('r2', { state: { lastSyncAt: 9 } })]
    expect([toldByInPlaceOf(first, [second]), toldByInPlaceOf(second, [first])]).toEqual([second, null])
    const never = aTwin('r3', { state: { generation: 0, lastSyncAt: 20 } })
    expect(toldByInPlaceOf(second, [never])).toBe(null)
  })
})

async function open(): Promise<SyncWorld> {
  const world = await SyncWorld.open()
  world.shelf.put('a', 'one')
  await world.add()
  await world.addTwin('r2')
  await world.pass(HOUR)
  return world
}

async function titles(world: SyncWorld): Promise<readonly string[]> {
  return (await world.told()).map(({ type, title }) => `${type} ${title}`)
}

async function modes({ engine }: SyncWorld): Promise<readonly (string | undefined)[]> {
  return [(await engine.api.get('r1'))?.mode, (await engine.api.get('r2'))?.mode]
}

describe('what two accounts of a user see', () => {
  it('is read, watched and told once (pitfall 89)', async () => {
    const world = await open()
    expect(await modes(world)).toEqual(['webhook', 'none'])
    expect(await world.engine.api.get('r2')).toMatchObject({
      because: `it is read through ${anAccount().address} already`,
      next: null,
    })
    const calls = world.shelf.calls.length
    world.shelf.put('b', 'new')
    await world.pass(DAY / 2)
    expect(await titles(world)).toHaveLength(1)
    expect(world.shelf.calls.slice(calls).map(({ operation }) => operation)).toEqual(['read', 'read'])
    expect((await world.copy('r2')).size).toBe(0)
  })

  it('is taken over within a minute when the account signs out, and what happened in between is told once', async () => {
    const world = await open()
    await world.store.putAccount(anAccount({ state: 'action_required', reason: 'EC_ACCOUNT_SIGNED_OUT' }))
    await world.tell('account', 'a1')
    world.shelf.put('b', 'while nobody looked')
    await world.pass(2 * MINUTE)
    expect(await modes(world)).toEqual(['none', 'webhook'])
    expect(await world.copy('r2')).toEqual(world.truth())
    const told = await titles(world)
    expect(told).toEqual([expect.stringContaining('shelf.created')])

    world.shelf.put('b', 'again')
    world.shelf.remove('a')
    await world.pass(MINUTE)
    expect(await titles(world)).toHaveLength(3)

    await world.store.putAccount(anAccount())
    await world.tell('account', 'a1')
    await world.pass(2 * MINUTE)
    expect(await modes(world)).toEqual(['webhook', 'none'])
    expect(await world.copy()).toEqual(world.truth())
    expect(await titles(world)).toHaveLength(3)
  })

  it('is taken over when the first is removed', async () => {
    const world = await open()
    await world.store.removeResource('r1')
    await world.tell('resource', 'r1')
    await world.pass(2 * MINUTE)
    expect((await world.engine.api.get('r2'))?.mode).toBe('webhook')
    expect(await world.copy('r2')).toEqual(world.truth())
    expect(await world.told()).toEqual([])
  })

  it('is not watched any more by the one that only stands by', async () => {
    const world = await SyncWorld.open()
    world.shelf.sharedTargets = true
    await world.store.putAccount(anAccount({ state: 'action_required', reason: 'EC_ACCOUNT_SIGNED_OUT' }))
    await world.add()
    await world.addTwin('r2')
    await world.pass(HOUR)
    expect(await modes(world)).toEqual(['none', 'webhook'])
    await world.store.putAccount(anAccount())
    await world.tell('account', 'a1')
    await world.pass(HOUR)
    expect(await modes(world)).toEqual(['webhook', 'none'])
    const { rows } = await world.store.listSubscriptions({ resourceId: 'r2', limit: 9 })
    expect(rows.map(({ state }) => state)).toEqual(['ended'])
  })
})
