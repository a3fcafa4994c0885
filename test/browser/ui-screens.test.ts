import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NewEvent } from '#ec/client.js'
import { openAgent, type TestAgent } from '../support/agent.js'
import { CHROMIUM, findBarriers, launchChromium } from '../support/browsers.js'
import { openInbox, openShop, visitShop, waitUntilLive } from '../support/ui-page.js'

/** `EC_SCREENSHOTS=1` draws the pictures of the docs anew. */
const IMAGES = process.env['EC_SCREENSHOTS'] === '1' ? join(import.meta.dirname, '..', '..', 'docs', 'images') : null
/** Ahead of any clock, so that a question is open on all of them. */
const NOW = Date.parse('2031-05-06T10:00:00Z')
const LOOKS = [
  ['light', { colorScheme: 'light', viewport: { width: 860, height: 640 } }],
  ['dark', { colorScheme: 'dark', viewport: { width: 860, height: 640 } }],
  ['narrow', { colorScheme: 'light', viewport: { width: 320, height: 640 }, locale: 'es-ES' }],
] as const

describe.skipIf(CHROMIUM === null)('what a person sees (Chromium)', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launchChromium()
    if (IMAGES !== null) mkdirSync(IMAGES, { recursive: true })
  })
  afterAll(() => browser.close())

  it.each(LOOKS)(
    'has no barriers in the inbox, its settings and devices, and signed out: %s',
    async (look, options) => {
      const agent = await openAgent()
      await fill(agent)
      const { page } = await openInbox(browser, agent, options)
      await page.clock.setFixedTime(NOW)
      await page.reload()
      await waitUntilLive(page)
      await page.locator('.row').nth(4).waitFor()
      await show(page, `inbox-${look}`)
      await page.locator('.row .toggle').nth(2).click()
      for (const opener of await page.locator('.row.open .acts [aria-expanded]').all()) {
        await opener.click()
        await page.locator('.row.open .choices > *').first().waitFor()
        expect(await findBarriers(page)).toEqual([])
      }
      const tabs = page.locator('ec-notifications nav button')
      await tabs.nth(1).click()
      await page.locator('.settings table').waitFor()
      await page.locator('[data-name=quiet]').check()
      await page.locator('[data-name="quiet from"]').waitFor()
      await page.evaluate('scrollTo(0, 0)')
      await show(page, `settings-${look}`)
      await tabs.nth(2).click()
      await page.locator('.settings li').first().waitFor()
      expect(await findBarriers(page)).toEqual([])
      await page.locator('#tools button').click()
      await page.locator('.door').waitFor()
      expect(await findBarriers(page)).toEqual([])
    },
  )

  it.each(LOOKS)('has no barriers in toasts, bars, questions and the drawer: %s', async (look, options) => {
    const shop = await openShop()
    await fill(shop.agent)
    const { page } = await visitShop(browser, shop, options)
    await page.clock.setFixedTime(NOW)
    const { client } = shop.agent
    await client.emit({ ...PROGRESS, data: { job_id: 'archive', progress: 40 } })
    await client.emit(
      at(0, {
        type: 'system.alert',
        level: 'critical',
        service: 'storage',
        title: 'The disk is almost full',
        body: '2 GB are left.',
      }),
    )
    for (const title of ['The room has moved', 'Lunch is at one', 'A letter has come']) {
      await client.emit(at(0, { type: 'message.new', service: 'chat', title, body: 'It is on the second floor now.' }))
    }
    await page.locator('.toasts .more').waitFor()
    await show(page, `toasts-${look}`)
    await client.emit({ ...QUESTION, id: 'evt_asked', data: { ...QUESTION.data, action_id: 'asked' } })
    await page.locator('dialog[open]').waitFor()
    await show(page, `question-${look}`)
    await page.keyboard.press('Escape')
    await page.locator('.bell').click()
    await page.locator('.drawer .row').nth(4).waitFor()
    await show(page, `drawer-${look}`)
    await page.locator('.drawer nav button').nth(1).click()
    await page.locator('.settings table').waitFor()
    expect(await findBarriers(page)).toEqual([])
  })

  it('fits a page that is enlarged to twice its size', async () => {
    const agent = await openAgent()
    await fill(agent)
    // What a window of 640 pixels has left then.
    const { page } = await openInbox(browser, agent, { viewport: { width: 320, height: 256 }, deviceScaleFactor: 2 })
    await page.locator('.row').nth(4).waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
    await page.locator('ec-notifications nav button').nth(1).click()
    await page.locator('.settings table').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
    await page.locator('ec-notifications nav button').nth(0).click()
    await waitUntilLive(page)
    await agent.client.emit({ ...QUESTION, data: { ...QUESTION.data, action_id: 'asked' } })
    const dialog = page.locator('dialog[open]')
    await dialog.getByRole('button', { name: 'Later' }).click()
    await dialog.waitFor({ state: 'hidden' })
  })

  it('moves nothing where the person wants no motion', async () => {
    const { page } = await visitShop(browser, await openShop(), { reducedMotion: 'reduce' })
    await page.evaluate("document.querySelector('ec-notifications').center") // It is there.
    const moved = "document.querySelector('ec-notifications').shadowRoot.getAnimations().length"
    expect(await page.evaluate(moved)).toBe(0)
  })
})

/** Axe finds nothing; and the picture for the docs. */
async function show(page: Page, name: string): Promise<void> {
  expect(await findBarriers(page)).toEqual([])
  if (IMAGES !== null) await page.screenshot({ path: join(IMAGES, `${name}.png`), animations: 'disabled' })
}

function at(minutesAgo: number, event: Omit<NewEvent, 'user_id'>): NewEvent {
  return { user_id: 'mira', created_at: new Date(NOW - minutesAgo * 60_000).toISOString(), ...event }
}

const PROGRESS = at(0, { type: 'job.progress', title: 'The archive is being packed', body: '17 of 42 boxes' })
const QUESTION = at(5, {
  type: 'action.required',
  service: 'newsletter',
  title: 'Send the spring newsletter?',
  body: 'It goes to 1,240 readers at once.',
  expires_at: new Date(NOW + 3 * 3_600_000).toISOString(),
  data: {
    action_id: 'spring',
    options: [
      { id: 'now', label: 'Send it now', style: 'primary' },
      { id: 'later', label: 'Tomorrow at nine' },
      { id: 'drop', label: 'Throw it away', style: 'danger' },
    ],
    default_option: 'later',
  },
})

async function fill({ client }: TestAgent): Promise<void> {
  await client.emitMany([
    at(1_900, {
      type: 'task.created',
      service: 'tasks',
      title: 'Plan the summer workshop',
      body: 'Three ideas wait in the list.',
    }),
    at(1_500, {
      type: 'message.new',
      service: 'chat',
      title: 'The reading group meets on Thursday',
      body: 'The book is the one about lighthouses.',
    }),
    at(300, {
      type: 'system.alert',
      level: 'warning',
      service: 'backup',
      title: 'The backup took longer than usual',
      body: '42 minutes instead of 12. Nothing is lost.',
    }),
    at(90, {
      type: 'job.done',
      service: 'reports',
      title: 'The quarterly report is ready',
      body: '42 pages and 3 charts.',
      cta: { label: 'Open the report', url: 'https://example.org/reports/7' },
    }),
    at(20, { type: 'reminder.due', service: 'health', title: 'Stand up for a moment', body: '' }),
    QUESTION,
  ])
}
