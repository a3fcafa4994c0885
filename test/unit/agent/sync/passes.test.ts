import { describe, expect, it } from 'vitest'
import { MAX_TOLD } from '#ec/agent/sync/tell-changes.js'
import { createTestLog } from '../../../support/test-log.ts'
import { DAY, HOUR, MINUTE, SyncWorld } from '../../../support/sync-world.ts'

async function filled(count: number, pageSize = 100): Promise<SyncWorld> {
  const world = await SyncWorld.open()
  world.shelf.pageSize = pageSize
  for (let n = 0; n < count; n += 1) world.shelf.put(`i${n}`, 'first')
  await world.add()
  await world.pass(HOUR)
  return world
}

const titles = async (world: SyncWorld, type: string) => (await world.told(type)).map(({ title }) => title)

describe('a first read', () => {
  it('goes on at its page after a kill, and reads none twice but the one that was under way', async () => {
    const world = await SyncWorld.open()
    world.shelf.pageSize = 10
    for (let n = 0; n < 100; n += 1) world.shelf.put(`i${n}`, 'first')
    let done = 0
    world.kills = job => job.kind === 'sync.fill' && ++done === 5
    await world.add()
    expect(await world.copy()).toEqual(world.truth())
    expect(world.shelf.counts('full')).toBe(11)
    expect(await world.told()).toEqual([])
  })

  it('shows how far it has come, and how much there is', async () => {
    const world = await SyncWorld.open()
    world.shelf.pageSize = 10
    for (let n = 0; n < 40; n += 1) world.shelf.put(`i${n}`, 'first')
    const seen: string[] = []
    world.shelf.onCall = async operation => {
      if (operation !== 'read') return
      const { pass, items } = await world.state()
      seen.push(pass === null ? 'none' : `${pass.read >= items} ${pass.pages} of ${pass.expected}`)
    }
    await world.add()
    expect(seen).toEqual(['true 0 of null', 'true 1 of 40', 'true 2 of 40', 'true 3 of 40'])
  })

  it('that was broken off is gone on with a day later, and what went meanwhile is not kept', async () => {
    const world = await SyncWorld.open()
    world.shelf.pageSize = 10
    for (let n = 0; n < 30; n += 1) world.shelf.put(`i${n}`, 'first')
    let reads = 0
    world.shelf.onCall = operation => {
      if (operation === 'read' && ++reads === 2) world.shelf.fail('read', 'EC_PROVIDER', 4)
    }
    await world.add()
    await world.pass(10 * MINUTE)
    expect((await world.state()).error).toBe('EC_PROVIDER')
    world.shelf.expireCursors()
    world.shelf.remove('i0')
    await world.pass(DAY)
    expect(await world.copy()).toEqual(world.truth())
    expect(await world.state()).toMatchObject({ error: null, pass: null, items: 29 })
  })
})

describe('a cursor', () => {
  it('that has expired has everything read anew beside the old, and nothing is wiped (pitfalls 19 and 20)', async () => {
    const world = await filled(30, 10)
    world.shelf.deaf = true
    world.shelf.expireCursors()
    world.shelf.put('i1', 'changed')
    world.shelf.remove('i2')
    world.shelf.put('new', 'new')
    const sizes: number[] = []
    world.shelf.onCall = async () => void sizes.push((await world.copy()).size)
    await world.engine.api.sync('r1', { full: false, confirmDeletion: false })
    await world.settle()
    expect(await world.copy()).toEqual(world.truth())
    expect(Math.min(...sizes)).toBe(30)
    expect(await titles(world, 'shelf.created')).toEqual(['new'])
    expect(await titles(world, 'shelf.updated')).toEqual(['i1'])
    expect(await titles(world, 'shelf.deleted')).toEqual(['i2'])
    expect((await world.state()).generation).toBe(2)
  })

  it('that expires between two pages of a full read leaves nothing behind of what went meanwhile', async () => {
    const world = await filled(30, 10)
    let reads = 0
    world.shelf.onCall = operation => {
      if (operation !== 'read') return
      reads += 1
      if (reads !== 2) return
      world.shelf.expireCursors()
      // It was on the first page, which has been taken in.
      world.shelf.remove('i0')
    }
    await world.engine.api.sync('r1', { full: true, confirmDeletion: false })
    await world.settle()
    expect(await world.copy()).toEqual(world.truth())
    expect((await world.state()).generation).toBe(3)
  })

  it('is kept from the last page alone (pitfalls 16 and 18)', async () => {
    const world = await filled(5, 2)
    const { cursor } = await world.state()
    for (let n = 0; n < 5; n += 1) world.shelf.put(`i${n}`, 'second')
    let pages = 0
    world.shelf.onCall = async operation => {
      if (operation !== 'read') return
      pages += 1
      expect((await world.state()).cursor).toBe(cursor)
    }
    await world.pass(MINUTE)
    expect(pages).toBe(3)
    expect((await world.state()).cursor).not.toBe(cursor)
    expect(await world.copy()).toEqual(world.truth())
  })

  it('is kept from a read that found nothing, too (pitfall 17)', async () => {
    const world = await filled(3)
    await world.store.patchSync('r1', { cursor: '1:0:0' })
    await world.engine.api.sync('r1', { full: false, confirmDeletion: false })
    await world.settle()
    expect((await world.state()).cursor).toBe('1:3:0')
    expect(await world.told()).toEqual([])
  })

  it('is void when the parameters of the reader are others (pitfall 15), and what has not changed is no news', async () => {
    const world = await filled(20)
    world.shelf.version = 'v2'
    await world.engine.api.sync('r1', { full: false, confirmDeletion: false })
    await world.settle()
    expect(await world.state()).toMatchObject({ cursorVersion: 'v2', generation: 2, lastSyncType: 'full' })
    expect(await world.told()).toEqual([])
  })

  it('of another version is not asked what it covers: what was announced is read', async () => {
    const world = await filled(3)
    const asked: string[] = []
    world.shelf.covers = (_, cursor) => asked.push(cursor) > 0
    world.shelf.put('b', 'new')
    await world.pass(MINUTE)
    expect(asked).toHaveLength(1)
    expect(await world.copy()).not.toEqual(world.truth())
    world.shelf.version = 'v2'
    world.shelf.put('c', 'new')
    await world.pass(MINUTE)
    expect(asked).toHaveLength(1)
    expect(await world.copy()).toEqual(world.truth())
  })
})

