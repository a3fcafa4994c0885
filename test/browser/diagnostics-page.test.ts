import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { DEFAULT_CONFIG } from '#ec/core/config.js'
import { openAgent } from '../support/agent.ts'
import { CHROMIUM, findBarriers, launchChromium } from '../support/browsers.ts'
import { checkAgain, openDiagnostics, readRow, settled, signIn } from '../support/diagnostics-page.ts'

const IMAGES = join(import.meta.dirname, '..', '..', 'docs', 'images')
const SHOOTS = process.env['EC_SCREENSHOTS'] === '1'

describe.skipIf(CHROMIUM === null)('the page /diagnostics in Chromium (skips where there is none)', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())

  async function open(options: BrowserContextOptions = {}) {
    const agent = await openAgent({ user: 'op' })
    const url = agent.url.replace('127.0.0.1', 'localhost')
    const context = await browser.newContext(options)
    onTestFinished(() => context.close())
    await signIn(context, agent.client, url)
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('pageerror', error => complaints.push(error.message))
    page.on('console', message => {
      // A check asks whether there is a key, and is told 404.
      if (message.type() === 'error' && !message.text().includes('404')) complaints.push(message.text())
    })
    return { ...agent, url, context, page, complaints }
  }

  it('runs under a policy that allows no code but its own, and no camera to anybody else', async () => {
    const { url, page, complaints } = await open()
    const answer = await page.goto(`${url}/diagnostics`)
    const headers = (await answer?.allHeaders()) ?? {}
    const policy = headers['content-security-policy'] ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toMatch(/unsafe|\*/)
    expect(headers['permissions-policy']).toContain('camera=(self), microphone=(self)')
    await settled(page)
    expect(complaints).toEqual([])
  })

  it.each([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['narrow', { colorScheme: 'light', viewport: { width: 360, height: 740 } }],
  ] as const)('has no barrier, whatever is open: %s', async (name, options) => {
    // axe comes in as code of the test's, which the policy would not let in.
    const { url, page } = await open({ ...options, bypassCSP: true })
    await openDiagnostics(page, url)
    for (const details of await page.locator('summary').all()) if (await details.isVisible()) await details.click()
    expect(await findBarriers(page)).toEqual([])
    const width = await page.evaluate<number>('document.documentElement.scrollWidth')
    expect(width).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0)
    if (!SHOOTS) return
    await openDiagnostics(page, url)
    mkdirSync(IMAGES, { recursive: true })
    await page.screenshot({ path: join(IMAGES, `diagnostics-${name}.png`), fullPage: true })
  })

  it.each([
    ['en-GB', 'en', 'Do notifications reach you here?', 'Press Switch on, then Allow.'],
    ['ru-RU', 'ru', 'Доходят ли сюда уведомления?', 'Нажмите «Включить», затем «Разрешить».'],
    ['es-ES', 'es', '¿Le llegan aquí las notificaciones?', 'Pulse Activar y luego Permitir.'],
  ])('speaks the language of the browser: %s', async (locale, lang, title, advice) => {
    const { url, page } = await open({ locale })
    await openDiagnostics(page, url)
    expect(await page.getAttribute('html', 'lang')).toBe(lang)
    expect(await page.locator('h1').textContent()).toBe(title)
    expect(await page.title()).toBe(title)
    expect(await readRow(page, 'browser.permission')).toMatchObject({ does: advice })
  })

  it('is worked by the keyboard alone, and the focus is never lost', async () => {
    const { url, page, client } = await open()
    await client.users.preferences.put('ana', { mute: [{ type: '*' }] })
    await openDiagnostics(page, url)
    const focused = () =>
      page.evaluate<string | null>(
        `(() => { const at = document.querySelector('ec-diagnostics').shadowRoot.activeElement; return at && (at.dataset.fix ?? at.dataset.code ?? at.dataset.action ?? at.localName) })()`,
      )
    for (let i = 0; i < 30 && (await focused()) !== 'unmute'; i++) await page.keyboard.press('Tab')
    expect(await focused()).toBe('unmute')
    await page.keyboard.press('Enter')
    await page.locator('[data-code="user.mutes"][data-status=ok]').waitFor()
    await settled(page)
    // The button is gone; whoever pressed it stands where it was.
    expect(await focused()).toBe('user.mutes')
    for (let i = 0; i < 40 && (await focused()) !== 'summary'; i++) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.locator('details[open]').count()).toBe(1)
  })

  it('sends what it found by itself and says so, copies it, and tells the operator when it is asked to', async () => {
    const { url, page, client, context } = await open()
    await openDiagnostics(page, url)
    await page.getByText('What it finds is sent to the operator').waitFor()
    const [report] = (await client.users.diagnostics('ana')).reports
    expect(report).toMatchObject({ language: 'en-US', asked_at: null, device: null })
    expect(report?.checks.length).toBe(36)
    expect(report?.checks).toContainEqual({
      code: 'browser.permission',
      status: 'fail',
      detail: 'The browser has not been asked yet.',
    })

    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.locator('[data-action=copy]').click()
    await page.getByText('Copied.').waitFor()
    const copied: unknown = JSON.parse(await page.evaluate<string>('navigator.clipboard.readText()'))
    expect(copied).toMatchObject({ browser: report?.browser, checks: expect.any(Array) })

    await page.locator('[data-action=help]').click()
    await page.getByText('The operator was told, with this report.').waitFor()
    const { events } = await client.events.list({ user: 'op' })
    expect(events).toMatchObject([{ title: 'ana asks for help with notifications', level: 'warning' }])
    // The next look is the same browser's.
    await page.reload()
    await settled(page)
    await expect
      .poll(async () => (await client.users.diagnostics('ana')).reports[0]?.received_at)
      .not.toBe(report?.received_at)
    expect((await client.users.diagnostics('ana')).reports).toMatchObject([
      { browser: report?.browser, asked_at: expect.any(String) },
    ])
  })

  it('counts one look at a time, and looks again when it is asked to', async () => {
    const { url, page } = await open()
    await openDiagnostics(page, url)
    const text = page.locator('.summary .text')
    expect(await text.textContent()).toMatch(/^\d+ things keep notifications from you\.$/)
    await checkAgain(page)
    expect(await text.textContent()).toMatch(/^\d+ things keep notifications from you\.$/)
  })

  it('stands as a panel in a page of another site, with one tag and a token', async () => {
    const site = await openSite()
    const agent = await openAgent({ http: { ...DEFAULT_CONFIG.http, origins: [site] } })
    const agentUrl = agent.url.replace('127.0.0.1', 'localhost')
    const { token } = await agent.client.tokens.create('ana')
    const stranger = await openSite()
    await agent.client.users.preferences.put('ana', { mute: [{ type: '*' }] })
    const context = await browser.newContext({ bypassCSP: true })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await page.goto(`${site}/?agent=${encodeURIComponent(agentUrl)}&token=${token}`)
    await settled(page)
    const button = page.locator('.panel-button')
    expect(await button.getAttribute('aria-expanded')).toBe('false')
    expect(await button.textContent()).toBe('✕1 thing keeps notifications from you.')
    expect(await page.locator('.panel').isVisible()).toBe(false)
    await button.click()
    expect(await page.locator('.panel').isVisible()).toBe(true)
    expect(await findBarriers(page)).toEqual([])
    expect(await readRow(page, 'browser.session')).toMatchObject({ status: 'ok', says: 'You are signed in as ana.' })
    expect(await readRow(page, 'browser.ws.connect')).toMatchObject({ status: 'ok' })
    expect(await readRow(page, 'browser.worker.supported')).toMatchObject({ status: 'unknown', state: 'worker.unset' })
    await expect.poll(async () => (await agent.client.users.diagnostics('ana')).reports.length).toBe(1)
    if (SHOOTS) await page.screenshot({ path: join(IMAGES, 'diagnostics-panel.png') })

    // A site that the operator did not name is told nothing, and says so.
    await page.goto(`${stranger}/?agent=${encodeURIComponent(agentUrl)}&token=${token}`)
    await settled(page)
    expect(await readRow(page, 'browser.agent')).toMatchObject({ status: 'ok' })
    expect(await readRow(page, 'browser.session')).toMatchObject({
      status: 'fail',
      does: `Tell the operator: ${stranger} has to stand in http.origins.`,
    })
  })
})

/** A page of somebody else's, on an origin of its own. */
async function openSite(): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end(`<!doctype html>
<html lang="en"><head><title>A site</title><meta name="viewport" content="width=device-width"></head>
<body><main><h1>A site</h1></main><script type="module">
  const { agent, token } = Object.fromEntries(new URLSearchParams(location.search))
  await import(agent + '/diagnostics.js')
  const panel = document.createElement('ec-diagnostics')
  panel.token = token
  document.querySelector('main').append(panel)
</script></body></html>`)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}
