import { describe, expect, it } from 'vitest'
import { Answers } from '#ec/agent/calendars/answers.js'
import { createCacheApi } from '#ec/agent/calendars/cache-api.js'
import { createCalendarApi } from '#ec/agent/calendars/calendar-api.js'
import type { Backend } from '#ec/backends/backend.js'
import type { SyncEffect } from '#ec/backends/store.js'
import { EcError } from '#ec/core/errors.js'
import { silentLog } from '#ec/core/log.js'
import { FakeClock } from '../../../support/fake-clock.ts'
import { anAccount, aResource, inAllLanes, T0 } from '../../../support/store-samples.ts'
import { openTestBackend } from '../../../support/test-backend.ts'
import { anItem, loadCalendarProvider } from './calendar-store.ts'

const HOUR_MS = 3_600_000
const WEEK = { from: T0, to: T0 + 7 * 24 * HOUR_MS }

/** On a real store: `work` and `home` are Anna's, `other` is Ben's, and one is only told of. */
async function open() {
  const clock = new FakeClock(T0)
  const backend = await openTestBackend(clock)
  const { store, bus, cache } = backend
  await store.putAccount(anAccount())
  await store.putAccount(anAccount({ id: 'a2', userId: 'ben', address: 'ben@example.org' }))
  const add = (id: string, userId: string, accountId: string) =>
    store.addResource(aResource({ id, userId, provider: 'scripted', name: id, source: { accountId, target: id } }))
  await add('work', 'anna', 'a1')
  await add('home', 'anna', 'a1')
  await add('other', 'ben', 'a2')
  await store.addResource(aResource({ id: 'told', provider: 'scripted' }))
  await store.addResource(aResource({ id: 'code', provider: 'github' }))
  const answers = new Answers({ cache, bus, store, log: silentLog, ttlMs: 360_000 })
  const api = createCalendarApi({ store, answers, loadProvider: loadCalendarProvider })
  return { ...backend, clock, api, answers, cacheApi: createCacheApi({ cache, answers }) }
}

/** As a sync leaves it, and tells of it. */
async function sync({ store, bus }: Backend, resourceId: string, items: SyncEffect['items'], at = T0): Promise<void> {
  const userId = (await store.getResource(resourceId))?.userId ?? ''
  const job = {
    kind: 'sync.run',
    group: `sync:${resourceId}`,
    priority: 0,
    maxAttempts: 4,
    runAt: at,
    payload: {},
  } as const
  await store.requestSync({ resourceId, cause: 'webhook', full: false, announced: true, at, job, hurry: false })
  const claim = { now: at, leaseUntil: at + 60_000, lanes: inAllLanes(10) }
  const [claimed] = (await store.claimJobs(claim)).jobs
  if (claimed === undefined) throw new Error('no job was made')
  const run = { type: 'full', cause: 'full', startedAt: at, endedAt: at, pages: 1, changed: 0, error: null } as const
  await store.finishJob(
    { job: claimed.id, attempt: claimed.attempt },
    {
      type: 'done',
      at,
      effects: {
        sync: {
          resourceId,
          ...(items === undefined ? {} : { items }),
          patch: { generation: 1, lastSyncAt: at, ...(items === undefined ? {} : { lastChangeAt: at }) },
          end: { run, seq: 9, again: job, through: null },
        },
      },
    },
  )
  bus.publish('synced', { resourceId, userId, changed: items !== undefined })
}

const write = (id: string, startsAt: number) => ({ item: anItem(id, startsAt), generation: 1 })

async function codeOf(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => 'none',
    (error: unknown) => (error instanceof EcError ? error.code : String(error)),
  )
}

describe('the calendars of a user', () => {
  it('are those that are read with an account, each with when it was read', async () => {
    const world = await open()
    await sync(world, 'work', [write('i1', T0)], T0 + 5)
    const found = await world.api.calendars('anna')
    expect(found).toEqual({
      value: [
        { id: 'work', name: 'work', provider: 'scripted', account: 'anna@example.org', items: 1, freshAt: T0 + 5 },
        { id: 'home', name: 'home', provider: 'scripted', account: 'anna@example.org', items: 0, freshAt: null },
      ],
      hit: false,
      freshAt: null,
      incomplete: ['home'],
    })
    expect((await world.api.calendars('anna')).hit).toBe(true)
    await sync(world, 'home', undefined, T0 + 9)
    expect(await world.api.calendars('anna')).toMatchObject({ hit: false, freshAt: T0 + 5, incomplete: [] })
    expect((await world.api.calendars('nobody')).value).toEqual([])
  })
})

