import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE, SyncWorld } from '../../../support/sync-world.ts'

async function open(): Promise<SyncWorld> {
  const world = await SyncWorld.open()
  world.shelf.put('a', 'one')
  await world.add()
  return world
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  )

describe('what can be asked of the sync', () => {
  it('is how a resource fares, with the reason, the next step and the next renewal', async () => {
    const world = await open()
    const view = await world.engine.api.get('r1')
    expect(view).toMatchObject({ mode: 'webhook', because: 'Shelf tells of changes', next: null })
    expect(view?.renewAt).toBeGreaterThan(world.clock.now() + 4 * DAY)
    expect(view?.renewAt).toBeLessThan(world.clock.now() + 6 * DAY)
    expect(await world.engine.api.get('nobody')).toBeNull()
    const { rows } = await world.engine.api.list({ limit: 9, userId: 'anna' })
    expect(rows.map(({ resource }) => resource.id)).toEqual(['r1'])
  })

  it('is a read now, also while another waits for its time', async () => {
    const world = await open()
    world.shelf.fail('read', 'EC_RATE_LIMITED', 1, HOUR)
    world.shelf.put('b', 'new')
    await world.pass(MINUTE)
    expect((await world.copy()).has('b')).toBe(false)
    const { jobId } = await world.engine.api.sync('r1', { full: false, confirmDeletion: false })
    await world.settle()
    expect(await world.copy()).toEqual(world.truth())
    expect((await world.store.getJob(jobId))?.state).toBe('done')
    const { rows } = await world.engine.api.runs({ resourceId: 'r1', limit: 9 })
    expect(rows.at(-1)).toMatchObject({ cause: 'user', type: 'webhook', changed: 1, error: null })
  })

  it('is refused with the reason and the next step where nothing can be done', async () => {
    const world = await open()
    await world.store.updateResource('r1', { paused: true })
    expect(await refusal(world.engine.api.sync('r1', { full: false, confirmDeletion: false }))).toMatchObject({
      code: 'EC_CONFLICT',
      message: 'it is not read: it is paused',
      hint: '`ec resources resume r1`',
    })
    await world.store.updateResource('r1', { paused: false })
    await world.store.setFeature('webhooks', false)
    expect(await refusal(world.engine.api.watch('r1'))).toMatchObject({
      code: 'EC_CONFLICT',
      hint: '`ec features on webhooks`',
    })
    expect(await refusal(world.engine.api.watch('nobody'))).toMatchObject({ code: 'EC_NOT_FOUND' })
    expect(await refusal(world.engine.api.subscription('nobody'))).toMatchObject({ code: 'EC_NOT_FOUND' })
  })

  it('is all of a user at once, by the older words: a task each', async () => {
    const world = await open()
    await world.add('r2')
    const before = world.shelf.counts('user')
    const tasks = await world.engine.api.setUpUser('anna')
    await world.settle()
    expect(tasks.map(({ resourceId }) => resourceId)).toEqual(['r1', 'r2'])
    expect(world.shelf.counts('user') - before).toBe(2)
    expect(await world.engine.api.setUpUser('nobody')).toEqual([])
  })

  it('is what came of it: sums with how long notifications took', async () => {
    const world = await open()
    await world.pass(HOUR)
    for (let n = 0; n < 10; n += 1) {
      world.shelf.put('a', `number ${n}`)
      await world.pass(MINUTE)
    }
    const sums = await world.engine.api.sums(0)
    expect(sums.find(({ type }) => type === 'webhook')).toMatchObject({
      runs: 10,
      failed: 0,
      notifications: 10,
      lost: 0,
      latencyP99: 3_000,
    })
    expect(sums.find(({ type }) => type === 'polling')).toBeUndefined()
  })

  it('is the end of a subscription that has ended already: there is nothing to do', async () => {
    const world = await open()
    const [row] = (await world.engine.api.subscriptions({ resourceId: 'r1', limit: 9 })).rows
    await world.engine.api.stop(row?.id ?? '')
    await world.settle()
    expect(await world.engine.api.subscription(row?.id ?? '')).toMatchObject({ state: 'ended' })
    expect(await refusal(world.engine.api.stop(row?.id ?? ''))).toMatchObject({ code: 'EC_CONFLICT' })
  })
})
