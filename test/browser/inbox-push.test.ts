import type { Page } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { DEFAULT_CONFIG } from '#ec/core/config.js'
import { openAgent, type TestAgent } from '../support/agent.js'
import { CHROMIUM, launchChromium, launchProfile, removeProfile } from '../support/browsers.js'
import { openGcmServer } from '../support/gcm-server.js'
import { createPushBrowser } from '../support/push-browser.js'
import { openInbox, waitUntilLive } from '../support/ui-page.js'

const SOON = { timeout: 20_000 }
const DONE = { user_id: 'mira', type: 'job.done', title: 'The report is ready', body: 'Ten pages.' } as const

describe.skipIf(CHROMIUM === null)('push from the inbox (Chromium)', () => {
  it('is offered when work is done, switched on by one click, and listed, tested and switched off under devices', async () => {
    const { agent, page, troubles } = await openPushInbox()
    await agent.client.emit(DONE)
    const offer = page.getByRole('status').filter({ hasText: 'Notify you when no page is open?' })
    await offer.getByRole('button', { name: 'Yes, notify me' }).click()
    await page.getByRole('status').filter({ hasText: 'This browser notifies you' }).waitFor()
    const devices = async () => (await agent.client.push.devices({ user: 'mira' })).devices
    expect(await devices()).toHaveLength(1)
    await page.getByRole('button', { name: 'Devices' }).click()
    await page.getByText('This browser notifies you while no page is open.').first().waitFor()
    await page.getByText('No other device takes pushes.').waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByText('This browser does not notify you').waitFor()
    expect(await devices()).toEqual([])
    await page.getByRole('button', { name: 'Notify me' }).click()
    await page.getByRole('button', { name: 'Stop' }).waitFor()
    expect(await devices()).toHaveLength(1)
    // What is meant for one person does not show when another sits here.
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in with a link' }).waitFor()
    expect(await devices()).toEqual([])
    expect(troubles).toEqual([])
  })

  it('lists the other browsers, says what a test came to, and removes them', async () => {
    const browser = await launchChromium()
    onTestFinished(() => browser.close())
    // Nothing listens there.
    const agent = await openAgent({ push: { ...DEFAULT_CONFIG.push, hosts: ['localhost:9'] } })
    await agent.client.push.setUp('mailto:ops@example.org')
    const { token } = await agent.client.tokens.create('mira')
    const { p256dh, auth } = createPushBrowser()
    const response = await fetch(`${agent.url}/api/push/subscribe`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        subscription: { endpoint: 'https://localhost:9/push/1', keys: { p256dh, auth } },
        name: 'Firefox',
        platform: 'Android <b>',
      }),
    })
    expect(response.status).toBe(200)
    const { page, troubles } = await openInbox(browser, agent)
    await page.getByRole('button', { name: 'Devices' }).click()
    const device = page.getByRole('listitem').filter({ hasText: 'Firefox, Android <b>' })
    await device.getByText('Last here now').waitFor()
    await device.getByRole('button', { name: 'Test Firefox, Android <b>' }).click()
    await page.getByRole('status').filter({ hasText: 'The push service did not take it' }).waitFor()
    await device.getByText('The last push failed.').waitFor()
    await device.getByRole('button', { name: 'Remove Firefox, Android <b>' }).click()
    await page.getByText('No other device takes pushes.').waitFor()
    expect((await agent.client.push.devices({ user: 'mira' })).devices).toEqual([])
    expect(troubles).toEqual([])
  })

  it('is offered once, and not again when it was put off', async () => {
    const { agent, page } = await openPushInbox()
    await agent.client.emit(DONE)
    const offer = page.getByRole('status').filter({ hasText: 'Notify you when no page is open?' })
    await offer.getByRole('button', { name: 'Later' }).click()
    await expect.poll(() => offer.count(), SOON).toBe(0)
    await page.reload()
    await waitUntilLive(page)
    await pushIs(page, 'off')
    await agent.client.emit({ ...DONE, title: 'Another report' })
    await page.getByRole('status').filter({ hasText: 'Another report' }).waitFor()
    expect(await page.evaluate("document.querySelector('ec-notifications').desk.then(desk => desk.mayAsk())")).toBe(
      false,
    )
    expect(await offer.count()).toBe(0)
  })

  it('that was refused in the browser comes with the steps that undo it', async () => {
    const agent = await openAgent()
    await agent.client.push.setUp('mailto:ops@example.org')
    const { context, dir } = await launchProfile()
    onTestFinished(async () => {
      await context.close()
      removeProfile(dir)
    })
    const { page } = await openInbox({ newContext: async () => context }, agent)
    await pushIs(page, 'off')
    const browser = await context.newCDPSession(page)
    const denied = { permission: { name: 'notifications' }, setting: 'denied', origin: agent.url } as const
    await browser.send('Browser.setPermission', denied)
    await pushIs(page, 'denied')
    await page.getByRole('button', { name: 'Devices' }).click()
    await page.getByText('The browser was told to show no notifications of this site.').waitFor()
    await page.locator('ol.lines li').first().waitFor()
    expect(await page.getByRole('button', { name: 'Notify me' }).count()).toBe(0)
  })
})

async function openPushInbox(): Promise<{ agent: TestAgent; page: Page; troubles: string[] }> {
  const gcm = await openGcmServer()
  const agent = await openAgent({ push: { ...DEFAULT_CONFIG.push, hosts: [gcm.host] } })
  await agent.client.push.setUp('mailto:ops@example.org')
  const { context, dir } = await launchProfile({ args: gcm.args, origin: agent.url })
  onTestFinished(async () => {
    await context.close()
    removeProfile(dir)
  })
  // Chromium makes its endpoints up itself, at Google.
  await context.route('**/api/push/subscribe', route => {
    const body = route.request().postData()
    return route.continue(body === null ? {} : { postData: gcm.localEndpoint(body) })
  })
  const watched = await openInbox({ newContext: async () => context }, agent)
  await waitUntilLive(watched.page)
  await pushIs(watched.page, 'off')
  return { agent, ...watched }
}

async function pushIs(page: Page, status: string): Promise<void> {
  await expect
    .poll(() => page.evaluate("document.querySelector('ec-notifications').desk.then(desk => desk?.state.status)"), SOON)
    .toBe(status)
}
