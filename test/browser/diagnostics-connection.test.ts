import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { EcClient } from '#ec/client.js'
import { openAgent } from '../support/agent.ts'
import { CHROMIUM, launchChromium } from '../support/browsers.ts'
import { checkAgain, openDiagnostics, readRow, signIn } from '../support/diagnostics-page.ts'
import { openRefusingProxy, type RefusingProxy } from '../support/refusing-proxy.ts'

describe.skipIf(CHROMIUM === null)('the connection, looked at in Chromium (skips where there is none)', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())

  async function open(set: (proxy: RefusingProxy) => void = () => {}): Promise<{
    proxy: RefusingProxy
    client: EcClient
    context: BrowserContext
    page: Page
  }> {
    const { url, client } = await openAgent()
    const proxy = await openRefusingProxy(url)
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    for (const title of ['one', 'two', 'three']) {
      await client.emit({ user_id: 'ana', type: 'job.done', title, body: '', channels: ['ws'] })
    }
    await signIn(context, client, proxy.url)
    const page = await context.newPage()
    set(proxy)
    await openDiagnostics(page, proxy.url)
    return { proxy, client, context, page }
  }

  it('is right from end to end: what was before a break comes again', async () => {
    const { page } = await open()
    expect(await readRow(page, 'browser.agent')).toMatchObject({ status: 'ok', state: 'agent.answers' })
    expect(await readRow(page, 'browser.session')).toMatchObject({ status: 'ok', says: 'You are signed in as ana.' })
    expect(await readRow(page, 'browser.ws.connect')).toMatchObject({ status: 'ok' })
    expect(await readRow(page, 'browser.ws.signed')).toMatchObject({ status: 'ok' })
    expect(await readRow(page, 'browser.ws.trip')).toMatchObject({ status: 'ok', state: 'ws.quick' })
    expect(await readRow(page, 'browser.ws.replay')).toMatchObject({
      status: 'ok',
      says: 'It was broken on purpose and went on where it was; 3 came again.',
    })
    expect(await readRow(page, 'browser.sse')).toMatchObject({ status: 'ok' })
    expect(await readRow(page, 'browser.clock')).toMatchObject({ status: 'ok' })
  })

  it('says that a proxy lets no WebSocket through, and whom to tell; it is right once it does', async () => {
    const { page, proxy } = await open(it => void (it.upgrades = 0))
    expect(await readRow(page, 'browser.ws.connect')).toMatchObject({
      status: 'warn',
      does: 'Tell whoever runs your proxy to pass upgrades of /ws.',
    })
    expect(await readRow(page, 'browser.ws.signed')).toMatchObject({ status: 'skipped' })
    expect(await readRow(page, 'browser.ws.trip')).toMatchObject({ status: 'skipped', state: 'needs' })
    expect(await readRow(page, 'browser.sse')).toMatchObject({ status: 'ok' })
    proxy.upgrades = 10
    await checkAgain(page)
    for (const code of ['browser.ws.connect', 'browser.ws.signed', 'browser.ws.trip', 'browser.ws.replay']) {
      expect(await readRow(page, code)).toMatchObject({ status: 'ok' })
    }
  })

  it('says that a connection that broke did not open again', async () => {
    const { page, proxy } = await open(it => void (it.upgrades = 1))
    expect(await readRow(page, 'browser.ws.signed')).toMatchObject({ status: 'ok' })
    expect(await readRow(page, 'browser.ws.replay')).toMatchObject({
      status: 'fail',
      state: 'ws.once',
      does: 'Look at your network connection, then press Check again.',
    })
    proxy.upgrades = 10
    await checkAgain(page)
    expect(await readRow(page, 'browser.ws.replay')).toMatchObject({ status: 'ok' })
  })

  it('says that a connection is slow', async () => {
    const { page, proxy } = await open(it => void (it.delayMs = 1_200))
    expect(await readRow(page, 'browser.ws.trip')).toMatchObject({ status: 'warn', state: 'ws.slow' })
    proxy.delayMs = 0
    await checkAgain(page)
    expect(await readRow(page, 'browser.ws.trip')).toMatchObject({ status: 'ok' })
  })

  it.each(['refused', 'held'] as const)('says that server-sent events are %s', async streams => {
    const { page, proxy } = await open(it => void (it.streams = streams))
    expect(await readRow(page, 'browser.sse')).toMatchObject({
      status: 'warn',
      does: 'Tell whoever runs your proxy to pass /api/events/stream at once, without gathering it.',
    })
    proxy.streams = 'passed'
    await checkAgain(page)
    expect(await readRow(page, 'browser.sse')).toMatchObject({ status: 'ok' })
  })

  it('says that nothing comes at all where neither gets through', async () => {
    const { page, proxy } = await open(it => Object.assign(it, { upgrades: 0, streams: 'refused' }))
    expect(await readRow(page, 'browser.sse')).toMatchObject({ status: 'fail', state: 'sse.neither' })
    Object.assign(proxy, { upgrades: 10, streams: 'passed' })
    await checkAgain(page)
    expect(await readRow(page, 'browser.sse')).toMatchObject({ status: 'ok' })
  })

  it('says that the agent is away, and looks at nothing that needs it', async () => {
    const { page, proxy, client } = await open()
    await expect.poll(async () => (await client.users.diagnostics('ana')).reports.length).toBe(1)
    proxy.down = true
    await checkAgain(page)
    expect(await readRow(page, 'browser.agent')).toMatchObject({
      status: 'fail',
      does: 'Look at your network connection, then press Check again.',
    })
    expect(await readRow(page, 'browser.session')).toMatchObject({
      status: 'skipped',
      says: 'Waits for: «EventCenter».',
    })
    expect(await readRow(page, 'user.quiet')).toMatchObject({ status: 'skipped' })
    await page.getByText('What it finds could not be sent to the operator.').waitFor()
    proxy.down = false
    await checkAgain(page)
    expect(await readRow(page, 'browser.agent')).toMatchObject({ status: 'ok' })
    expect(await readRow(page, 'user.quiet')).toMatchObject({ status: 'ok' })
  })

  it('says that the person is signed out, and how to come in again', async () => {
    const { page, proxy, client, context } = await open()
    await client.sessions.endAll('ana')
    await checkAgain(page)
    expect(await readRow(page, 'browser.session')).toMatchObject({
      status: 'fail',
      does: 'Open a new sign-in link; the operator gets one with ec token USER --link.',
    })
    await signIn(context, client, proxy.url)
    await checkAgain(page)
    expect(await readRow(page, 'browser.session')).toMatchObject({ status: 'ok' })
  })

  it('says that the clock of the device is wrong, and by how much', async () => {
    const { page } = await open()
    const now = Date.now()
    await page.clock.install({ time: now - 10 * 60_000 })
    await page.clock.resume()
    await page.reload()
    await checkAgain(page)
    expect(await readRow(page, 'browser.clock')).toMatchObject({
      status: 'fail',
      says: 'The clock of this device is 10 min behind.',
      does: 'Let the system set date and time by itself.',
    })
    await page.clock.setSystemTime(Date.now() + 2 * 60_000)
    await checkAgain(page)
    expect(await readRow(page, 'browser.clock')).toMatchObject({ status: 'warn', state: 'clock.early' })
    await page.clock.setSystemTime(Date.now())
    await checkAgain(page)
    expect(await readRow(page, 'browser.clock')).toMatchObject({ status: 'ok' })
  })
})
