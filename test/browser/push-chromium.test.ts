import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CHROMIUM, launchProfile, removeProfile } from '../support/browsers.js'
import { openDesktop } from '../support/desktop.js'
import { openGcmServer } from '../support/gcm-server.js'
import { openPushWorld } from '../support/push-world.js'
import { until } from '../support/until.js'
import {
  ENDPOINT,
  openStage,
  pushSuite,
  switchOn,
  type BrowserPage,
  type PushBrowser,
  type PushKind,
} from './push-suite.js'

describe.skipIf(CHROMIUM === null)('Chromium (skips where there is none)', () => {
  pushSuite(async () => (await openChromium()).kind)

  it('whose permission was taken back is no device any more, and says what gives it back', async () => {
    const { kind, context } = await openChromium()
    const { world, page } = await openStage(async () => kind)
    const control = await context().newCDPSession(context().pages()[0]!)
    const permission = { name: 'notifications' }
    await control.send('Browser.setPermission', { permission, setting: 'denied', origin: world.site.origin })
    // The page hears of it by itself.
    await until(
      () => page.evaluate('desk.state.status'),
      status => status === 'denied',
    )
    expect(await world.devices()).toEqual([])
    expect(await page.evaluate('desk.explain()')).toEqual({
      title: `This browser blocks notifications from ${new URL(world.site.origin).host}`,
      steps: expect.arrayContaining(['Click the icon to the left of the address.', 'Reload this page.']),
    })
    expect(await switchOn(page)).toMatchObject({ status: 'denied' })
  })

  it('whose subscription changed has it told by the worker, and stays the device that it was', async () => {
    const { kind, context } = await openChromium()
    const { world, desktop, page, device } = await openStage(async () => kind)
    const before = await page.evaluate(ENDPOINT)
    await page.close()
    const worker = context().serviceWorkers()[0]!
    // Chromium tells of it when Google's service drops a registration; here the event is made in the real worker.
    await worker.evaluate(CHANGE)
    await until(
      () => world.site.asked,
      asked => asked.includes('POST /api/push/renew'),
    )
    const next = await kind.browser.open(`${world.site.origin}/next`)
    expect(await next.evaluate(ENDPOINT)).not.toBe(before)
    await world.emit()
    await desktop.seen('The report is ready')
    expect(await world.devices()).toMatchObject([{ id: device }])
    expect(world.site.asked).not.toContain('DELETE /api/push/subscribe')
  })

  it('that does not reach its push service gives up, and says so', async () => {
    const { kind } = await openChromium(['--gcm-checkin-url=http://127.0.0.1:9/'])
    const world = await openPushWorld(kind.service, kind.site)
    const desktop = await openDesktop()
    await kind.browser.start(world.site.origin, desktop)
    onTestFinished(() => kind.browser.close())
    const page = await kind.browser.open(`${world.site.origin}/start`)
    expect(await switchOn(page)).toEqual({
      status: 'failed',
      device: null,
      problem: 'the browser did not reach its push service within 20 s',
    })
    expect(await world.devices()).toEqual([])
  })
})

/** The old subscription ends, and the worker hears of it. A made event lets nobody wait, which the real one does. */
const CHANGE = `(async () => {
  await (await registration.pushManager.getSubscription()).unsubscribe()
  const event = new ExtendableEvent('pushsubscriptionchange')
  const waiting = new Promise(resolve => Object.defineProperty(event, 'waitUntil', { value: resolve }))
  self.dispatchEvent(event)
  await (await waiting)
})()`

/** Its endpoints are at Google; on the way to the agent the stand-in's address takes their place. */
async function openChromium(
  args: readonly string[] = [],
): Promise<{ readonly kind: PushKind; readonly context: () => BrowserContext }> {
  const service = await openGcmServer()
  const dir = mkdtempSync(join(tmpdir(), 'ec-chromium-'))
  onTestFinished(() => removeProfile(dir))
  let context: BrowserContext | null = null
  const running = (): BrowserContext => {
    if (context === null) throw new Error('the browser is closed')
    return context
  }
  const browser: PushBrowser = {
    async start(origin, desktop) {
      context = (await launchProfile({ dir, args: [...service.args, ...args], origin, env: desktop.env })).context
    },
    async close() {
      await context?.close()
      context = null
    },
    async open(url) {
      const page = await running().newPage()
      await page.goto(url)
      const opened = wrap(page)
      await opened.ready()
      return opened
    },
    async find(url) {
      return wrap(
        running()
          .pages()
          .find(page => page.url() === url)!,
      )
    },
    urls: async () =>
      running()
        .pages()
        .map(page => page.url()),
  }
  return { kind: { service, browser, site: { rewrite: service.localEndpoint } }, context: running }
}

function wrap(page: Page): BrowserPage {
  return {
    evaluate: expression => page.evaluate(expression),
    click: () => page.click('h1'),
    close: () => page.close(),
    ready: async () => void (await page.waitForFunction("document.title === 'ready'")),
  }
}