describe('what takes place', () => {
  it('is what lies in the window, of all calendars of the user, ascending', async () => {
    const world = await open()
    await sync(world, 'work', [write('i1', T0 + 5 * HOUR_MS), write('i2', T0 + 8 * 24 * HOUR_MS)])
    await sync(world, 'home', [write('i3', T0 + HOUR_MS), write('past', T0 - 2 * HOUR_MS)])
    await sync(world, 'other', [write('i4', T0)])
    const found = await world.api.events('anna', WEEK, null)
    expect(found.value.map(({ id, calendar }) => [id, calendar])).toEqual([
      ['i3', 'home'],
      ['i1', 'work'],
    ])
    expect(found).toMatchObject({ hit: false, freshAt: T0, incomplete: [] })
    expect((await world.api.events('anna', WEEK, 'work')).value.map(({ id }) => id)).toEqual(['i1'])
  })

  it('is at hand the second time, also for a window that has slid on a little', async () => {
    const world = await open()
    await sync(world, 'work', [write('i1', T0), write('i2', T0 + 2 * HOUR_MS)])
    await world.api.events('anna', WEEK, null)
    const later = { from: WEEK.from + HOUR_MS, to: WEEK.to + HOUR_MS }
    const found = await world.api.events('anna', later, null)
    expect(found.hit).toBe(true)
    expect(found.value.map(({ id }) => id)).toEqual(['i2'])
  })

  it('says of a calendar that was never read that nothing is known, until its first read has ended', async () => {
    const world = await open()
    await sync(world, 'work', [write('i1', T0)])
    expect(await world.api.events('anna', WEEK, null)).toMatchObject({ freshAt: null, incomplete: ['home'] })
    expect(await world.api.events('anna', WEEK, 'work')).toMatchObject({ freshAt: T0, incomplete: [] })
    await sync(world, 'home', undefined)
    expect(await world.api.events('anna', WEEK, null)).toMatchObject({ hit: false, freshAt: T0, incomplete: [] })
  })

  it('goes out of the cache with a sync that changed something, and nothing else does', async () => {
    const world = await open()
    for (const id of ['work', 'home', 'other']) await sync(world, id, [write('i1', T0)])
    const ask = async () => [
      (await world.api.events('anna', WEEK, null)).hit,
      (await world.api.events('anna', WEEK, 'home')).hit,
      (await world.api.events('ben', WEEK, null)).hit,
    ]
    expect(await ask()).toEqual([false, false, false])
    await sync(world, 'work', undefined)
    expect(await ask()).toEqual([true, true, true])
    await sync(world, 'work', [write('i2', T0)])
    expect(await ask()).toEqual([false, true, true])
  })

  it('is the same rows as long as it is at hand, and gets fresher with each read that finds nothing', async () => {
    const world = await open()
    await sync(world, 'work', [write('i1', T0 + HOUR_MS)])
    await sync(world, 'home', [write('i2', T0 + 2 * HOUR_MS)], T0 + 1)
    const first = await world.api.events('anna', WEEK, null)
    expect(first).toMatchObject({ hit: false, freshAt: T0 })
    await sync(world, 'work', undefined, T0 + 9)
    const later = await world.api.events('anna', { ...WEEK, from: T0 + 1 }, null)
    expect(later).toMatchObject({ hit: true, freshAt: T0 + 1 })
    expect(later.value).toBe(first.value)
    await sync(world, 'home', undefined, T0 + 12)
    expect(await world.api.events('anna', WEEK, null)).toMatchObject({ hit: true, freshAt: T0 + 9 })
    await sync(world, 'work', [write('i3', T0 + HOUR_MS)], T0 + 20)
    const changed = await world.api.events('anna', WEEK, null)
    expect(changed).toMatchObject({ hit: false, freshAt: T0 + 12 })
    expect(changed.value.map(({ id }) => id)).toEqual(['i1', 'i3', 'i2'])
  })

  it('goes by its age, and with a store that was restored', async () => {
    const world = await open()
    await sync(world, 'work', [write('i1', T0)])
    const hit = async () => (await world.api.events('anna', WEEK, null)).hit
    await hit()
    world.clock.advance(360_000 - 1)
    expect(await hit()).toBe(true)
    world.clock.advance(1)
    expect(await hit()).toBe(false)
    world.bus.publish('restored', { epoch: 'e2' })
    expect(await hit()).toBe(false)
  })

  it('is not asked for in a window that is none or too long, nor of a calendar of somebody else', async () => {
    const { api } = await open()
    expect(await codeOf(api.events('anna', { from: T0, to: T0 }, null))).toBe('EC_FIELD_INVALID')
    expect(await codeOf(api.events('anna', { from: T0, to: T0 + 367 * 24 * HOUR_MS }, null))).toBe('EC_FIELD_INVALID')
    expect(await codeOf(api.events('anna', WEEK, 'other'))).toBe('EC_NOT_FOUND')
    expect(await codeOf(api.events('anna', WEEK, 'told'))).toBe('EC_NOT_FOUND')
  })
})

