import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '#ec/core/error-codes.js'
import { runs } from '../../../support/long.ts'
import { DAY, HOUR, MINUTE, SyncWorld } from '../../../support/sync-world.ts'

const FAULTS = [
  'EC_PROVIDER',
  'EC_TIMEOUT',
  'EC_RATE_LIMITED',
  'EC_SCOPE_MISSING',
] as const satisfies readonly ErrorCode[]

const id = fc.integer({ min: 0, max: 25 }).map(n => `i${n}`)

/** What befalls the shelf, what befalls the way to us, and what befalls us. */
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant('put'), id, exception: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('remove'), id }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('burst'), count: fc.integer({ min: 1, max: 30 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('pass'), ms: fc.constantFrom(1000, 10_000, 10 * MINUTE, 7 * HOUR, DAY) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('expire') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('fault'),
      at: fc.constantFrom('read', 'create', 'stop'),
      code: fc.constantFrom(...FAULTS),
      times: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('carry'),
      how: fc.constantFrom('drop', 'twice', 'reverse', 'plain', 'late'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('deaf'), deaf: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('kill'),
      kind: fc.constantFrom('sync.run', 'subscription.renew', 'notification.process'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('restart') }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('sleep'), ms: fc.constantFrom(HOUR, 10 * HOUR, 9 * DAY) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('sign'), out: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('switch'), on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('pause'), paused: fc.boolean() }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

describe('through any history of the service, of the way and of us', () => {
  it(
    'the copy is what the service has, and nothing is announced twice',
    () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 5, maxLength: 40 }),
          fc.integer({ min: 3, max: 12 }),
          async (steps, pageSize) => {
            const world = await SyncWorld.open()
            world.shelf.pageSize = pageSize
            for (let n = 0; n < 12; n += 1) world.shelf.put(`i${n}`, 'first')
            await world.add()
            for (const one of steps) await live(world, one)
            await mend(world)
            expect(await world.copy()).toEqual(world.truth())
            const state = await world.state()
            expect(state).toMatchObject({ error: null, pass: null, items: world.truth().size })
            const told = await world.told()
            const changes = told.flatMap(({ type, data }) =>
              type.startsWith('shelf.') ? [`${type} ${data?.['item']} ${data?.['version']}`] : [],
            )
            expect(changes.toSorted()).toEqual([...new Set(changes)].toSorted())
            const waiting = await world.store.listNotifications({ limit: 9, resourceId: 'r1', state: 'syncing' })
            expect(waiting.rows).toEqual([])
            expect(await world.engine.api.get('r1')).toMatchObject({ mode: 'webhook' })
            // What we asked for and no longer want is stopped.
            expect(world.shelf.living()).toHaveLength(1)
            await world.close()
          },
        ),
        { numRuns: runs(60) },
      ),
    600_000,
  )
})

async function live(world: SyncWorld, one: Step): Promise<void> {
  const { shelf, store } = world
  switch (one.type) {
    case 'put':
      shelf.put(one.exception ? `${one.id}-x` : one.id, `at ${world.clock.now()}`, one.exception ? one.id : null)
      return
    case 'remove':
      return shelf.remove(one.id)
    case 'burst':
      for (let n = 0; n < one.count; n += 1) shelf.put(`b${n}`, `at ${world.clock.now()}`)
      return
    case 'pass':
      return await world.pass(one.ms)
    case 'expire':
      return shelf.expireCursors()
    case 'fault':
      return shelf.fail(one.at, one.code, one.times, 45_000)
    case 'carry':
      world.carry = CARRY[one.how]
      return
    case 'deaf':
      shelf.deaf = one.deaf
      return
    case 'kill': {
      let left = 1
      world.kills = job => job.kind === one.kind && left-- > 0
      return
    }
    case 'restart':
      return await world.restart()
    case 'sleep':
      return await world.sleep(one.ms)
    case 'sign':
      world.signedOut = one.out
      return await world.tell('account', 'a1')
    case 'switch':
      await store.setFeature('webhooks', one.on)
      return await world.tell('feature', 'webhooks')
    case 'pause': {
      await store.updateResource('r1', { paused: one.paused })
      return await world.tell('resource', 'r1')
    }
    default:
      one satisfies never
  }
}

const CARRY = {
  plain: pushes => pushes,
  drop: () => [],
  twice: pushes => [...pushes, ...pushes],
  reverse: pushes => pushes.toReversed(),
  late: pushes => pushes.slice(1),
} as const satisfies Record<string, SyncWorld['carry']>

/** Everything is well again, and the days go by that it takes to find that out. */
async function mend(world: SyncWorld): Promise<void> {
  const { shelf, store } = world
  shelf.heal()
  world.carry = CARRY.plain
  world.kills = () => false
  world.signedOut = false
  await store.setFeature('webhooks', true)
  await store.updateResource('r1', { paused: false })
  await world.tell('feature', 'webhooks')
  await world.tell('account', 'a1')
  await world.tell('resource', 'r1')
  await world.pass(2 * DAY)
  // A person confirms what was held, and wants it watched again should it have been given up.
  if ((await world.state()).heldDeletion !== null) {
    await world.engine.api.sync('r1', { full: true, confirmDeletion: true })
  }
  await world.engine.api.watch('r1')
  await world.pass(HOUR)
  shelf.put('last', 'the last change')
  await world.pass(MINUTE)
}
