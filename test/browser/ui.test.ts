import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, launchChromium } from '../support/browsers.js'
import { openShop, visitShop, waitUntilLive } from '../support/ui-page.js'

const SOON = { timeout: 10_000 }
const QUESTION = {
  user_id: 'mira',
  type: 'action.required',
  title: 'Publish the newsletter?',
  body: 'It goes to 1,240 readers.',
  data: { action_id: 'q1', options: ['Publish', { id: 'no', label: 'Throw it away', style: 'danger' }] },
} as const

describe.skipIf(CHROMIUM === null)('the tag <ec-notifications> in a page of another origin (Chromium)', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())

  it('counts in the bell, tells in a toast, and opens the history beside the page by keyboard', async () => {
    const shop = await openShop()
    const { page, troubles } = await visitShop(browser, shop)
    const bell = page.getByRole('button', { name: 'Notifications', exact: true })
    await bell.waitFor()
    await shop.agent.client.emit({
      user_id: 'mira',
      type: 'message.new',
      title: 'The room has moved',
      body: 'Second floor.',
      service: 'chat',
      cta: { label: 'See where', url: 'https://example.org/room' },
    })
    const toast = page.getByRole('status').filter({ hasText: 'The room has moved' })
    await toast.waitFor()
    const link = toast.getByRole('link', { name: 'See where' })
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer')
    expect(await link.getAttribute('target')).toBe('_blank')
    const counted = page.getByRole('button', { name: 'Notifications, 1 unread' })
    await counted.focus()
    await page.keyboard.press('Enter')
    const drawer = page.getByRole('dialog', { name: 'Notifications' })
    await drawer.getByRole('button', { name: 'The room has moved' }).waitFor()
    // What was opened is where the focus is, and the corner is free again.
    expect(await focused(page)).toBe('Notifications')
    expect(await toast.count()).toBe(0)
    expect(await counted.getAttribute('aria-expanded')).toBe('true')
    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'hidden' })
    await expect.poll(() => focused(page), SOON).toMatch(/^Notifications, 1 unread|^1$/)
    expect(troubles).toEqual([])
  })

  it('opens and closes the history by mouse, also beside it', async () => {
    const { page } = await visitShop(browser, await openShop())
    const drawer = page.getByRole('dialog', { name: 'Notifications' })
    await page.getByRole('button', { name: 'Notifications', exact: true }).click()
    await drawer.getByText('Nothing here yet.').waitFor()
    await page.getByRole('heading', { name: 'Orders' }).click()
    await drawer.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Notifications', exact: true }).click()
    await drawer.getByRole('button', { name: 'Close' }).click()
    await drawer.waitFor({ state: 'hidden' })
  })

  it('shows three toasts at most, counts the rest, and keeps what is critical', async () => {
    const { agent, url } = await openShop()
    const { page } = await visitShop(browser, { agent, url })
    for (let i = 1; i <= 5; i++) {
      await agent.client.emit({ user_id: 'mira', type: 'message.new', title: `Note ${i}`, body: '' })
    }
    await page.getByRole('button', { name: 'and 2 more' }).waitFor()
    const toasts = page.locator('.toasts .toast')
    expect(await toasts.count()).toBe(3)
    await agent.client.emit({ user_id: 'mira', type: 'system.alert', level: 'critical', title: 'Disk full', body: '' })
    const alert = page.getByRole('alert').filter({ hasText: 'Disk full' })
    await alert.getByText('Critical').waitFor()
    expect(await toasts.count()).toBe(3)
    await page.getByRole('button', { name: 'and 3 more' }).click()
    await page.getByRole('dialog', { name: 'Notifications' }).getByRole('button', { name: 'Note 5' }).waitFor()
    // It stays until it is closed.
    expect(await toasts.allInnerTexts()).toEqual([expect.stringContaining('Disk full')])
    await alert.getByRole('button', { name: 'Close' }).click()
    await expect.poll(() => toasts.count(), SOON).toBe(0)
  })

  it('takes a toast away by itself, but not while the pointer or the focus is on it', async () => {
    const { agent, url } = await openShop()
    const { page } = await visitShop(browser, { agent, url })
    await page.clock.install()
    await agent.client.emit({ user_id: 'mira', type: 'message.new', title: 'A word', body: '' })
    const toast = page.locator('.toasts .toast')
    await toast.waitFor()
    await toast.hover()
    await page.clock.runFor(60_000)
    expect(await toast.count()).toBe(1)
    await page.mouse.move(1, 1)
    await toast.getByRole('button', { name: 'Close' }).focus()
    await page.clock.runFor(60_000)
    expect(await toast.count()).toBe(1)
    await page.locator('#name').focus()
    await page.clock.runFor(20_000)
    await expect.poll(() => toast.count(), SOON).toBe(0)
  })

  it('closes a toast by Escape and gives the focus back to where it came from', async () => {
    const { agent, url } = await openShop()
    const { page } = await visitShop(browser, { agent, url })
    await agent.client.emit({ user_id: 'mira', type: 'message.new', title: 'A word', body: '' })
    await page.locator('.toasts .toast').waitFor()
    await page.locator('#name').focus()
    await page.keyboard.press('Shift+Tab')
    expect(await focused(page)).toBe('Close')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('.toasts .toast').count(), SOON).toBe(0)
    expect(await page.evaluate('document.activeElement.id')).toBe('name')
  })

  it('marks an event as seen when the person does something while it is shown, and not before', async () => {
    const { agent, url } = await openShop()
    const { page } = await visitShop(browser, { agent, url })
    const { id } = await agent.client.emit({ user_id: 'mira', type: 'message.new', title: 'A word', body: '' })
    await page.locator('.toasts .toast').waitFor()
    expect((await agent.client.events.get(id)).state).toBe('unread')
    await page.mouse.move(50, 50)
    await page.mouse.move(60, 60)
    await expect.poll(async () => (await agent.client.events.get(id)).state, SOON).toBe('seen')
  })

  it('takes a toast away that was read elsewhere', async () => {
    const { agent, url } = await openShop()
    const { page } = await visitShop(browser, { agent, url })
    const { id } = await agent.client.emit({ user_id: 'mira', type: 'message.new', title: 'A word', body: '' })
    const toast = page.locator('.toasts .toast')
    await toast.waitFor()
    await agent.client.events.read(id)
    await expect.poll(() => toast.count(), SOON).toBe(0)
  })

  it('says that the page is old when a newer agent has no parts for it any more', async () => {
    const { agent, url } = await openShop()
    const { page } = await visitShop(browser, { agent, url })
    await page.route('**/client/later-*.js', route => route.fulfill({ status: 404, body: '' }))
    await page.reload()
    await waitUntilLive(page)
    await page.getByRole('button', { name: 'Notifications', exact: true }).click()
    await page.getByRole('status').filter({ hasText: 'There is a newer version. Reload the page.' }).waitFor()
    await page.getByRole('dialog', { name: 'Notifications' }).waitFor({ state: 'hidden' })
    // A question is told all the same.
    await agent.client.emit(QUESTION)
    await page.getByRole('status').filter({ hasText: 'Publish the newsletter?' }).waitFor()
  })

  it('asks a question over the page, keeps the focus in it, and answers by keyboard', async () => {
    const { agent, url } = await openShop()
    const { page, troubles } = await visitShop(browser, { agent, url })
    const bell = page.getByRole('button', { name: 'Notifications', exact: true })
    await bell.focus()
    await agent.client.emit({ ...QUESTION, expires_at: new Date(Date.now() + 3_590_000).toISOString() })
    const dialog = page.getByRole('dialog', { name: 'Publish the newsletter?' })
    await dialog.waitFor()
    // A key that was meant for the page answers nothing.
    expect(await focused(page)).toBe('Publish the newsletter?')
    await dialog.getByText('Expires in 1 hour').waitFor()
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press('Tab')
      expect(
        await page.evaluate(
          "document.querySelector('ec-notifications').shadowRoot.activeElement?.closest('dialog') !== null",
        ),
      ).toBe(true)
    }
    await dialog.getByRole('button', { name: 'Throw it away' }).focus()
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    const { answer } = await agent.client.questions.get('q1')
    expect(answer).toMatchObject({ option: 'no', by: 'user' })
    await expect.poll(() => focused(page), SOON).toMatch(/^Notifications/)
    expect(troubles).toEqual([])
  })

  it('puts a question off by Escape, and answers it in the history by mouse', async () => {
    const { agent, url } = await openShop()
    const { page } = await visitShop(browser, { agent, url })
    await agent.client.emit(QUESTION)
    const dialog = page.getByRole('dialog', { name: 'Publish the newsletter?' })
    await dialog.waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: /^Notifications/ }).click()
    const drawer = page.getByRole('dialog', { name: 'Notifications' })
    await drawer.getByRole('button', { name: 'Publish', exact: true }).click()
    await drawer.getByText('Answered: Publish').waitFor()
    const given = async () => (await agent.client.questions.get('q1')).answer?.option
    await expect.poll(given, SOON).toBe('Publish')
  })

  it('takes words along with an answer, and asks for them where they are needed', async () => {
    const { agent, url } = await openShop()
    const { page } = await visitShop(browser, { agent, url })
    const input = { label: 'What should change?', required: true, max: 40 }
    await agent.client.emit({
      ...QUESTION,
      data: { action_id: 'q2', options: [{ id: 'edit', label: 'Change it', input }] },
    })
    const dialog = page.getByRole('dialog', { name: 'Publish the newsletter?' })
    await dialog.getByRole('button', { name: 'Send: Change it' }).click()
    await dialog.getByRole('alert').filter({ hasText: 'Write a few words first.' }).waitFor()
    expect(await focused(page)).toContain('What should change?')
    await page.keyboard.type('The second heading')
    await dialog.getByRole('button', { name: 'Send: Change it' }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect((await agent.client.questions.get('q2')).answer).toMatchObject({
      option: 'edit',
      input: 'The second heading',
    })
  })

  it('says that a question was answered elsewhere, and asks the next', async () => {
    const { agent, url } = await openShop()
    const { page } = await visitShop(browser, { agent, url })
    await agent.client.emit(QUESTION)
    const dialog = page.getByRole('dialog', { name: 'Publish the newsletter?' })
    await dialog.waitFor()
    await agent.client.emit({ ...QUESTION, title: 'And the flyer?', data: { action_id: 'q2', options: ['Yes'] } })
    await dialog.getByText('1 of 2').waitFor()
    await agent.client.questions.answer('q1', { option: 'no' })
    await dialog.getByText('Answered elsewhere: Throw it away').waitFor()
    expect(await dialog.getByRole('button', { name: 'Publish', exact: true }).count()).toBe(0)
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    const second = page.getByRole('dialog', { name: 'And the flyer?' })
    await second.getByText('2 of 2').waitFor()
    await agent.client.questions.cancel('q2')
    await second.waitFor({ state: 'hidden' })
  })

  it('does not put a question over somebody who writes', async () => {
    const { agent, url } = await openShop()
    const { page } = await visitShop(browser, { agent, url })
    await page.locator('#name').focus()
    await agent.client.emit(QUESTION)
    const toast = page.getByRole('status').filter({ hasText: 'Publish the newsletter?' })
    await toast.waitFor()
    await page.keyboard.type('still here')
    expect(await page.locator('#name').inputValue()).toBe('still here')
    await toast.getByRole('button', { name: 'Answer' }).click()
    await page.getByRole('dialog', { name: 'Publish the newsletter?' }).waitFor()
    expect(await toast.count()).toBe(0)
  })

  it('shows a job that goes on as a bar, and puts what came of it in its place', async () => {
    const { agent, url } = await openShop()
    const { page } = await visitShop(browser, { agent, url })
    const job = { user_id: 'mira', body: '17 of 42', data: { job_id: 'j1', progress: 40 } }
    await agent.client.emit({ ...job, type: 'job.progress', title: 'Packing the archive' })
    const bar = page.getByRole('progressbar', { name: 'Packing the archive' })
    await bar.waitFor()
    expect(await bar.getAttribute('value')).toBe('40')
    await agent.client.emit({
      ...job,
      type: 'job.progress',
      title: 'Packing the archive',
      data: { job_id: 'j1', progress: 80 },
    })
    await expect.poll(() => bar.getAttribute('value'), SOON).toBe('80')
    await agent.client.emit({ ...job, type: 'job.done', title: 'The archive is packed' })
    await page.getByRole('status').filter({ hasText: 'The archive is packed' }).waitFor()
    expect(await bar.count()).toBe(0)
  })

  it('is silent about what the page has shown itself', async () => {
    const { agent, url } = await openShop()
    const { page } = await visitShop(browser, { agent, url })
    await page.evaluate("document.querySelector('ec-notifications').center.on('task.*', () => true)")
    await agent.client.emit({ user_id: 'mira', type: 'task.created', title: 'The page shows this', body: '' })
    await agent.client.emit({ user_id: 'mira', type: 'message.new', title: 'We show this', body: '' })
    await page.getByRole('status').filter({ hasText: 'We show this' }).waitFor()
    expect(await page.locator('.toasts .toast').count()).toBe(1)
    await page.getByRole('button', { name: 'Notifications, 2 unread' }).waitFor()
  })

  it('says quietly what came while nobody was connected', async () => {
    const { agent, url } = await openShop()
    const { page } = await visitShop(browser, { agent, url })
    await agent.client.emit({ user_id: 'mira', type: 'message.new', title: 'Before', body: '' })
    await page.getByRole('status').filter({ hasText: 'Before' }).waitFor()
    await page.goto('about:blank')
    for (let i = 0; i < 6; i++) {
      await agent.client.emit({ user_id: 'mira', type: 'message.new', title: `Meanwhile ${i}`, body: '' })
    }
    await page.goto(url)
    const away = page.getByRole('status').filter({ hasText: 'While you were away: 6' })
    await away.waitFor()
    expect(await page.locator('.toasts .toast').count()).toBe(1)
    await away.getByRole('button', { name: 'Show' }).click()
    await page.getByRole('dialog', { name: 'Notifications' }).getByRole('button', { name: 'Meanwhile 5' }).waitFor()
    expect(await away.count()).toBe(0)
  })

  it('takes token, language and theme as attributes and as a property', async () => {
    const { agent, url } = await openShop('lang="ru" theme="dark"')
    const { page } = await visitShop(browser, { agent, url }, { colorScheme: 'light' })
    await page.getByRole('button', { name: 'Уведомления' }).waitFor()
    const background =
      "getComputedStyle(document.querySelector('ec-notifications')).getPropertyValue('--surface').trim()"
    expect(await page.evaluate(background)).toBe('#17191d')
    await page.evaluate("document.querySelector('ec-notifications').setAttribute('theme', 'light')")
    expect(await page.evaluate(background)).toMatch(/^#fff(fff)?$/)
    await page.evaluate("document.querySelector('ec-notifications').setAttribute('lang', 'es')")
    await page.getByRole('button', { name: 'Notificaciones' }).waitFor()
    const { token } = await agent.client.tokens.create('other')
    await page.evaluate(`document.querySelector('ec-notifications').token = async () => ${JSON.stringify(token)}`)
    await expect
      .poll(() => page.evaluate("document.querySelector('ec-notifications').center.state.user"), SOON)
      .toBe('other')
    await waitUntilLive(page)
  })

  it('has no bell where the page has one of its own', async () => {
    const shop = await openShop('view="none"', '<button id="mine">Mine</button>')
    const { page } = await visitShop(browser, shop)
    expect(await page.getByRole('button', { name: /^Notifications/ }).count()).toBe(0)
    await page.evaluate(
      "document.querySelector('#mine').onclick = () => document.querySelector('ec-notifications').open()",
    )
    await page.locator('#mine').click()
    await page.getByRole('dialog', { name: 'Notifications' }).getByText('Nothing here yet.').waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.evaluate('document.activeElement.id'), SOON).toBe('mine')
  })

  it('leaves nothing behind when it is taken out of the page', async () => {
    const { agent, url } = await openShop()
    const { page, troubles } = await visitShop(browser, { agent, url })
    await page.evaluate("window.taken = document.querySelector('ec-notifications'), taken.remove()")
    expect(await page.evaluate('taken.center')).toBeNull()
    await page.evaluate("document.querySelector('header').append(taken)")
    await waitUntilLive(page)
    await agent.client.emit({ user_id: 'mira', type: 'message.new', title: 'Again', body: '' })
    await page.getByRole('status').filter({ hasText: 'Again' }).waitFor()
    expect(await page.locator('.toasts .toast').count()).toBe(1)
    expect(troubles).toEqual([])
  })
})

/** The text or label of what has the focus, inside of the shadow root too. */
async function focused(page: { evaluate(code: string): Promise<unknown> }): Promise<unknown> {
  return page.evaluate(`{
    let active = document.activeElement
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
    active?.getAttribute('aria-label') ?? active?.closest('label')?.textContent ?? active?.textContent
  }`)
}
