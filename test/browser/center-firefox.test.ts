import type { Page } from 'puppeteer-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FIREFOX, launchFirefox } from '../support/browsers.js'
import { openCenterWorld } from '../support/center-world.js'

async function connect(page: Page, url: string, token: string): Promise<void> {
  await page.goto(url)
  await page.evaluate(token => {
    globalThis.diary = { announced: [], happened: [], connections: [] }
    globalThis.center = ec.createNotificationCenter({ token })
    center.on('*', event => void diary.happened.push(event.id))
    center.onAnnounce(event => void diary.announced.push(event.id))
  }, token)
  await expect.poll(() => page.evaluate(() => center.state.connection), { timeout: 20_000 }).toBe('live')
}

describe.skipIf(FIREFOX === null)('the notification center in Firefox (skips where there is none)', () => {
  it('has one connection and one announcement for two tabs, goes on when one is closed, and replays quietly', async () => {
    const firefox = await launchFirefox()
    onTestFinished(() => firefox.close())
    const { proxy, token, emit } = await openCenterWorld()
    const [a, b] = [await firefox.newPage(), await firefox.newPage()]
    await connect(a, proxy.url, token)
    await connect(b, proxy.url, token)
    expect(proxy.openSockets).toBe(1)
    await emit('evt_0')
    for (const page of [a, b]) await expect.poll(() => page.evaluate(() => diary.happened)).toEqual(['evt_0'])
    const announced = await Promise.all([a, b].map(page => page.evaluate(() => diary.announced)))
    expect(announced.flat()).toEqual(['evt_0'])
    await a.evaluate(() => center.markRead(['evt_0']))
    await expect.poll(() => b.evaluate(() => center.state.items.map(({ read }) => read))).toEqual([true])

    await a.close()
    await emit('evt_1')
    const items = () => b.evaluate(() => center.state.items.map(({ event }) => event.id))
    await expect.poll(items, { timeout: 20_000 }).toEqual(['evt_1', 'evt_0'])
    await expect.poll(() => b.evaluate(() => center.state.connection)).toBe('live')
    proxy.cut()
    await expect.poll(() => b.evaluate(() => center.state.connection)).toBe('offline')
    await emit('evt_2')
    proxy.mend()
    await expect.poll(items, { timeout: 20_000 }).toEqual(['evt_2', 'evt_1', 'evt_0'])
    expect(await b.evaluate(() => diary.happened)).not.toContain('evt_2')
    expect(await b.evaluate(() => center.state.away)).toBeGreaterThan(0)
    expect(proxy.openSockets).toBe(1)
  })

  it('reads server-sent events where no WebSocket is let through', async () => {
    const firefox = await launchFirefox()
    onTestFinished(() => firefox.close())
    const { proxy, token, emit } = await openCenterWorld()
    proxy.refusesUpgrades = true
    const page = await firefox.newPage()
    await connect(page, proxy.url, token)
    expect(await page.evaluate(() => center.state.transport)).toBe('sse')
    await emit('evt_0')
    await expect.poll(() => page.evaluate(() => diary.announced)).toEqual(['evt_0'])
  })
})