async function loadSharedCalendars(): ReturnType<typeof loadCalendarProvider> {
  const { reader, ...provider } = await loadCalendarProvider()
  return reader === undefined ? provider : { ...provider, reader: { ...reader, sharedTargets: true } }
}

describe('a calendar that two accounts of a user see', () => {
  it('is there once, by the copy that was read last, and under either id', async () => {
    const world = await open()
    await world.store.putAccount(anAccount({ id: 'a3', address: 'anna@example.com' }))
    const source = { accountId: 'a3', target: 'work' }
    const twin = aResource({ id: 'twin', userId: 'anna', provider: 'scripted', name: 'twin', source })
    await world.store.addResource(twin)
    const { store, answers } = world
    const api = createCalendarApi({ store, answers, loadProvider: loadSharedCalendars })
    for (const id of ['work', 'home']) await sync(world, id, [write('i1', T0)])
    const show = async (calendar: string | null) => {
      const { value, incomplete } = await api.events('anna', WEEK, calendar)
      return [value.map(row => `${row.calendar} ${row.id}`), incomplete]
    }
    expect(await show(null)).toEqual([['home i1', 'work i1'], []])
    expect(await show('twin')).toEqual([['work i1'], []])
    expect((await api.calendars('anna')).value.map(({ id }) => id)).toEqual(['work', 'home'])
    await sync(world, 'twin', [write('i2', T0)], T0 + 1)
    expect(await show(null)).toEqual([['home i1', 'work i2'], []])
    expect(await show('work')).toEqual([['work i2'], []])
    expect((await api.calendars('anna')).value).toMatchObject([{ id: 'work', freshAt: T0 + 1 }, { id: 'home' }])
    await world.store.removeResource('work')
    world.bus.publish('changed', { what: 'resource', id: 'work' })
    expect(await show(null)).toEqual([['home i1', 'twin i2'], []])
  })
})

describe('an event by its id', () => {
  it('is shown as each calendar has it', async () => {
    const world = await open()
    await sync(world, 'work', [write('i1', T0)])
    await sync(world, 'home', [write('i1', T0 + HOUR_MS)])
    const found = await world.api.event('anna', 'i1')
    expect(found.value).toEqual([
      { ...anItem('i1', T0), calendar: 'work' },
      { ...anItem('i1', T0 + HOUR_MS), calendar: 'home' },
    ])
    expect((await world.api.event('anna', 'i1')).hit).toBe(true)
    expect(await codeOf(world.api.event('anna', 'i2'))).toBe('EC_NOT_FOUND')
    expect(await codeOf(world.api.event('ben', 'i1'))).toBe('EC_NOT_FOUND')
  })
})

describe('the cache', () => {
  it('has the keys of the design, with the days of a window behind, and forgets them by prefix', async () => {
    const world = await open()
    await sync(world, 'work', [write('i1', T0)])
    await world.api.calendars('anna')
    await world.api.events('anna', WEEK, null)
    await world.api.event('anna', 'i1')
    expect((await world.cacheApi.list('')).map(({ key }) => key)).toEqual([
      'calendar:event:anna:i1',
      'calendar:events:anna:2026-01-05:2026-01-13',
      'calendar:sync_token:anna',
      'calendar:user_calendars:anna',
    ])
    expect(await world.cacheApi.clear('calendar:events:')).toBe(1)
    expect((await world.api.events('anna', WEEK, null)).hit).toBe(false)
    expect(await world.cacheApi.clear('')).toBe(4)
  })
})
