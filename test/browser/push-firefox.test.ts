import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'puppeteer-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openAutopushServer } from '../support/autopush-server.js'
import { FIREFOX, launchFirefox, removeProfile } from '../support/browsers.js'
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

/** What the preference for a permission takes. */
const [ALLOW, DENY] = [1, 2]

describe.skipIf(FIREFOX === null)('Firefox (skips where there is none)', () => {
  pushSuite(async () => (await openFirefox()).kind)

  it('can read what the agent encrypts, however long it is', async () => {
    const { kind, service } = await openFirefox()
    const { world, desktop } = await openStage(async () => kind)
    await world.emit({ body: 'Ünïcödé 👋 '.repeat(400) })
    await desktop.seen('The report is ready')
    await until(
      () => service.acks,
      acks => acks.length === 1,
    )
    expect(service.acks).toEqual([100])
  })

  it('that its push service forgot subscribes anew by itself, and stays the device that it was', async () => {
    const { kind, service } = await openFirefox()
    const { world, desktop, page, device } = await openStage(async () => kind)
    const before = await page.evaluate(ENDPOINT)
    await page.close()
    // The browser is told that it is a new one, and tells its workers: a real pushsubscriptionchange.
    service.forgetAll()
    await until(
      () => world.site.asked,
      asked => asked.includes('POST /api/push/renew'),
    )
    await world.emit()
    await desktop.seen('The report is ready')
    expect(await world.devices()).toMatchObject([{ id: device }])
    const next = await kind.browser.open(`${world.site.origin}/next`)
    expect(await next.evaluate(ENDPOINT)).not.toBe(before)
    expect(await next.evaluate('desk.reconcile()')).toMatchObject({ status: 'on', device })
  })

  it('whose permission was taken back is no device any more, and says what gives it back', async () => {
    const { kind, allow } = await openFirefox()
    const { world, desktop } = await openStage(async () => kind)
    await kind.browser.close()
    allow(false)
    await kind.browser.start(world.site.origin, desktop)
    const page = await kind.browser.open(`${world.site.origin}/start`)
    expect(await page.evaluate('desk.reconcile()')).toMatchObject({ status: 'denied' })
    await until(
      () => world.devices(),
      devices => devices.length === 0,
    )
    expect(await page.evaluate('desk.explain()')).toMatchObject({
      steps: expect.arrayContaining(['Click the permissions icon to the left of the address.']),
    })
    expect(await switchOn(page)).toMatchObject({ status: 'denied' })
  })
})

async function openFirefox() {
  const service = await openAutopushServer()
  const dir = mkdtempSync(join(tmpdir(), 'ec-firefox-'))
  onTestFinished(() => removeProfile(dir))
  let firefox: Browser | null = null
  let permission = ALLOW
  const running = (): Browser => {
    if (firefox === null) throw new Error('the browser is closed')
    return firefox
  }
  const browser: PushBrowser = {
    async start(_origin, desktop) {
      const preferences = { ...service.preferences, 'permissions.default.desktop-notification': permission }
      firefox = await launchFirefox(preferences, dir, desktop.env)
    },
    async close() {
      await firefox?.close()
      firefox = null
    },
    async open(url) {
      const page = await running().newPage()
      await page.goto(url)
      const opened = wrap(page)
      await opened.ready()
      return opened
    },
    async find(url) {
      return wrap((await running().pages()).find(page => page.url() === url)!)
    },
    urls: async () => (await running().pages()).map(page => page.url()),
  }
  const kind: PushKind = { service, browser, site: {} }
  return { kind, service, allow: (allowed: boolean) => void (permission = allowed ? ALLOW : DENY) }
}

function wrap(page: Page): BrowserPage {
  return {
    evaluate: expression => page.evaluate(expression),
    click: () => page.click('h1'),
    close: () => page.close(),
    ready: async () => void (await page.waitForFunction("document.title === 'ready'")),
  }
}
