import { describe, expect, it, onTestFinished } from 'vitest'
import { openSyncWorld, type SyncWorld } from '../../bench/support/sync-world.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const PERSON = 'ana@example.com'
const NOON = Date.parse('2026-01-05T12:00:00Z')

/** The whole agent on a clock that is moved by hand, with ana's calendar read and watched. */
async function openWatched() {
  const world = await openSyncWorld({ start: NOON, seed: 7 })
  onTestFinished(() => world.close())
  const account = await world.signIn(PERSON)
  const id = await world.watch(account, PERSON)
  await world.warmUp()
  await world.advance(HOUR)
  return { world, account, id, sync: async () => (await world.client.resources.get(id)).sync }
}

function make({ sandbox }: SyncWorld, summary: string): string {
  const { id } = sandbox.control.mutate({ do: 'event.create', event: { summary } })
  return String(id)
}

async function told({ client }: SyncWorld, type: string): Promise<readonly string[]> {
  const { events } = await client.events.list({ user: 'ana', limit: 500 })
  return events.filter(event => event.type === type).map(event => event.title)
}

describe('a laptop that is asleep for two days', () => {
  it('reads each calendar once when it wakes, has its subscription anew, and has missed nothing', async () => {
    const { world, id, sync } = await openWatched()
    expect(await sync()).toMatchObject({ mode: 'webhook' })
    const moved = make(world, 'Moved while asleep')
    const gone = make(world, 'Deleted while asleep')
    await world.advance(HOUR)
    await world.sleep()
    for (let n = 1; n <= 12; n++) {
      make(world, `Asleep ${n}`)
      await world.advance(4 * HOUR)
    }
    const { control } = world.sandbox
    control.mutate({ do: 'event.patch', id: moved, event: { summary: 'Moved to Friday' } })
    control.mutate({ do: 'event.delete', id: gone })
    const before = world.requests()
    await world.wake()
    await world.advance(2 * 60_000)
    expect(world.requests() - before).toBeLessThan(6)
    const created = await told(world, 'calendar.event.created')
    const wanted = Array.from({ length: 12 }, (_, n) => `New: Asleep ${n + 1}`)
    expect(created.toSorted()).toEqual([...wanted, 'New: Deleted while asleep', 'New: Moved while asleep'].toSorted())
    expect(await told(world, 'calendar.event.updated')).toHaveLength(1)
    expect(await told(world, 'calendar.event.deleted')).toHaveLength(1)
    expect(await told(world, 'system.alert')).toEqual([])
    expect(await sync()).toMatchObject({ mode: 'webhook', error: null })
    expect(world.copyOf(id).size).toBe(13)
  })
})

describe('a consent that ended while nobody looked', () => {
  it('is told once in three days, and costs not one request', async () => {
    const { world, id, sync } = await openWatched()
    const { control } = world.sandbox
    control.mutate({ do: 'grant.revoke' })
    make(world, 'Meanwhile 0')
    await world.advance(HOUR)
    expect(await sync()).toMatchObject({ mode: 'none', next_step: `ec setup google --account ${PERSON}` })
    const before = world.requests()
    for (let n = 1; n <= 6; n++) {
      make(world, `Meanwhile ${n}`)
      await world.advance(12 * HOUR)
    }
    expect(world.requests() - before).toBe(0)
    expect(await told(world, 'system.alert')).toEqual([`Google no longer lets us in as ${PERSON}`])
    await world.signIn(PERSON)
    await world.advance(10 * 60_000)
    const wanted = Array.from({ length: 7 }, (_, n) => `New: Meanwhile ${n}`)
    expect((await told(world, 'calendar.event.created')).toSorted()).toEqual(wanted)
    expect(await sync()).toMatchObject({ mode: 'webhook', error: null })
    expect(world.copyOf(id).size).toBe(7)
    await world.advance(2 * DAY)
    expect(await told(world, 'system.alert')).toHaveLength(1)
  })

  it('has the name of its cause when the app is in testing, and the step that ends it for good', async () => {
    const { world } = await openWatched()
    world.sandbox.control.manners({ testing_mode: true })
    await world.advance(8 * DAY)
    const { events } = await world.client.events.list({ user: 'ana', limit: 500 })
    const alerts = events.filter(({ type }) => type === 'system.alert')
    expect(alerts).toHaveLength(1)
    expect(alerts[0]?.body).toContain(
      'The consent ended seven days after it was given, as it does while the app is in testing.',
    )
    expect(alerts[0]?.body).toContain('Next: publish the app at https://console.cloud.google.com/auth/audience')
  })
})

describe('an API that is off for days', () => {
  it('is told once, tried now and then, and heals by itself', async () => {
    const { world, sync } = await openWatched()
    const { control } = world.sandbox
    control.manners({ disabled_apis: ['calendar'] })
    for (let n = 1; n <= 4; n++) {
      make(world, `Meanwhile ${n}`)
      await world.advance(12 * HOUR)
    }
    expect(await sync()).toMatchObject({ mode: 'polling', error: 'EC_API_DISABLED' })
    expect(await told(world, 'system.alert')).toEqual([`${PERSON} could not be read`])
    control.manners({ disabled_apis: [] })
    await world.advance(3 * HOUR)
    const wanted = Array.from({ length: 4 }, (_, n) => `New: Meanwhile ${n + 1}`)
    expect((await told(world, 'calendar.event.created')).toSorted()).toEqual(wanted)
    expect(await sync()).toMatchObject({ mode: 'webhook', error: null })
  })
})
