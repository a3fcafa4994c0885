import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createClient } from '#ec/client.js'
import { spawnAgent, type Ready } from '../support/agent-process.js'
import { openProxy } from '../support/agent-proxy.js'
import { CHROMIUM, launchChromium } from '../support/browsers.js'
import { openCenterPage, showPage, startCenter } from '../support/center-page.js'
import { openCenterWorld } from '../support/center-world.js'
import { freePort } from '../support/free-port.js'
import { tempDir } from '../support/temp-dir.js'
import { userToken } from '../support/user-token.js'

let browser: Browser
beforeAll(async () => void (browser = await launchChromium()))
afterAll(() => browser.close())

async function newBrowser(): Promise<BrowserContext> {
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  return context
}

function seen(visible: boolean, thread: string | null) {
  return { t: 'vis', visible, focused: visible, thread }
}

function numbered(from: number, to: number): readonly string[] {
  return Array.from({ length: to - from }, (_, i) => `evt_${from + i}`)
}

describe.skipIf(CHROMIUM === null)('a page whose connection is lost', () => {
  it('has everything after the network was cut, quietly, and says how much that was', async () => {
    const { proxy, token, emit } = await openCenterWorld()
    const context = await newBrowser()
    const page = await openCenterPage(context, proxy.url, token)
    await page.live()
    await emit('evt_0')
    await expect.poll(() => page.announced()).toEqual(['evt_0'])
    proxy.cut()
    await page.until(({ connection }) => connection === 'offline')
    for (const id of numbered(1, 41)) await emit(id)
    proxy.mend()
    await page.live()
    await page.until(({ items }) => items.length === 41)
    expect(await page.ids()).toEqual(numbered(0, 41).toReversed())
    expect(await page.state()).toMatchObject({ away: 40, unread: { total: 41 } })
    expect(await page.happened()).toEqual(['evt_0'])
    expect(await page.announced()).toEqual(['evt_0'])
    await emit('evt_41')
    await expect.poll(() => page.announced()).toEqual(['evt_0', 'evt_41'])
    await page.page.evaluate(() => center.welcomeBack())
    expect((await page.state()).away).toBe(0)
  })

  it('sees that the browser is offline, and comes back at once when it is not', async () => {
    const { proxy, token, emit } = await openCenterWorld()
    const context = await newBrowser()
    const page = await openCenterPage(context, proxy.url, token)
    await page.live()
    await context.setOffline(true)
    // What the browser does to an open connection differs; a silent one is found by its silence.
    proxy.cut()
    await page.until(({ connection }) => connection === 'offline')
    await emit('evt_0')
    proxy.mend()
    await context.setOffline(false)
    await page.live()
    await page.until(({ items }) => items.length === 1)
  })

  it('misses nothing and tells nothing twice while the agent is killed and started under load, and makes no storm', async () => {
    const dataDir = tempDir()
    const port = await freePort()
    const start = async (): Promise<{ ready: Ready; kill: () => Promise<unknown> }> => {
      const agent = spawnAgent({ dataDir, port })
      onTestFinished(async () => void (await agent.kill()))
      return { ready: await agent.ready, kill: () => agent.kill() }
    }
    const first = await start()
    const proxy = await openProxy(first.ready.url)
    const token = await userToken(first.ready, 'ann')
    const context = await newBrowser()
    const pages = [await openCenterPage(context, proxy.url, token), await openCenterPage(context, proxy.url, token)]
    for (const page of pages) await page.live()

    const client = createClient({ socket: first.ready.socket })
    onTestFinished(() => client.close())
    const ids = numbered(0, 200)
    // While the agent is away it is tried again; the same id is the same event.
    const emit = (id: string) =>
      expect
        .poll(
          () =>
            client.emit({ user_id: 'ann', type: 'task.created', title: id, body: '', id }).then(Boolean, () => false),
          {
            timeout: 30_000,
          },
        )
        .toBe(true)
    let running = Promise.resolve(first)
    for (const [i, id] of ids.entries()) {
      if (i === 70 || i === 140) {
        const { kill } = await running
        await kill()
        running = start()
      }
      await emit(id)
      // The pages are back between the two.
      if (i === 100) for (const page of pages) await page.live()
    }
    await running

    for (const page of pages) {
      await page.live()
      await page.until(({ items }) => items.length === 200)
      expect(await page.ids()).toEqual(ids.toReversed())
      const happened = await page.happened()
      expect(new Set(happened).size).toBe(happened.length)
      const { away, unread } = await page.state()
      expect(unread.total).toBe(200)
      expect(happened.length + away).toBe(200)
    }
    const announced = (await Promise.all(pages.map(page => page.announced()))).flat()
    expect(new Set(announced).size).toBe(announced.length)
    expect(announced.toSorted()).toEqual((await pages[0]!.happened()).toSorted())
    const { tickets, upgrades } = proxy.counts
    console.log(
      `two kills: ${tickets} tickets and ${upgrades} WebSockets were asked for; ${announced.length} announced`,
    )
    expect(tickets).toBeLessThan(60)
    expect(proxy.openSockets).toBe(1)
  })

  it('goes on by server-sent events where no WebSocket is let through', async () => {
    const { proxy, token, emit } = await openCenterWorld()
    proxy.refusesUpgrades = true
    const context = await newBrowser()
    const pages = [await openCenterPage(context, proxy.url, token), await openCenterPage(context, proxy.url, token)]
    for (const page of pages) await page.until(({ transport }) => transport === 'sse')
    expect(proxy.counts).toEqual({ upgrades: 3, tickets: 3, streams: 1 })
    const elsewhere = await newBrowser()
    proxy.refusesUpgrades = false
    const other = await openCenterPage(elsewhere, proxy.url, token)
    await other.until(({ transport }) => transport === 'ws')
    await emit('evt_0')
    for (const page of [...pages, other]) await expect.poll(() => page.happened()).toEqual(['evt_0'])
    expect((await Promise.all(pages.map(page => page.announced()))).flat()).toEqual(['evt_0'])
    await other.page.evaluate(() => center.markRead(['evt_0']))
    for (const page of pages) await page.until(({ items }) => items[0]?.read === true)
    await pages[0]!.page.evaluate(() => center.archive(['evt_0']))
    await other.until(({ items }) => items[0]?.archived === true)
    // The connection breaks, and goes on where it was.
    proxy.refusesUpgrades = true
    proxy.cut()
    for (const page of pages) await page.until(({ connection }) => connection === 'offline')
    await emit('evt_1')
    proxy.mend()
    for (const page of pages) await page.until(({ transport, items }) => transport === 'sse' && items.length === 2)
    expect(await pages[0]!.happened()).toEqual(['evt_0'])
  })
})

