import type { Browser } from 'playwright-core'
import type { NewEvent } from '#ec/client.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAgent } from '../support/agent.js'
import { CHROMIUM, launchChromium } from '../support/browsers.js'
import { openInbox, openShop, visitShop, waitUntilLive } from '../support/ui-page.js'

const CODE = `<img src=x onerror="alert(1)"><script>alert(2)</script><svg onload=alert(3)>{{7*7}}\${alert(4)}`
/** Says `gpj.exe` where it is obeyed, hides a part, rings a bell and ends a line in a title. */
const TURNED = 'invoice\u202Eexe.jpg\u202C \u2066x\u2069 a\u200Bb\u0007 c\u2028d'

/** Each field that takes text of anybody's, filled with what should do nothing. */
function hostileEvent(type: string): NewEvent {
  return {
    user_id: 'mira',
    type,
    title: `${CODE} ${TURNED}`,
    body: `${CODE}\n${TURNED}\n${'W'.repeat(10_000)}\n<a href="javascript:alert(5)">here</a> https://evil.example/`,
    service: `"><b>${CODE}`.slice(0, 250),
    thread: CODE,
    actor: CODE,
    lang: 'en',
    icon: 'https://evil.example/icon.png',
    image: 'https://evil.example/image.png',
    cta: { label: CODE, url: `https://evil.example/?q=${encodeURIComponent(CODE)}` },
    data: {
      options: [
        { id: CODE, label: CODE, style: `danger"><script>`, input: { label: CODE, max: 5 } },
        TURNED.replace(/\p{Cc}/gu, ''),
      ],
      url: 'javascript:alert(6)',
      html: CODE,
    },
  }
}

describe.skipIf(CHROMIUM === null)('hostile events (Chromium)', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())

  it('show as text in the inbox, run nothing, load nothing and lead nowhere', async () => {
    const agent = await openAgent()
    const { page, troubles } = await openInbox(browser, agent, { viewport: { width: 320, height: 640 } })
    await waitUntilLive(page)
    await agent.client.emit(hostileEvent('message.new'))
    await page.getByRole('status').filter({ hasText: '<script>alert(2)</script>' }).waitFor()
    await agent.client.emit(hostileEvent('action.required'))
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button').filter({ hasText: '<script>alert(2)</script>' }).waitFor()
    // The end of what it hides turns nothing around.
    const text = String(await page.evaluate("document.querySelector('ec-notifications').shadowRoot.textContent"))
    expect(text).toContain('invoiceexe.jpg')
    expect([...'\u202A\u202C\u202E\u2066\u2069\u200B\u0007\u2028'].filter(hidden => text.includes(hidden))).toEqual([])
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    for (const toggle of await page.locator('.rows .toggle').all()) await toggle.click()
    await page.getByText('W'.repeat(1_000)).first().waitFor()
    const elements =
      "[...document.querySelector('ec-notifications').shadowRoot.querySelectorAll('img, script, iframe, object, embed, b, [style], [onerror], [onload]')].length"
    expect(await page.evaluate(elements)).toBe(0)
    const links =
      "[...document.querySelector('ec-notifications').shadowRoot.querySelectorAll('a')].map(a => [a.protocol, a.rel, a.target].join())"
    expect(await page.evaluate(`[...new Set(${links})]`)).toEqual(['https:,noopener noreferrer,_blank'])
    // Whatever stands in it, nothing is wider than a narrow screen.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
    await page.getByRole('button', { name: 'Settings' }).click()
    await page.getByText('What reaches you').waitFor()
    expect(troubles).toEqual([])
  })

  it('do nothing in a page of somebody else under the strictest policy', async () => {
    const policy =
      "default-src 'none'; script-src AGENT; connect-src AGENT ws: ; img-src data:; require-trusted-types-for 'script'; trusted-types 'none'"
    const shop = await openShop('', '', policy)
    const { page, troubles } = await visitShop(browser, shop)
    await shop.agent.client.emit(hostileEvent('message.new'))
    await page.getByRole('status').filter({ hasText: '<script>alert(2)</script>' }).waitFor()
    await shop.agent.client.emit(hostileEvent('action.required'))
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: /^Notifications/ }).click()
    const row = page.getByRole('dialog', { name: 'Notifications' }).getByRole('listitem').first()
    await row.locator('.toggle').click()
    await row.getByRole('button', { name: 'Archive' }).waitFor()
    expect(troubles).toEqual([])
  })

  it('of 32 KiB show whole when they are opened', async () => {
    const agent = await openAgent()
    const body = `${'Many words. '.repeat(2_600)}The end.`
    await agent.client.emit({ user_id: 'mira', type: 'message.new', title: 'A long letter', body })
    const { page, troubles } = await openInbox(browser, agent)
    const row = page.getByRole('listitem').filter({ hasText: 'A long letter' })
    expect((await row.textContent())?.length).toBeLessThan(500)
    await row.getByRole('button', { name: 'A long letter' }).click()
    await row.getByText('The end.').waitFor()
    expect(troubles).toEqual([])
  })
})
