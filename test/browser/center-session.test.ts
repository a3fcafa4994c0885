import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { DEFAULT_CONFIG } from '#ec/core/config.js'
import { openAgent, type TestAgent } from '../support/agent.js'
import { openProxy } from '../support/agent-proxy.js'
import { CHROMIUM, launchChromium } from '../support/browsers.js'
import { openCenterPage, showPage } from '../support/center-page.js'
import { openCenterWorld } from '../support/center-world.js'
import { userToken } from '../support/user-token.js'

let browser: Browser
beforeAll(async () => void (browser = await launchChromium()))
afterAll(() => browser.close())

async function newBrowser(): Promise<BrowserContext> {
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  return context
}

async function send(page: Page, method: string, path: string, body?: unknown): Promise<number> {
  return page.evaluate(
    async ([method, path, body]) => {
      const headers = { 'x-ec-page': '1', 'content-type': 'application/json' }
      const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) }
      return (await fetch(path, init)).status
    },
    [method, path, body] as const,
  )
}

/** A page of the agent's own origin, in which somebody opens a sign-in link. */
async function signIn(page: Page, agent: TestAgent, user: string): Promise<void> {
  const { url } = await agent.client.sessions.link(user)
  expect(await send(page, 'POST', '/api/session', { link: new URL(url).hash.replace('#in=', '') })).toBe(200)
}

describe.skipIf(CHROMIUM === null)('who is signed in (skips where there is no Chromium)', () => {
  it('is told by the cookie: it connects, marks and answers, until it is signed out', async () => {
    const { agent, proxy, emit } = await openCenterWorld()
    const context = await newBrowser()
    const door = await context.newPage()
    await door.goto(proxy.url)
    await signIn(door, agent, 'ann')
    const page = await openCenterPage(context, proxy.url, null)
    await page.live()
    expect((await page.state()).user).toBe('ann')
    await emit('evt_q', { type: 'action.required', data: { action_id: 'q', options: ['yes', 'no'] } })
    await emit('evt_1')
    await page.until(({ items }) => items.length === 2)
    await page.page.evaluate(() => center.markRead(['evt_1']))
    await page.page.evaluate(() => center.answer('q', 'yes'))
    expect((await agent.client.questions.get('q')).answer).toMatchObject({ option: 'yes', by: 'user' })
    await page.until(({ unread }) => unread.total === 0)
    expect(await page.page.evaluate(() => center.getPreferences())).toMatchObject({ mute: [] })
    const changed = await page.page.evaluate(() => center.putPreferences({ mute: [{ type: 'task.*' }] }))
    expect(changed.mute).toEqual([{ type: 'task.*' }])

    expect(await send(door, 'DELETE', '/api/session')).toBe(204)
    await page.until(({ connection }) => connection === 'signed-out')
    const { tickets } = proxy.counts
    const refused = await page.page.evaluate(() =>
      center.markRead(['evt_1']).then(
        () => '',
        ({ code }) => code,
      ),
    )
    expect(refused).toBe('EC_UNAUTHENTICATED')
    expect(proxy.counts.tickets).toBe(tickets)
  })

  it('may be somebody else by now: the page shows nothing of the one before', async () => {
    const { agent, proxy, emit } = await openCenterWorld()
    const context = await newBrowser()
    const door = await context.newPage()
    await door.goto(proxy.url)
    await signIn(door, agent, 'ann')
    const pages = [await openCenterPage(context, proxy.url, null), await openCenterPage(context, proxy.url, null)]
    for (const page of pages) await page.live()
    await emit('evt_ann')
    for (const page of pages) await page.until(({ items }) => items.length === 1)
    await emit('evt_bob', { user_id: 'bob' })
    expect(await send(door, 'DELETE', '/api/session')).toBe(204)
    for (const page of pages) await page.until(({ connection }) => connection === 'signed-out')
    await signIn(door, agent, 'bob')
    for (const page of pages) {
      await showPage(page.page, false)
      await showPage(page.page, true)
    }
    for (const page of pages) {
      await page.until(({ user, connection }) => user === 'bob' && connection === 'live')
      await expect.poll(() => page.ids()).toEqual(['evt_bob'])
    }
    await expect.poll(() => proxy.openSockets).toBe(1)
  })

  it('can be a person on a site of another origin, which the operator has named', async () => {
    const site = await openProxy('http://127.0.0.1:9')
    const origin = new URL(site.url).origin
    const agent = await openAgent({ http: { ...DEFAULT_CONFIG.http, origins: [origin] } })
    site.agentUrl = agent.url
    const token = await userToken(agent, 'ann')
    const context = await newBrowser()
    const page = await context.newPage()
    await page.goto(site.url)
    const { counts } = site
    const connect = (url: string) =>
      page.evaluate(
        ([url, token]) => {
          globalThis.center = ec.createNotificationCenter({ url, token: () => token })
        },
        [url, token] as const,
      )
    await connect(agent.url)
    const state = () => page.evaluate(() => center.state)
    await expect.poll(state).toMatchObject({ connection: 'live', user: 'ann' })
    await agent.client.emit({ user_id: 'ann', type: 'task.created', title: 'A', body: '', id: 'evt_1' })
    await expect.poll(state).toMatchObject({ unread: { total: 1 }, items: [{ read: false }] })
    await page.evaluate(() => center.markRead(['evt_1']))
    await expect.poll(state).toMatchObject({ unread: { total: 0 }, items: [{ read: true }] })
    expect(counts).toEqual({ upgrades: 0, tickets: 0, streams: 0 })

    // One that was not named gets nothing, and does not hammer.
    const other = await openAgent()
    await page.evaluate(() => center.close())
    await connect(other.url)
    await expect.poll(state).toMatchObject({ connection: 'offline', user: null, items: [] })
  })
})