describe.skipIf(CHROMIUM === null)('a page that is left and opened again', () => {
  it('is told what came meanwhile, and not again what it had', async () => {
    const { proxy, token, emit } = await openCenterWorld()
    const context = await newBrowser()
    const first = await openCenterPage(context, proxy.url, token)
    await first.live()
    await emit('evt_0')
    await expect.poll(() => first.announced()).toEqual(['evt_0'])
    await first.page.close()
    for (const id of numbered(1, 7)) await emit(id)
    const again = await openCenterPage(context, proxy.url, token)
    await again.live()
    await again.until(({ items }) => items.length === 7)
    expect(await again.state()).toMatchObject({ away: 6, complete: true, unread: { total: 7 } })
    expect(await again.announced()).toEqual([])
  })

  it('reads the history when its place is of another store, or of none', async () => {
    const { proxy, token, emit } = await openCenterWorld()
    for (const id of numbered(0, 3)) await emit(id)
    const context = await newBrowser()
    for (const place of ['another.2', 'not a place', '']) {
      const page = await context.newPage()
      await page.goto(proxy.url)
      const key = JSON.stringify(`ec cursor ${proxy.url} ann`)
      await page.evaluate(`localStorage.setItem(${key}, ${JSON.stringify(place)})`)
      await startCenter(page, token)
      await expect
        .poll(() => page.evaluate(() => center.state))
        .toMatchObject({ connection: 'live', complete: true, away: 0, unread: { total: 3 }, items: [{}, {}, {}] })
      await page.close()
    }
  })

  it('works where nothing may be stored', async () => {
    const { proxy, token, emit } = await openCenterWorld()
    const context = await newBrowser()
    await context.addInitScript(`Object.defineProperty(globalThis, 'localStorage', {
      get() { throw new DOMException('no', 'SecurityError') }
    })`)
    const page = await openCenterPage(context, proxy.url, token)
    await page.live()
    await emit('evt_0')
    await expect.poll(() => page.announced()).toEqual(['evt_0'])
  })

  it('is alone, and works, where tabs cannot speak to each other', async () => {
    const { proxy, token, emit } = await openCenterWorld()
    const context = await newBrowser()
    await context.addInitScript(`delete globalThis.BroadcastChannel`)
    const pages = [await openCenterPage(context, proxy.url, token), await openCenterPage(context, proxy.url, token)]
    for (const page of pages) await page.live()
    expect(proxy.openSockets).toBe(2)
    await emit('evt_0')
    for (const page of pages) await expect.poll(() => page.announced()).toEqual(['evt_0'])
  })
})

