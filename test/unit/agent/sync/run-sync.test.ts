import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE, SyncWorld } from '../../../support/sync-world.ts'

describe('a resource that is added', () => {
  it('is read and watched at once, and its first read announces nothing', async () => {
    const world = await SyncWorld.open()
    for (let n = 0; n < 250; n += 1) world.shelf.put(`item-${n}`, 'old')
    await world.add()
    expect(await world.copy()).toEqual(world.truth())
    expect(await world.told()).toEqual([])
    const state = await world.state()
    expect(state).toMatchObject({ generation: 1, items: 250, error: null, pass: null, lastSyncType: 'full' })
    expect((await world.resource()).state).toBe('healthy')
    expect(await world.engine.api.get('r1')).toMatchObject({ mode: 'webhook' })
    expect(world.shelf.counts('full')).toBe(3)
    expect(world.shelf.counts('renew')).toBe(1)
    expect(world.shelf.calls).toHaveLength(4)
  })

  it('announces a change once, by the read that its notification causes', async () => {
    const world = await SyncWorld.open()
    world.shelf.put('a', 'one')
    await world.add()
    await world.pass(HOUR)
    world.shelf.put('a', 'two')
    world.shelf.put('b', 'new')
    await world.pass(MINUTE)
    expect(await world.copy()).toEqual(world.truth())
    expect((await world.told()).map(({ type }) => type)).toEqual(['shelf.updated', 'shelf.created'])
    // Both came within the seconds in which notifications are waited for.
    expect(world.shelf.counts('webhook')).toBe(1)
    const { rows } = await world.store.listNotifications({ limit: 9, resourceId: 'r1' })
    expect(rows.map(({ kind, state }) => [kind, state])).toEqual([
      ['proof', 'processed'],
      ['change', 'processed'],
      ['change', 'processed'],
    ])
  })

  it('is read again when a change lands while it is read', async () => {
    const world = await SyncWorld.open()
    await world.add()
    await world.pass(HOUR)
    world.shelf.onCall = async operation => {
      if (operation !== 'read') return
      world.shelf.onCall = () => {}
      world.shelf.put('late', 'it came while the page was on its way')
      for (const push of world.shelf.pushes.splice(0)) await world.deliver(push)
    }
    world.shelf.put('a', 'one')
    await world.pass(MINUTE)
    expect(await world.copy()).toEqual(world.truth())
    expect(await world.told('shelf.created')).toHaveLength(2)
  })
})

describe('a day', () => {
  it('of a quiet resource costs one probe and the daily read at most', async () => {
    const world = await SyncWorld.open()
    await world.add()
    await world.pass(HOUR)
    const before = world.shelf.calls.length
    await world.pass(5 * DAY)
    // One when it fell silent, then one a day, and a renewal.
    expect(world.shelf.calls.length - before).toBeLessThanOrEqual(8)
    expect((await world.resource()).state).toBe('quiet')
  })

  it('of five changes spread over working hours costs no more than 7.2 reads, probes and renewals', async () => {
    const world = await SyncWorld.open()
    await world.add()
    await world.pass(HOUR)
    const before = world.shelf.calls.length
    const days = 14
    for (let day = 0; day < days; day += 1) {
      for (let n = 0; n < 5; n += 1) {
        world.shelf.put(`item-${n}`, `on day ${day}`)
        await world.pass(100 * MINUTE)
      }
      await world.pass(DAY - 500 * MINUTE)
    }
    expect((world.shelf.calls.length - before) / days).toBeLessThanOrEqual(7.2)
    expect(world.shelf.counts('polling')).toBe(0)
    expect(await world.copy()).toEqual(world.truth())
  })
})
