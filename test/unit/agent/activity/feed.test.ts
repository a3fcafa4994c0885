import { get, type IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { ActivityReader } from '../../../support/activity-reader.js'
import { openFeed } from '../../../support/open-feed.js'
import { aNotification, anEvent, inAllLanes } from '../../../support/store-samples.js'

const LOOK_MS = 250
const BEAT_MS = 5_000

/** Lets what is under way come to its end. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise(resolve => setImmediate(resolve))
}

function idsOf(reader: ActivityReader): readonly string[] {
  return reader.frames.flatMap(({ events }) => events.map(({ id }) => id))
}

function heardOfReading(reader: ActivityReader): boolean {
  return reader.frames.some(({ changed }) => changed.events.some(({ state }) => state === 'read'))
}

function openRaw(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => void get(url, resolve).on('error', reject))
}

describe('the activity feed', () => {
  it('does nothing while nobody follows, also again when the last one has gone', async () => {
    const t = await openFeed()
    await t.append({ id: 'a' })
    t.feed.notice()
    t.clock.advance(60_000)
    await settle()
    expect(t.reads()).toBe(0)
    const reader = await ActivityReader.follow(t.client)
    await reader.close()
    while (t.feed.followers > 0) await settle()
    const reads = t.reads()
    await t.append({ id: 'b' })
    t.feed.notice()
    t.clock.advance(60_000)
    await settle()
    expect(t.reads()).toBe(reads)
  })

  it('gathers what comes, and looks once for all who follow', async () => {
    const t = await openFeed()
    const readers = await Promise.all([1, 2, 3].map(() => ActivityReader.follow(t.client)))
    const reads = t.reads()
    await t.append({ id: 'a' }, { id: 'b', userId: 'boris' })
    t.feed.notice()
    t.clock.advance(LOOK_MS)
    for (const reader of readers) await reader.until(() => reader.frames.length === 2)
    for (const reader of readers) expect(idsOf(reader)).toEqual(['a', 'b'])
    expect(t.reads()).toBe(reads + 1)
  })

  it('looks four times a second at most, however much comes', async () => {
    const t = await openFeed()
    const reader = await ActivityReader.follow(t.client)
    const reads = t.reads()
    for (let ms = 0; ms < 1000; ms += 10) {
      await t.append({})
      t.clock.advance(10)
      await settle()
    }
    const looks = t.reads() - reads
    expect(looks).toBeGreaterThanOrEqual(3)
    expect(looks).toBeLessThanOrEqual(4)
    t.clock.advance(LOOK_MS)
    await reader.until(() => reader.titles.length === 100)
    expect(reader.skipped).toBe(0)
  })

  it('jumps to the newest in a rush, and says how much it left out', async () => {
    const t = await openFeed()
    const reader = await ActivityReader.follow(t.client)
    await t.append(...Array.from({ length: 3_000 }, (_, i) => ({ id: `e${i}` })))
    t.clock.advance(LOOK_MS)
    await reader.until(() => reader.frames.length === 2)
    expect(idsOf(reader)).toEqual(Array.from({ length: 200 }, (_, i) => `e${i + 2_800}`))
    expect(reader.frames[1]?.skipped).toEqual({ notifications: 0, events: 2_800 })
    await t.append({ id: 'next' })
    t.clock.advance(LOOK_MS)
    await reader.until(() => reader.frames.length === 3)
    expect(reader.frames[2]).toMatchObject({ events: [{ id: 'next' }], skipped: { events: 0 } })
  })

  it('leaves out the older of large events, but none without saying so', async () => {
    const t = await openFeed()
    await t.append(...Array.from({ length: 20 }, (_, i) => ({ id: `old${i}`, body: 'x'.repeat(30_000) })))
    const reader = await ActivityReader.follow(t.client)
    expect(reader.frames[0]).toMatchObject({ skipped: { events: 0 } })
    expect(idsOf(reader).at(-1)).toBe('old19')
    const shown = idsOf(reader).length
    expect(shown).toBe(8)
    await t.append(...Array.from({ length: 20 }, (_, i) => ({ id: `new${i}`, body: 'x'.repeat(30_000) })))
    t.clock.advance(LOOK_MS)
    await reader.until(() => reader.frames.length === 2)
    expect(reader.frames[1]).toMatchObject({ skipped: { events: 12 } })
    expect(idsOf(reader).slice(shown)).toEqual(Array.from({ length: 8 }, (_, i) => `new${i + 12}`))
  })

  it('gives a sign of life every 5 seconds when nothing comes', async () => {
    const t = await openFeed()
    const reader = await ActivityReader.follow(t.client)
    for (let beats = 1; beats <= 3; beats++) {
      t.clock.advance(BEAT_MS - 1)
      await settle()
      expect(reader.frames).toHaveLength(beats)
      t.clock.advance(1)
      await reader.until(() => reader.frames.length > beats)
    }
    expect(reader.frames[3]).toMatchObject({ events: [], notifications: [], uptime_s: 15 })
  })

  it('finds what nobody told of with the next sign of life', async () => {
    const t = await openFeed()
    const reader = await ActivityReader.follow(t.client)
    await t.backend.store.appendEvents([anEvent({ title: 'of another process' })])
    t.clock.advance(BEAT_MS)
    await reader.until(() => reader.titles.length > 0)
    expect(reader.titles).toEqual(['of another process'])
  })

  it('doubles and misses nothing for whoever comes while a look is under way', async () => {
    const t = await openFeed()
    const first = await ActivityReader.follow(t.client)
    const release = t.holdReads()
    await t.append({ id: 'a' })
    t.clock.advance(LOOK_MS)
    // The look has read `a` and is held; now one comes, reads too, and more arrives.
    const coming = ActivityReader.follow(t.client)
    while (t.reads() < 3) await settle()
    await t.append({ id: 'b' })
    release()
    const second = await coming
    await t.append({ id: 'c' })
    while (idsOf(first).length < 3 || idsOf(second).length < 3) {
      t.clock.advance(LOOK_MS)
      await settle()
    }
    expect(idsOf(first)).toEqual(['a', 'b', 'c'])
    expect(idsOf(second)).toEqual(['a', 'b', 'c'])
  })

  it('goes on behind the id of the last message, and anew behind one of another epoch', async () => {
    const t = await openFeed()
    await t.append({ id: 'a' }, { id: 'b' })
    const { epoch } = t.backend.store.identity()
    const idsSince = async (cursor: string): Promise<unknown> => {
      const response = await fetch(t.url, { headers: { 'last-event-id': cursor } })
      const { value } = (await response.body?.getReader().read()) ?? {}
      const [, id = '', data = 'null'] = /^id: (.*)\ndata: (.*)\n\n$/.exec(Buffer.from(value ?? []).toString()) ?? []
      expect(id).toMatch(new RegExp(`^${epoch}\\.`))
      const frame: { events: { id: string }[] } = JSON.parse(data)
      return frame.events.map(event => event.id)
    }
    expect(await idsSince(`${epoch}.0.1`)).toEqual(['b'])
    expect(await idsSince(`${epoch}.0.2`)).toEqual([])
    expect(await idsSince('another.0.2')).toEqual(['a', 'b'])
    expect((await fetch(t.url, { headers: { 'last-event-id': `${epoch}.x` } })).status).toBe(400)
  })

  it('tells what became of an event that was told before, to all who follow', async () => {
    const t = await openFeed()
    await t.append({ id: 'a' }, { id: 'b' })
    const readers = await Promise.all([1, 2].map(() => ActivityReader.follow(t.client)))
    await t.change('read', ['a'])
    t.clock.advance(LOOK_MS)
    for (const reader of readers) await reader.until(() => reader.frames.length === 2)
    for (const reader of readers) {
      expect(reader.frames[1]).toMatchObject({
        events: [],
        changed: { events: [{ user_id: 'anna', id: 'a', state: 'read' }], notifications: [] },
      })
    }
    t.clock.advance(BEAT_MS)
    for (const reader of readers) await reader.until(() => reader.frames.length === 3)
    for (const reader of readers) expect(reader.frames[2]?.changed).toEqual({ events: [], notifications: [] })
  })

  it('tells what became of a notification, and looks no more at one that was processed', async () => {
    const t = await openFeed()
    const { store } = t.backend
    await store.acceptNotifications([aNotification({ key: 'n1' }), aNotification({ key: 'n2', job: null })])
    const reader = await ActivityReader.follow(t.client)
    expect(reader.frames[0]?.notifications.map(({ state }) => state)).toEqual(['accepted', 'held'])
    const now = t.clock.now()
    const { jobs } = await store.claimJobs({ now, leaseUntil: now + 60_000, lanes: inAllLanes(10) })
    const effects = { notification: { id: 'ntf_1', state: 'processed' } } as const
    for (const job of jobs)
      await store.finishJob({ job: job.id, attempt: job.attempt }, { type: 'done', effects, at: now })
    t.feed.notice()
    t.clock.advance(LOOK_MS)
    await reader.until(() => reader.frames.length === 2)
    expect(reader.frames[1]?.changed.notifications).toMatchObject([{ id: 'ntf_1', state: 'processed' }])
    t.clock.advance(BEAT_MS)
    await reader.until(() => reader.frames.length === 3)
    expect(reader.frames[2]?.changed.notifications).toEqual([])
    expect(t.readAgain().at(-1)).toEqual({ notifications: ['ntf_2'], events: [] })
  })

  it('tells a thousand changes a few at a time', async () => {
    const t = await openFeed()
    const ids = Array.from({ length: 500 }, (_, i) => `e${i}`)
    await t.append(...ids.map(id => ({ id })))
    const reader = await ActivityReader.follow(t.client)
    await t.change('read', ids)
    const changed = (): readonly string[] => reader.frames.flatMap(frame => frame.changed.events.map(({ id }) => id))
    while (changed().length < 500) {
      t.clock.advance(LOOK_MS)
      await settle()
    }
    expect(changed()).toEqual(ids)
    expect(Math.max(...reader.frames.map(frame => frame.changed.events.length))).toBe(200)
  })

  it('keeps a change for whoever comes while it is told', async () => {
    const t = await openFeed()
    await t.append({ id: 'a' })
    const first = await ActivityReader.follow(t.client)
    const release = t.holdReads()
    // It has read `a` as unread, and is held before it is told.
    const coming = ActivityReader.follow(t.client)
    while (t.reads() < 2) await settle()
    await t.change('read', ['a'])
    t.clock.advance(LOOK_MS)
    await settle()
    release()
    const second = await coming
    while (!heardOfReading(first) || !heardOfReading(second)) {
      t.clock.advance(LOOK_MS)
      await settle()
    }
  })

  it('tells a change later when the store could not be read', async () => {
    const t = await openFeed()
    await t.append({ id: 'a' })
    const reader = await ActivityReader.follow(t.client)
    t.failNextRead()
    await t.change('read', ['a'])
    t.clock.advance(LOOK_MS)
    await settle()
    expect(reader.frames).toHaveLength(1)
    t.clock.advance(BEAT_MS)
    await reader.until(() => reader.frames.length === 2)
    expect(heardOfReading(reader)).toBe(true)
  })

  it('tells whoever comes back how the newest rows are', async () => {
    const t = await openFeed()
    await t.append({ id: 'a' }, { id: 'b' })
    const { epoch } = t.backend.store.identity()
    await t.change('read', ['a'])
    const response = await fetch(t.url, { headers: { 'last-event-id': `${epoch}.0.2` } })
    const { value } = (await response.body?.getReader().read()) ?? {}
    expect(Buffer.from(value ?? []).toString()).toContain('{"user_id":"anna","id":"a","state":"read"}')
  })

  it('cuts off who reads nothing, and disturbs nobody with it', async () => {
    const t = await openFeed()
    const reader = await ActivityReader.follow(t.client)
    const stalled = await openRaw(t.url)
    stalled.pause()
    while (t.feed.followers < 2) await settle()
    let sent = 0
    // The network holds some megabytes by itself.
    while (t.feed.followers === 2) {
      await t.append(...Array.from({ length: 8 }, () => ({ body: 'ж'.repeat(30_000) })))
      sent += 8
      t.clock.advance(LOOK_MS)
      await reader.until(() => reader.titles.length === sent)
      await settle()
    }
    expect(sent).toBeLessThan(2_000)
    await t.append({ title: 'still here' })
    t.clock.advance(LOOK_MS)
    await reader.until(() => reader.titles.includes('still here'))
    expect(reader.types.filter(type => type === 'lost')).toEqual([])
    stalled.destroy()
  })

  it('takes 16 at once', async () => {
    const t = await openFeed()
    const all = await Promise.all(Array.from({ length: 17 }, () => openRaw(t.url)))
    expect(all.map(({ statusCode }) => statusCode).toSorted()).toEqual([...Array<number>(16).fill(200), 429])
    all.find(({ statusCode }) => statusCode === 200)?.destroy()
    while (t.feed.followers === 16) await settle()
    expect((await openRaw(t.url)).statusCode).toBe(200)
  })

  it('ends with word of why when the agent stops, and takes nobody then', async () => {
    const t = await openFeed()
    const reader = await ActivityReader.follow(t.client)
    t.feed.drain()
    await reader.until(() => reader.types.includes('lost'))
    expect(reader.items.at(-1)).toEqual({ type: 'lost', code: 'EC_DRAINING', message: 'the agent is stopping' })
    expect((await openRaw(t.url)).statusCode).toBe(503)
  })

  it('tries again with the next sign of life when the store cannot be read', async () => {
    const t = await openFeed()
    const reader = await ActivityReader.follow(t.client)
    await t.append({ title: 'a' })
    await t.backend.close()
    t.clock.advance(LOOK_MS)
    await settle()
    expect(reader.frames).toHaveLength(1)
    expect(t.feed.followers).toBe(1)
    t.clock.advance(BEAT_MS)
    await settle()
    expect(t.reads()).toBe(3)
  })
})