describe.skipIf(CHROMIUM === null)('a page that nobody sees', () => {
  it('lets go of the connection after a minute, so that push takes over, and is back with the next look', async () => {
    const { proxy, token, emit } = await openCenterWorld()
    const context = await newBrowser()
    await context.clock.install()
    const a = await openCenterPage(context, proxy.url, token)
    const b = await openCenterPage(context, proxy.url, token)
    const pages = [a, b]
    for (const page of pages) await page.live()
    let ticks = 0
    // The agent gives a sign of life before the pages, whose clocks run on beside, could take it for silent.
    const passTwentySeconds = async () => {
      await context.clock.fastForward(20_000)
      const id = `evt_${ticks++}`
      await emit(id)
      for (const page of pages) await expect.poll(() => page.happened()).toContain(id)
    }
    await showPage(a.page, false)
    for (let i = 0; i < 4; i++) await passTwentySeconds()
    expect(proxy.counts.upgrades).toBe(1)
    expect(await b.announced()).toEqual(['evt_0', 'evt_1', 'evt_2', 'evt_3'])
    await showPage(b.page, false)
    await passTwentySeconds()
    expect(proxy.openSockets).toBe(1)
    await passTwentySeconds()
    await context.clock.fastForward(21_000)
    await expect.poll(() => proxy.openSockets).toBe(0)
    await emit('evt_away')
    await context.clock.fastForward(600_000)
    expect(proxy.counts.upgrades).toBe(1)
    await showPage(b.page, true)
    for (const page of pages) {
      await page.live()
      await page.until(({ items, away }) => items.length === 7 && away === 1)
      expect(await page.happened()).not.toContain('evt_away')
    }
    expect(proxy.openSockets).toBe(1)
  })

  it('keeps it where the page says so', async () => {
    const { proxy, token, emit } = await openCenterWorld()
    const context = await newBrowser()
    await context.clock.install()
    const page = await openCenterPage(context, proxy.url, token, { hidden: 'stay' })
    await page.live()
    await showPage(page.page, false)
    for (const id of numbered(0, 6)) {
      await context.clock.fastForward(20_000)
      await emit(id)
      await expect.poll(() => page.announced()).toContain(id)
    }
    expect(proxy.counts.upgrades).toBe(1)
  })

  it('tells the agent what is seen: of all tabs together, and of the thread of the one that was used last', async () => {
    const { proxy, token, emit } = await openCenterWorld()
    const context = await newBrowser()
    const told: unknown[] = []
    context.on('page', page =>
      page.on('websocket', socket =>
        socket.on('framesent', ({ payload }) => {
          const frame = JSON.parse(String(payload))
          if (frame.t === 'vis') told.push(frame)
        }),
      ),
    )
    const a = await openCenterPage(context, proxy.url, token)
    await a.live()
    await expect.poll(() => told.at(-1)).toEqual(seen(true, null))
    const b = await openCenterPage(context, proxy.url, token)
    await b.live()
    await b.page.evaluate(() => center.setThread('t1'))
    await b.page.mouse.click(5, 5)
    await expect.poll(() => told.at(-1)).toEqual(seen(true, 't1'))
    // What is open in sight is not announced; what is open elsewhere is.
    await emit('evt_0', { type: 'message.new', thread: 't1' })
    await emit('evt_1', { type: 'message.new', thread: 't2' })
    await expect.poll(() => b.announced()).toEqual(['evt_1'])
    expect(await a.announced()).toEqual([])
    await showPage(b.page, false)
    await expect.poll(() => told.at(-1)).toEqual(seen(true, null))
    await showPage(a.page, false)
    await expect.poll(() => told.at(-1)).toEqual(seen(false, null))
    await showPage(b.page, true)
    await expect.poll(() => told.at(-1)).toEqual(seen(true, 't1'))
    await b.page.close()
    await expect.poll(() => told.at(-1)).toEqual(seen(false, null))
  })
})