describe('a deletion', () => {
  it('of a series takes its exceptions along, and is told once (pitfalls 23 and 25)', async () => {
    const world = await filled(3)
    world.shelf.put('s', 'weekly')
    for (let n = 0; n < 4; n += 1) world.shelf.put(`s-${n}`, 'moved', 's')
    await world.pass(MINUTE)
    world.shelf.remove('s')
    await world.pass(MINUTE)
    expect(await world.copy()).toEqual(world.truth())
    expect(await titles(world, 'shelf.deleted')).toEqual(['s'])
    expect((await world.state()).items).toBe(3)
  })

  it('of a series leaves the occurrence that a page before it named: a person may be left in that one alone', async () => {
    const world = await filled(3, 2)
    world.shelf.put('s', 'weekly')
    world.shelf.put('s-0', 'moved', 's')
    world.shelf.put('s-1', 'moved', 's')
    await world.pass(MINUTE)
    // Listed as: the occurrence, another item, and on the next page the series.
    for (const id of ['s-0', 'x']) world.shelf.put(id, 'later', id === 'x' ? null : 's')
    world.shelf.remove('s')
    world.shelf.put('s-0', 'left', 's')
    await world.pass(MINUTE)
    expect((await world.copy()).get('s-0')).toBe('left')
    expect(await world.copy()).toEqual(world.truth())
    expect((await world.state()).items).toBe(5)
    expect(await titles(world, 'shelf.deleted')).toEqual(['s'])
  })

  it('that a full read means, of more than half, waits for a person, and is asked for once', async () => {
    const world = await filled(40)
    world.shelf.deaf = true
    world.shelf.expireCursors()
    for (let n = 0; n < 30; n += 1) world.shelf.remove(`i${n}`)
    await world.engine.api.sync('r1', { full: true, confirmDeletion: false })
    await world.settle()
    expect((await world.copy()).size).toBe(40)
    expect((await world.state()).heldDeletion).toEqual({ gone: 30, of: 40, confirmed: false })
    expect(await titles(world, 'system.alert')).toEqual(['30 of 40 entries of r1 seem to be gone'])
    expect(await titles(world, 'shelf.deleted')).toEqual([])
    // It is looked at anew each day, and the person is not asked each time.
    await world.pass(3 * DAY)
    expect(await titles(world, 'system.alert')).toHaveLength(1)
    world.shelf.deaf = false
    world.shelf.put('new', 'goes on meanwhile')
    await world.engine.api.sync('r1', { full: true, confirmDeletion: true })
    await world.settle()
    expect(await world.copy()).toEqual(world.truth())
    expect((await world.state()).heldDeletion).toBeNull()
    expect(await titles(world, 'shelf.deleted')).toHaveLength(30)
  })

  it('that was a mistake of the service heals by itself', async () => {
    const world = await filled(5)
    const kept = new Map(world.shelf.items())
    world.shelf.deaf = true
    for (const id of kept.keys()) world.shelf.remove(id)
    world.shelf.expireCursors()
    await world.engine.api.sync('r1', { full: true, confirmDeletion: false })
    await world.settle()
    expect((await world.copy()).size).toBe(5)
    for (const { id, text } of kept.values()) world.shelf.put(id, text)
    world.shelf.deaf = false
    await world.pass(2 * DAY)
    expect((await world.state()).heldDeletion).toBeNull()
    expect(await world.copy()).toEqual(world.truth())
    expect(await titles(world, 'shelf.deleted')).toEqual([])
  })

  it('that is named is done, however much it is: the service has said so itself', async () => {
    const world = await filled(40)
    for (let n = 0; n < 40; n += 1) world.shelf.remove(`i${n}`)
    await world.pass(MINUTE)
    expect(await world.copy()).toEqual(new Map())
    expect((await world.state()).heldDeletion).toBeNull()
  })

  it('follows from no read where only the new can be read', async () => {
    const world = await SyncWorld.open()
    world.shelf.whole = false
    for (let n = 0; n < 20; n += 1) world.shelf.put(`i${n}`, 'first')
    await world.add()
    world.shelf.expireCursors()
    for (let n = 0; n < 5; n += 1) world.shelf.remove(`i${n}`)
    await world.engine.api.sync('r1', { full: true, confirmDeletion: false })
    await world.settle()
    expect((await world.copy()).size).toBe(20)
  })
})

