import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { DEFAULT_CONFIG } from '#ec/core/config.js'
import { openAgent, type TestAgent } from './agent.js'

/** A page that is watched: nothing may go wrong in it, and nothing in it may ask anybody but those it belongs to. */
export interface WatchedPage {
  readonly page: Page
  /** Errors of code and console, dialogs, breaches of the policy, and requests to strangers. */
  readonly troubles: string[]
}

export interface PageOptions extends BrowserContextOptions {
  readonly user?: string
  /** After `/inbox`. */
  readonly query?: string
}

/** Opens `/inbox`, signed in by a link, in a browser context of its own. */
export async function openInbox(
  browser: Pick<Browser, 'newContext'>,
  agent: TestAgent,
  { user = 'mira', query = '', ...options }: PageOptions = {},
): Promise<WatchedPage> {
  const watched = await openWatched(browser, [agent.url], options)
  const { url } = await agent.client.sessions.link(user)
  const link = new URL(url)
  await watched.page.goto(`${agent.url}${link.pathname}${query}${link.hash}`)
  await watched.page.locator('ec-notifications nav').waitFor()
  return watched
}

const STYLE = `<style>
  body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff }
  header { display: flex; justify-content: space-between; align-items: center; padding: 8px 24px; background: #f3f1ec }
  main { padding: 8px 24px }
  @media (prefers-color-scheme: dark) { body { color: #ddd; background: #101114 } header { background: #1b1c20 } }
</style>`

export interface Shop {
  readonly agent: TestAgent
  /** Of the page. */
  readonly url: string
}

/** An agent, and a site of another origin with the notification center in its page. */
export async function openShop(attributes = '', body = '', policy: string | null = null): Promise<Shop> {
  let html = ''
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    if (policy !== null) response.setHeader('content-security-policy', policy.replaceAll('AGENT', agent.url))
    response.end(html)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const agent = await openAgent({ http: { ...DEFAULT_CONFIG.http, origins: [url] } })
  const { token } = await agent.client.tokens.create('mira')
  html = `<!doctype html><html lang="en"><title>A shop</title><link rel="icon" href="data:,">
    ${policy === null ? STYLE : ''}
    <header><b>The Shop</b><ec-notifications url="${agent.url}" token="${token}" ${attributes}></ec-notifications></header>
    <main><h1>Orders</h1><p>Nothing was ordered today.</p>
    <p><label>Find an order <input id="name"></label> ${body}</p></main>
    <script type="module" src="${agent.url}/client.js"></script></html>`
  return { agent, url }
}

/** Opens the page of a site, and waits until its notification center is connected. */
export async function visitShop(
  browser: Pick<Browser, 'newContext'>,
  shop: Shop,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const watched = await openWatched(browser, [shop.url, shop.agent.url], options)
  await watched.page.goto(shop.url)
  await waitUntilLive(watched.page)
  return watched
}

/** The notification center of the page has its stream. */
export async function waitUntilLive(page: Page): Promise<void> {
  // Not `waitForFunction`, which the policy of a strict page does not let pass.
  await expect
    .poll(() => page.evaluate("document.querySelector('ec-notifications')?.center?.state.connection"), {
      timeout: 30_000,
    })
    .toBe('live')
}

async function openWatched(
  browser: Pick<Browser, 'newContext'>,
  origins: readonly string[],
  options: BrowserContextOptions,
): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('request', request => {
    const url = request.url()
    if (!origins.some(origin => url.startsWith(`${origin}/`)) && !url.startsWith('data:')) troubles.push(`asked ${url}`)
  })
  page.on('dialog', dialog => {
    troubles.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('pageerror', error => troubles.push(`error ${error.stack ?? error.message}`))
  page.on('console', message => {
    // A refused request is told by whoever made it.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      troubles.push(message.text())
  })
  await page.addInitScript(
    "addEventListener('securitypolicyviolation', event => console.error('policy', event.effectiveDirective, event.blockedURI))",
  )
  return { page, troubles }
}