describe.skipIf(CHROMIUM === null)('a token that runs out', () => {
  it('is asked for again where the page says how, and ends it where it does not', async () => {
    const { agent, proxy, emit } = await openCenterWorld()
    const context = await newBrowser()
    const page = await context.newPage()
    await page.exposeFunction('freshToken', () => userToken(agent, 'ann', 2))
    await page.goto(proxy.url)
    await page.evaluate(() => {
      const asked: number[] = []
      const token = (): Promise<string> => {
        asked.push(1)
        return Reflect.get(globalThis, 'freshToken')()
      }
      globalThis.center = ec.createNotificationCenter({ token })
      Reflect.set(globalThis, 'asked', asked)
    })
    const state = () => page.evaluate(() => center.state)
    await expect.poll(state).toMatchObject({ connection: 'live' })
    // As long as a busy machine takes to open a page with it.
    const fixed = await openCenterPage(await newBrowser(), proxy.url, await userToken(agent, 'ann', 8))
    await fixed.live()
    // The connections outlive the token, or not; a new one needs a new token.
    await expect
      .poll(() =>
        page.evaluate(() => center.call('GET', 'api/inbox').then(() => Reflect.get(globalThis, 'asked').length)),
      )
      .toBeGreaterThan(1)
    await expect
      .poll(() =>
        fixed.page.evaluate(() =>
          center.call('GET', 'api/inbox').then(
            () => '',
            ({ code }) => code,
          ),
        ),
      )
      .toBe('EC_UNAUTHENTICATED')
    proxy.cut()
    await fixed.until(({ connection }) => connection !== 'live')
    await expect.poll(async () => (await state()).connection).not.toBe('live')
    proxy.mend()
    await expect.poll(state).toMatchObject({ connection: 'live' })
    await fixed.until(({ connection }) => connection === 'signed-out')
    await emit('evt_0')
    await expect.poll(async () => (await state()).items.length).toBe(1)
  })
})

describe.skipIf(CHROMIUM === null)('a page under a flood', () => {
  it('holds 2,000 of 20,000 events, has seen each once, and reads the older ones again when asked', async () => {
    const { agent, proxy, token } = await openCenterWorld()
    const context = await newBrowser()
    const page = await openCenterPage(context, proxy.url, token)
    await page.live()
    const all = numbered(0, 20_000)
    await agent.client.emitMany(
      all.map(id => ({ user_id: 'ann', type: 'task.created', title: id, body: 'x'.repeat(200), id })),
    )
    await page.until(({ items, unread }) => items[0]?.event.id === 'evt_19999' && unread.total === 20_000)
    const { items, complete } = await page.state()
    expect(items.map(({ event }) => event.id)).toEqual(all.slice(-2_000).toReversed())
    expect(complete).toBe(false)
    const happened = await page.happened()
    expect(happened).toHaveLength(20_000)
    expect(new Set(happened).size).toBe(20_000)
    expect(await page.page.evaluate(() => center.loadMore())).toBe(true)
    const more = await page.ids()
    expect(more).toEqual(all.slice(-2_000 - (more.length - 2_000)).toReversed())
    expect(more.length).toBeGreaterThan(2_000)
    await page.page.evaluate(() => center.markAllRead())
    await page.until(({ unread }) => unread.total === 0)
    const { unread } = await agent.client.events
      .list({ user: 'ann', state: 'unread', limit: 1 })
      .then(({ events }) => ({ unread: events.length }))
    expect(unread).toBe(0)
  })
})
