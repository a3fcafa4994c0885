import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { CHROMIUM, launchChromium } from '../support/browsers.js'
import { openCenterPage, showPage, type CenterPage } from '../support/center-page.js'
import { openCenterWorld } from '../support/center-world.js'

let browser: Browser
beforeAll(async () => void (browser = await launchChromium()))
afterAll(() => browser.close())

async function newBrowser(): Promise<BrowserContext> {
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  return context
}

async function announcedBy(pages: readonly CenterPage[]): Promise<readonly string[]> {
  return (await Promise.all(pages.map(page => page.announced()))).flat()
}

describe.skipIf(CHROMIUM === null)('the tabs of a browser', () => {
  it('share one connection and one announcement, and what one of them does shows in all, in every browser', async () => {
    const { proxy, token, emit } = await openCenterWorld()
    const [first, second] = [await newBrowser(), await newBrowser()]
    const a = await openCenterPage(first, proxy.url, token)
    await a.live()
    const b = await openCenterPage(first, proxy.url, token)
    const other = await openCenterPage(second, proxy.url, token)
    const pages = [a, b, other]
    for (const page of pages) await page.live()
    expect(proxy.openSockets).toBe(2)

    await emit('evt_1')
    for (const page of pages) await expect.poll(() => page.happened()).toEqual(['evt_1'])
    await expect.poll(() => announcedBy([a, b])).toEqual(['evt_1'])
    await expect.poll(() => other.announced()).toEqual(['evt_1'])
    for (const page of pages) expect((await page.state()).unread).toEqual({ total: 1, action: 0 })

    // The tab that was used last is the one that announces.
    for (const used of [a, b]) {
      await used.page.mouse.click(10, 10)
      // The tab that leads hears of it a moment later; whichever announces, it is one.
      await expect
        .poll(async () => {
          const id = `evt_${Math.random()}`
          await emit(id)
          await expect.poll(async () => (await announcedBy([a, b])).filter(told => told === id)).toEqual([id])
          return (await used.announced()).includes(id)
        })
        .toBe(true)
    }

    await a.page.evaluate(() => center.markRead(['evt_1']))
    for (const page of pages) {
      await page.until(({ items }) => items.some(({ event, read }) => event.id === 'evt_1' && read))
    }
    await b.page.evaluate(() => center.archive(['evt_1']))
    for (const page of pages) {
      await page.until(({ items }) => items.some(({ event, archived }) => event.id === 'evt_1' && archived))
    }
    await b.page.evaluate(() => center.markAllRead())
    for (const page of pages) await page.until(({ unread }) => unread.total === 0)
    expect(proxy.counts.upgrades).toBe(2)
  })

  it('see a question answered everywhere, with the answer, and the second answer refused with the first', async () => {
    const { proxy, token, emit } = await openCenterWorld()
    const [first, second] = [await newBrowser(), await newBrowser()]
    const a = await openCenterPage(first, proxy.url, token)
    const b = await openCenterPage(first, proxy.url, token)
    const other = await openCenterPage(second, proxy.url, token)
    const pages = [a, b, other]
    for (const page of pages) await page.live()
    await emit('evt_q', { type: 'action.required', data: { action_id: 'q', options: ['yes', 'no'] } })
    for (const page of pages) await page.until(({ unread }) => unread.action === 1)
    await b.page.evaluate(() => center.answer('q', 'no'))
    for (const page of pages) {
      await page.until(({ items }) => items[0]?.question?.state === 'answered' && items[0].question.answer === 'no')
      await page.until(({ unread }) => unread.action === 0)
    }
    const refused = await other.page.evaluate(() =>
      center.answer('q', 'yes').then(
        () => null,
        ({ name, code, status }) => ({ name, code, status }),
      ),
    )
    expect(refused).toEqual({ name: 'CenterError', code: 'EC_CONFLICT', status: 409 })
    expect((await other.state()).items[0]?.question).toEqual({ id: 'q', state: 'answered', answer: 'no' })
  })

  it('are led by another at once when the one that leads is closed, and nothing is lost or told twice', async () => {
    const { proxy, token, emit } = await openCenterWorld()
    const context = await newBrowser()
    const leader = await openCenterPage(context, proxy.url, token)
    await leader.live()
    const others = [await openCenterPage(context, proxy.url, token), await openCenterPage(context, proxy.url, token)]
    for (const page of others) await page.live()
    const ids = Array.from({ length: 60 }, (_, i) => `evt_${i}`)
    for (const [i, id] of ids.entries()) {
      await emit(id)
      if (i === 20) await leader.page.close()
    }
    for (const page of others) {
      await page.live()
      await page.until(({ items }) => items.length === 60)
      expect(await page.ids()).toEqual(ids.toReversed())
      const happened = await page.happened()
      expect(new Set(happened).size).toBe(happened.length)
      expect((await page.state()).unread.total).toBe(60)
    }
    const announced = await announcedBy(others)
    expect(new Set(announced).size).toBe(announced.length)
    expect(proxy.openSockets).toBe(1)
    expect(proxy.counts.upgrades).toBe(2)
  })

  it('are led by another when the one that leads crashes', async () => {
    const { proxy, token, emit } = await openCenterWorld()
    const context = await newBrowser()
    const leader = await openCenterPage(context, proxy.url, token)
    await leader.live()
    const other = await openCenterPage(context, proxy.url, token)
    await other.live()
    await emit('evt_1')
    await other.until(({ items }) => items.length === 1)
    const crashed = new Promise(resolve => leader.page.once('crash', resolve))
    await leader.page.goto('chrome://crash').catch(() => {})
    await crashed
    await emit('evt_2')
    await other.until(({ items }) => items.length === 2)
    await other.live()
    await emit('evt_3')
    await expect.poll(() => other.happened()).toContain('evt_3')
    expect(await other.ids()).toEqual(['evt_3', 'evt_2', 'evt_1'])
    await expect.poll(() => other.announced()).toContain('evt_3')
    expect(proxy.openSockets).toBe(1)
  })

  it('are followed by a late one, which shows the same', async () => {
    const { proxy, token, emit } = await openCenterWorld()
    const context = await newBrowser()
    const a = await openCenterPage(context, proxy.url, token)
    await a.live()
    for (let i = 0; i < 3; i++) await emit(`evt_${i}`)
    await emit('evt_progress', { type: 'job.progress', data: { job_id: 'j', percent: 40 } })
    await a.until(({ progress }) => progress.length === 1)
    const late = await openCenterPage(context, proxy.url, token)
    await late.until(({ progress, items }) => progress.length === 1 && items.length === 3)
    expect(await late.state()).toEqual(await a.state())
    await emit('evt_done', { type: 'job.done', data: { job_id: 'j' } })
    for (const page of [a, late]) {
      await page.until(({ progress, items }) => progress.length === 0 && items.length === 4)
      expect((await page.state()).unread.total).toBe(4)
    }
    expect(await late.happened()).toEqual(['evt_done'])
    expect(proxy.openSockets).toBe(1)
  })

  it('do without one that leads and was halted by the browser, as soon as somebody looks', async () => {
    const { proxy, token, emit } = await openCenterWorld()
    const context = await newBrowser()
    const frozen = await openCenterPage(context, proxy.url, token)
    await frozen.live()
    const other = await openCenterPage(context, proxy.url, token)
    await other.live()
    await showPage(other.page, false)
    const devtools = await context.newCDPSession(frozen.page)
    // A debugger halts the page as a browser that saves energy does, with the lock in its hands.
    await devtools.send('Debugger.enable')
    const halted = new Promise(resolve => devtools.once('Debugger.paused', resolve))
    await devtools.send('Debugger.pause')
    await emit('evt_0')
    await halted
    await showPage(other.page, true)
    await expect.poll(() => proxy.counts.upgrades, { timeout: 20_000 }).toBe(2)
    await expect.poll(() => other.ids(), { timeout: 20_000 }).toEqual(['evt_0'])
    await other.live()
    await emit('evt_1')
    await expect.poll(() => other.announced()).toEqual(['evt_1'])
    // Once it moves again it lets go of its own connection, and follows.
    await devtools.send('Debugger.disable')
    await expect.poll(() => proxy.openSockets, { timeout: 20_000 }).toBe(1)
    for (const page of [frozen, other]) await page.live()
    await emit('evt_2')
    await frozen.until(({ items }) => items.length === 3)
    await expect.poll(() => frozen.happened()).toContain('evt_2')
    expect(await other.announced()).toEqual(['evt_1', 'evt_2'])
    expect(proxy.counts.upgrades).toBe(2)
  })

  it('come back as they were when a page is left and gone back to', async () => {
    const { proxy, token, emit } = await openCenterWorld()
    const context = await newBrowser()
    const page = await openCenterPage(context, proxy.url, token)
    await page.live()
    const hideAndShow = `dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))`
    await page.page.evaluate(hideAndShow)
    await expect.poll(() => proxy.openSockets).toBe(0)
    await emit('evt_0')
    await page.page.evaluate(hideAndShow.replace('pagehide', 'pageshow'))
    await page.until(({ items, connection }) => connection === 'live' && items.length === 1)
    expect((await page.state()).away).toBe(1)
  })

  it('are not hindered by a handler that throws, which is told as any error of a page', async () => {
    const { proxy, token, emit } = await openCenterWorld()
    const page = await openCenterPage(await newBrowser(), proxy.url, token)
    await page.live()
    const errors: string[] = []
    page.page.on('pageerror', ({ message }) => errors.push(message))
    await page.page.evaluate(() => {
      center.on('*', () => {
        throw new Error('a mistake in on')
      })
      center.subscribe(() => {
        throw new Error('a mistake in subscribe')
      })
      center.onAnnounce(() => {
        throw new Error('a mistake in onAnnounce')
      })
      center.onAnnounce(event => void diary.announced.push(`after ${event.id}`))
    })
    await emit('evt_0')
    await expect.poll(() => page.announced()).toEqual(['evt_0', 'after evt_0'])
    for (const what of ['on', 'subscribe', 'onAnnounce']) {
      await expect.poll(() => errors).toContain(`a mistake in ${what}`)
    }
    await emit('evt_1')
    await page.until(({ items }) => items.length === 2)
  })
})
