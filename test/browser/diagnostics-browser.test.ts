import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { DEFAULT_CONFIG } from '#ec/core/config.js'
import { openAgent } from '../support/agent.ts'
import { CHROMIUM, launchChromium, launchProfile } from '../support/browsers.ts'
import { checkAgain, openDiagnostics, press, readRow, signIn } from '../support/diagnostics-page.ts'
import { openRefusingProxy } from '../support/refusing-proxy.ts'
import { tempDir } from '../support/temp-dir.ts'

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Mobile/15E148 Safari/604.1'

/** A worker as an older version of this one was: it takes over, and says what it is when it is asked. */
function oldWorker(answers: boolean): { readonly type: string; readonly text: string } {
  const answer = `self.addEventListener('message', event => event.ports[0]?.postMessage({ ec: 'version', version: '0.0.1' }))`
  return {
    type: 'text/javascript',
    text: `
      self.addEventListener('install', event => event.waitUntil(self.skipWaiting()))
      self.addEventListener('activate', event => event.waitUntil(self.clients.claim()))
      ${answers ? answer : ''}`,
  }
}

describe.skipIf(CHROMIUM === null)('the browser, looked at in Chromium (skips where there is none)', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium(['--host-resolver-rules=MAP plain.example 127.0.0.1'])
  })
  afterAll(() => browser.close())

  async function open(options: BrowserContextOptions = {}) {
    const agent = await openAgent({ http: { ...DEFAULT_CONFIG.http, hosts: ['plain.example'] } })
    const proxy = await openRefusingProxy(agent.url)
    const context = await browser.newContext(options)
    onTestFinished(() => context.close())
    await signIn(context, agent.client, proxy.url)
    const page = await context.newPage()
    const row = (code: string) => readRow(page, code)
    return { ...agent, proxy, context, page, row }
  }

  it('was not asked yet, was told no, and lets notifications through in the end', async () => {
    const { page, proxy, row } = await open()
    await openDiagnostics(page, proxy.url)
    expect(await row('browser.permission')).toMatchObject({
      status: 'fail',
      does: 'Press Switch on, then Allow.',
      buttons: ['Switch on'],
    })
    await setPermission(page, proxy.url, 'denied')
    await checkAgain(page)
    expect(await row('browser.permission')).toMatchObject({
      status: 'fail',
      state: 'permission.denied',
      does: expect.stringMatching(/^Open the settings of this site/),
      buttons: [],
    })
    // How that is done in this very browser.
    await page.locator('[data-code="browser.permission"] .steps li').first().waitFor()
    expect((await row('browser.permission')).steps[0]).toBe('Click the icon to the left of the address.')
    expect(await row('browser.push.subscribed')).toMatchObject({ status: 'skipped' })
    await setPermission(page, proxy.url, 'granted')
    await checkAgain(page)
    expect(await row('browser.permission')).toMatchObject({ status: 'ok' })
  })

  it('has an older worker, which is brought up to date on a click', async () => {
    const { page, proxy, row } = await open()
    proxy.instead.set('/sw.js', oldWorker(true))
    await openDiagnostics(page, proxy.url)
    await press(page, 'browser.worker.registered', 'repair')
    expect(await row('browser.worker.answers')).toMatchObject({ status: 'ok' })
    expect(await row('browser.worker.current')).toMatchObject({
      status: 'warn',
      says: expect.stringMatching(/^The worker is of version 0\.0\.1; the present one is /),
      does: 'Press Update.',
    })
    proxy.instead.clear()
    await press(page, 'browser.worker.current', 'update')
    expect(await row('browser.worker.current')).toMatchObject({ status: 'ok' })
  })

  it('has a worker that does not answer, which is repaired on a click', async () => {
    const { page, proxy, row } = await open()
    proxy.instead.set('/sw.js', oldWorker(false))
    await openDiagnostics(page, proxy.url)
    await press(page, 'browser.worker.registered', 'repair')
    expect(await row('browser.worker.answers')).toMatchObject({ status: 'fail', does: 'Press Repair.' })
    expect(await row('browser.worker.current')).toMatchObject({ status: 'skipped' })
    proxy.instead.clear()
    await press(page, 'browser.worker.answers', 'repair')
    expect(await row('browser.worker.answers')).toMatchObject({ status: 'ok' })
    expect(await row('browser.worker.current')).toMatchObject({ status: 'ok' })
  })

  it('has the worker of another product, and names it as text', async () => {
    const { page, proxy, row } = await open()
    proxy.instead.set('/theirs.js', oldWorker(true))
    await openDiagnostics(page, proxy.url)
    await page.evaluate(`navigator.serviceWorker.register('/theirs.js').then(() => navigator.serviceWorker.ready)`)
    await checkAgain(page)
    expect(await row('browser.worker.registered')).toMatchObject({
      status: 'warn',
      says: 'Another worker serves this site: /theirs.js.',
      does: expect.stringContaining('/ec-sw.js'),
    })
  })

  it('got the page by plain http, so that nothing works, and says where to go', async () => {
    const { page, proxy, row } = await open()
    await openDiagnostics(page, proxy.url.replace('localhost', 'plain.example'))
    expect(await row('browser.secure')).toMatchObject({
      status: 'fail',
      does: expect.stringContaining('https address'),
    })
    for (const code of ['worker.supported', 'worker.registered', 'permission', 'push.subscribed', 'camera', 'badge']) {
      expect(await row(`browser.${code}`)).toMatchObject({ status: 'skipped', state: 'needs' })
    }
    await openDiagnostics(page, proxy.url)
    expect(await row('browser.secure')).toMatchObject({ status: 'ok' })
    expect(await row('browser.worker.supported')).toMatchObject({ status: 'ok' })
  })

  it('is that of an iPhone, where it has to be on the home screen first', async () => {
    const { page, proxy, row } = await open({ userAgent: IPHONE })
    await openDiagnostics(page, proxy.url)
    expect(await row('browser.installed')).toMatchObject({
      status: 'fail',
      does: 'Press Share, then Add to Home Screen, and open it from there.',
    })
    await page.locator('[data-code="browser.installed"] .steps li').first().waitFor()
    // What iOS tells a page that runs as an app.
    await page.addInitScript('navigator.standalone = true')
    await openDiagnostics(page, proxy.url)
    expect(await row('browser.installed')).toMatchObject({ status: 'ok' })
  })

  it('saves data, which some systems do at the cost of notifications', async () => {
    const { page, proxy, row } = await open()
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('Emulation.setDataSaverOverride', { dataSaverEnabled: true })
    await openDiagnostics(page, proxy.url)
    expect(await row('browser.power')).toMatchObject({ status: 'warn', state: 'power.saver' })
    await cdp.send('Emulation.setDataSaverOverride', { dataSaverEnabled: false })
    await openDiagnostics(page, proxy.url)
    expect(await row('browser.power')).toMatchObject({ status: expect.stringMatching(/ok|skipped/) })
  })

  it('keeps no site data, and says where to allow it; allowed, it is signed in and keeps them', async () => {
    const agent = await openAgent()
    const url = agent.url.replace('127.0.0.1', 'localhost')
    const dir = tempDir()
    setCookiesBlocked(dir, true)
    const blocked = await launchProfile({ dir })
    const page = blocked.context.pages()[0] ?? (await blocked.context.newPage())
    await openDiagnostics(page, url)
    expect(await readRow(page, 'browser.storage')).toMatchObject({
      status: 'fail',
      does: expect.stringMatching(/^Allow site data/),
    })
    expect(await readRow(page, 'browser.cookies')).toMatchObject({
      status: 'fail',
      does: expect.stringMatching(/^Allow cookies/),
    })
    expect(await readRow(page, 'browser.session')).toMatchObject({ status: 'fail', state: 'session.out' })
    await blocked.context.close()

    setCookiesBlocked(dir, false)
    const { context } = await launchProfile({ dir })
    onTestFinished(() => context.close())
    await signIn(context, agent.client, url)
    const again = await context.newPage()
    await openDiagnostics(again, url)
    for (const code of ['storage', 'cookies', 'session']) {
      expect(await readRow(again, `browser.${code}`)).toMatchObject({ status: 'ok' })
    }
  })
})

/** Sets the permission as the settings of the browser do. */
async function setPermission(page: Page, origin: string, setting: 'prompt' | 'denied' | 'granted'): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  const { browserContextId } = (await cdp.send('Target.getTargetInfo')).targetInfo
  if (browserContextId === undefined) throw new Error('Chromium does not tell its context')
  const permission = { name: 'notifications' }
  await cdp.send('Browser.setPermission', { permission, setting, origin, browserContextId })
}

/** As the settings of Chromium have it, for all sites. */
function setCookiesBlocked(dir: string, blocked: boolean): void {
  mkdirSync(join(dir, 'Default'), { recursive: true })
  const preferences = { profile: { default_content_setting_values: { cookies: blocked ? 2 : 1 } } }
  writeFileSync(join(dir, 'Default', 'Preferences'), JSON.stringify(preferences))
}