describe('much at once', () => {
  it(`is told one by one up to ${MAX_TOLD} a page, and then by how much it is`, async () => {
    const world = await filled(1)
    for (let n = 0; n < MAX_TOLD + 25; n += 1) world.shelf.put(`n${n}`, 'new')
    await world.pass(MINUTE)
    expect(await titles(world, 'shelf.created')).toHaveLength(MAX_TOLD)
    expect(await titles(world, 'sync.changes')).toEqual(['25 more changes in r1'])
    expect(await world.copy()).toEqual(world.truth())
  })

  it('in quick succession is one read (coalesced), and nothing is lost', async () => {
    const world = await filled(1)
    const before = world.shelf.counts('webhook')
    for (let n = 0; n < 20; n += 1) {
      world.shelf.put(`n${n}`, 'new')
      await world.pass(100)
    }
    await world.pass(MINUTE)
    expect(world.shelf.counts('webhook') - before).toBe(1)
    expect(await world.copy()).toEqual(world.truth())
  })
})

describe('a read that fails', () => {
  it('is tried four times, told once, polled meanwhile, and freezes nothing (pitfall 83)', async () => {
    const world = await filled(3)
    world.shelf.fail('read', 'EC_PROVIDER', 4)
    world.shelf.put('b', 'new')
    await world.pass(30 * MINUTE)
    expect(world.shelf.counts('webhook')).toBe(4)
    const { rows } = await world.store.listNotifications({ limit: 9, resourceId: 'r1', state: 'dead' })
    expect(rows).toMatchObject([{ kind: 'change', reason: 'EC_PROVIDER' }])
    expect((await world.store.listJobs({ limit: 9, state: 'dead' })).rows).toHaveLength(1)
    expect(await titles(world, 'system.alert')).toEqual(['r1 could not be read'])
    expect(await world.engine.api.get('r1')).toMatchObject({ mode: 'polling' })
    // The next poll heals it.
    await world.pass(2 * HOUR)
    expect(await world.copy()).toEqual(world.truth())
    expect(await world.engine.api.get('r1')).toMatchObject({ mode: 'webhook', state: { error: null } })
    expect(world.shelf.counts('polling')).toBe(1)
    expect(await titles(world, 'system.alert')).toHaveLength(1)
  })

  it('for a limit waits as long as it was told, however often, and is no failure (pitfall 67)', async () => {
    const world = await filled(3)
    world.shelf.fail('read', 'EC_RATE_LIMITED', 8, 20 * MINUTE)
    world.shelf.put('b', 'new')
    await world.pass(HOUR)
    expect(world.shelf.counts('webhook')).toBeLessThanOrEqual(4)
    await world.pass(12 * HOUR)
    expect(await world.copy()).toEqual(world.truth())
    expect(await titles(world, 'system.alert')).toEqual([])
    expect((await world.store.listJobs({ limit: 9, state: 'dead' })).rows).toEqual([])
    expect((await world.store.listNotifications({ limit: 9, resourceId: 'r1', state: 'syncing' })).rows).toEqual([])
  })

  it('is not tried again before the service asked for it, though it is no limit (pitfall 70)', async () => {
    const world = await filled(3)
    world.shelf.fail('read', 'EC_PROVIDER', 2, 40 * MINUTE)
    world.shelf.put('b', 'new')
    await world.pass(79 * MINUTE)
    expect(world.shelf.counts('webhook')).toBe(2)
    await world.pass(5 * MINUTE)
    expect(world.shelf.counts('webhook')).toBe(3)
    expect(await world.copy()).toEqual(world.truth())
    expect(await titles(world, 'system.alert')).toEqual([])
  })

  it('because of what only a person can change is not tried again at once, and told once', async () => {
    const world = await filled(3)
    world.shelf.fail('read', 'EC_SCOPE_MISSING', 100)
    world.shelf.put('b', 'new')
    await world.pass(DAY)
    expect(world.shelf.counts('webhook')).toBe(1)
    expect(await titles(world, 'system.alert')).toHaveLength(1)
    expect(world.shelf.counts('polling')).toBeGreaterThan(10)
    expect(world.shelf.counts('polling')).toBeLessThan(25)
    world.shelf.heal()
    await world.pass(2 * HOUR)
    expect(await world.copy()).toEqual(world.truth())
  })

  it.each([1, 2])(
    'on page %i of everything is not read on and on because somebody asked for it meanwhile',
    async page => {
      const world = await SyncWorld.open()
      world.shelf.pageSize = 10
      for (let n = 0; n < 30; n += 1) world.shelf.put(`i${n}`, 'first')
      let reads = 0
      world.shelf.onCall = operation => {
        if (operation === 'read' && ++reads === page) world.shelf.fail('read', 'EC_SCOPE_MISSING', 1_000)
      }
      await world.add()
      for (let n = 0; n < 3; n += 1) {
        await world.engine.api.sync('r1', { full: false, confirmDeletion: false })
        await world.pass(MINUTE)
      }
      expect(await world.state()).toMatchObject({ error: 'EC_SCOPE_MISSING', job: null, asked: null })
      const before = reads
      await world.pass(6 * HOUR)
      expect(reads - before).toBeLessThanOrEqual(7)
      expect(await titles(world, 'system.alert')).toHaveLength(1)
      world.shelf.heal()
      await world.pass(3 * HOUR)
      expect(await world.copy()).toEqual(world.truth())
      expect(await world.state()).toMatchObject({ error: null, pass: null, items: 30 })
    },
  )

  it('because the thing is gone is looked for once a day', async () => {
    const world = await filled(3)
    world.shelf.fail('read', 'EC_TARGET_GONE', 100)
    world.shelf.put('b', 'new')
    await world.pass(5 * DAY)
    expect(world.shelf.counts('polling')).toBeGreaterThanOrEqual(3)
    expect(world.shelf.counts('polling')).toBeLessThanOrEqual(5)
    expect(await titles(world, 'system.alert')).toHaveLength(1)
  })

  it('of everything, while something was announced, is not tried again and again', async () => {
    const world = await filled(12, 5)
    world.shelf.expireCursors()
    let reads = 0
    world.shelf.onCall = operation => {
      if (operation !== 'read' || ++reads !== 2) return
      world.shelf.put('b', 'new')
      world.shelf.fail('read', 'EC_TARGET_GONE', 100_000)
    }
    world.shelf.put('a', 'new')
    await world.pass(HOUR)
    expect(await world.state()).toMatchObject({ error: 'EC_TARGET_GONE' })
    expect(reads).toBeLessThan(8)
    world.shelf.heal()
    await world.pass(2 * DAY)
    expect(await world.copy()).toEqual(world.truth())
    expect((await world.store.listNotifications({ limit: 9, resourceId: 'r1', state: 'syncing' })).rows).toEqual([])
  })

  it('because its job died with the process, again and again, is taken up when it is looked at (pitfall 83)', async () => {
    const world = await filled(3)
    let left = 6
    world.kills = job => job.kind === 'sync.run' && left-- > 0
    world.shelf.put('b', 'new')
    await world.pass(MINUTE)
    expect((await world.store.listJobs({ limit: 9, state: 'dead' })).rows).toMatchObject([{ kind: 'sync.run' }])
    await world.pass(10 * MINUTE)
    expect(await world.copy()).toEqual(world.truth())
    expect((await world.store.listNotifications({ limit: 9, resourceId: 'r1', state: 'syncing' })).rows).toEqual([])
  })

  it('in one resource holds up no other, also when its row cannot be looked at (pitfall 81)', async () => {
    const log = createTestLog()
    const world = await SyncWorld.open({ log })
    world.shelf.put('a', 'one')
    await world.add('r1')
    await world.add('r2')
    // A provider that is not there any more.
    await world.store.addResource({
      id: 'r0',
      provider: 'gone',
      userId: 'anna',
      name: 'broken',
      settings: {},
      secrets: [],
      createdAt: world.clock.now(),
      source: { accountId: 'a1', target: 'x' },
    })
    world.broken.add('gone')
    await world.tell('resource', 'r0')
    await world.pass(8 * HOUR)
    expect(log.lines.filter(({ message }) => message === 'a resource could not be looked at').length).toBeGreaterThan(5)
    expect((await world.resource('r1')).state).toBe('quiet')
    expect((await world.resource('r2')).state).toBe('quiet')
  })
})
