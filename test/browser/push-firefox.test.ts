import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'puppeteer-core'
import { describe, onTestFinished } from 'vitest'
import { openAutopushServer } from '../support/autopush-server.js'
import { FIREFOX, launchFirefox, removeProfile } from '../support/browsers.js'
import { pushSuite, type BrowserPage, type PushBrowser, type PushKind } from './push-suite.js'

const [ALLOW] = [1]

describe.skipIf(FIREFOX === null)('Firefox (skips where there is none)', () => {
  pushSuite(openFirefox)
})

async function openFirefox(): Promise<PushKind> {
  const service = await openAutopushServer()
  const dir = mkdtempSync(join(tmpdir(), 'ec-firefox-'))
  onTestFinished(() => removeProfile(dir))
  let firefox: Browser | null = null
  const running = (): Browser => {
    if (firefox === null) throw new Error('the browser is closed')
    return firefox
  }
  const browser: PushBrowser = {
    async start(_origin, desktop) {
      const preferences = { ...service.preferences, 'permissions.default.desktop-notification': ALLOW }
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
    urls: async () => (await running().pages()).map(page => page.url()),
  }
  return { service, browser, site: {} }
}

function wrap(page: Page): BrowserPage {
  return {
    evaluate: expression => page.evaluate(expression),
    click: () => page.click('h1'),
    close: () => page.close(),
    ready: async () => void (await page.waitForFunction("document.title === 'ready'")),
  }
}
