import type { BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { CenterOptions, CenterState, NotificationCenter } from '../../web/center/center.js'

/** What a page's center has told, as it came. */
interface Diary {
  readonly announced: string[]
  readonly happened: string[]
  readonly connections: string[]
}

declare global {
  var ec: { createNotificationCenter(options?: CenterOptions): NotificationCenter }
  var center: NotificationCenter
  var diary: Diary
}

/** A page with a notification center, which is loaded from where the page is. */
export class CenterPage {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  state(): Promise<CenterState> {
    return this.page.evaluate(() => center.state)
  }

  /** Of the events that are shown, newest first. */
  async ids(): Promise<readonly string[]> {
    return (await this.state()).items.map(({ event }) => event.id)
  }

  announced(): Promise<readonly string[]> {
    return this.page.evaluate(() => diary.announced)
  }

  happened(): Promise<readonly string[]> {
    return this.page.evaluate(() => diary.happened)
  }

  live(): Promise<void> {
    return this.until(state => state.connection === 'live')
  }

  async until(fits: (state: CenterState) => boolean): Promise<void> {
    const look = async () => fits(await this.state())
    await expect.poll(look, { timeout: 30_000, message: `${fits} does not come true` }).toBe(true)
  }
}

/** Opens a page and connects it. `token`: a user's, or null for the cookie. */
export async function openCenterPage(
  context: BrowserContext,
  url: string,
  token: string | null,
  options: { readonly hidden?: 'leave' | 'stay' } = {},
): Promise<CenterPage> {
  const page = await context.newPage()
  await page.goto(url)
  await startCenter(page, token, options.hidden ?? 'leave')
  return new CenterPage(page)
}

export async function startCenter(page: Page, token: string | null, hidden: 'leave' | 'stay' = 'leave'): Promise<void> {
  await page.evaluate(
    ([token, hidden]) => {
      const diary: Diary = (globalThis.diary = { announced: [], happened: [], connections: [] })
      const made = ec.createNotificationCenter({ ...(token === null ? {} : { token }), hidden })
      globalThis.center = made
      made.on('*', event => void diary.happened.push(event.id))
      made.onAnnounce(event => void diary.announced.push(event.id))
      made.subscribe(({ connection }) => {
        if (diary.connections.at(-1) !== connection) diary.connections.push(connection)
      })
    },
    [token, hidden] as const,
  )
}

/** Lets the page be hidden, or seen again: a headless browser shows them all. */
export async function showPage(page: Page, visible: boolean): Promise<void> {
  await page.evaluate(`{
    const visible = ${visible}
    const configurable = true
    Object.defineProperty(document, 'visibilityState', { configurable, get: () => (visible ? 'visible' : 'hidden') })
    document.hasFocus = () => visible
    document.dispatchEvent(new Event('visibilitychange'))
  }`)
}
