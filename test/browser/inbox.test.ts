import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openAgent } from '../support/agent.js'
import { CHROMIUM, launchChromium } from '../support/browsers.js'
import { openInbox, waitUntilLive } from '../support/ui-page.js'

const SOON = { timeout: 10_000 }
const ME = { user_id: 'mira', body: '' } as const

describe.skipIf(CHROMIUM === null)('the page /inbox (Chromium)', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())

  it('is signed in by a link, once, and keeps no secret in its address', async () => {
    const agent = await openAgent()
    const { page, troubles } = await openInbox(browser, agent)
    expect(page.url()).toBe(`${agent.url}/inbox`)
    await page.getByText('mira', { exact: true }).waitFor()
    await page.reload()
    await page.getByText('mira', { exact: true }).waitFor()
    const link = new URL((await agent.client.sessions.link('mira')).url)
    await page.goto(`${agent.url}${link.pathname}${link.hash}`)
    await page.getByText('mira', { exact: true }).waitFor()
    // Somebody else who has seen the link.
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    const other = await context.newPage()
    await other.goto(`${agent.url}${link.pathname}${link.hash}`)
    await other.getByRole('alert').filter({ hasText: 'no longer good' }).waitFor()
    expect(troubles).toEqual([])
  })

  it('tells whoever is not signed in how to get a link', async () => {
    const agent = await openAgent()
    const page = await browser.newPage({ locale: 'en-GB' })
    onTestFinished(() => page.close())
    const response = await page.goto(`${agent.url}/`)
    expect(page.url()).toBe(`${agent.url}/inbox`)
    expect(response?.headers()['content-security-policy']).toContain("require-trusted-types-for 'script'")
    await page.getByRole('heading', { name: 'Sign in with a link' }).waitFor()
    await page.getByText('ec token YOU --link').waitFor()
    expect(await page.locator('ec-notifications').count()).toBe(0)
  })

  it('signs out, here and in the tabs of the same browser', async () => {
    const agent = await openAgent()
    const { page } = await openInbox(browser, agent)
    const second = await page.context().newPage()
    await second.goto(`${agent.url}/inbox`)
    await second.getByText('mira', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in with a link' }).waitFor()
    await second.getByRole('heading', { name: 'Sign in with a link' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Sign in with a link' }).waitFor()
  })

  it('waits for an agent that is away, and goes on by itself', async () => {
    const agent = await openAgent()
    const { page } = await openInbox(browser, agent)
    await page.route('**/api/session', route => route.abort())
    await page.reload()
    await page.getByRole('alert').filter({ hasText: 'cannot be reached' }).waitFor()
    await page.unroute('**/api/session')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('mira', { exact: true }).waitFor()
  })

  it('is the history: rows open, say why, and are read, archived, brought back and snoozed', async () => {
    const agent = await openAgent()
    const { id } = await agent.client.emit({
      ...ME,
      type: 'message.new',
      title: 'The room has moved',
      body: 'Second floor.',
    })
    await agent.client.emit({ ...ME, type: 'task.created', title: 'A new task' })
    const { page, troubles } = await openInbox(browser, agent)
    await waitUntilLive(page)
    const row = page.getByRole('listitem').filter({ hasText: 'The room has moved' })
    await expect.poll(() => page.title(), SOON).toBe('(2) Inbox')
    // From row to row by arrows, and into one by Enter.
    await page.getByRole('button', { name: 'A new task' }).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await row.getByRole('button', { name: 'Mark as unread' }).waitFor()
    await expect.poll(async () => (await agent.client.events.get(id)).state, SOON).toBe('read')
    await expect.poll(() => page.title(), SOON).toBe('(1) Inbox')
    await row.getByRole('button', { name: 'Mark as unread' }).click()
    await expect.poll(() => page.title(), SOON).toBe('(2) Inbox')
    await row.getByRole('button', { name: 'Why did I get this?' }).click()
    await row.getByText('The rule of its type decided where it goes.').waitFor()
    await row.getByRole('button', { name: 'Archive' }).click()
    await row.waitFor({ state: 'detached' })
    // The focus went to what is there still, and there is a way back.
    expect(
      await page.evaluate("document.querySelector('ec-notifications').shadowRoot.activeElement?.textContent"),
    ).toBe('A new task')
    await page.getByRole('button', { name: 'Undo' }).click()
    await row.waitFor()
    await page.getByRole('button', { name: 'The room has moved' }).click()
    await row.getByRole('button', { name: 'Snooze' }).click()
    await row.getByRole('button', { name: 'For an hour' }).click()
    await row.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Snoozed' }).click()
    await row.getByText('Snoozed until').waitFor()
    expect((await agent.client.events.get(id)).state).toBe('snoozed')
    // And to an instant of one's own.
    await row.getByRole('button', { name: 'The room has moved' }).click()
    await row.getByRole('button', { name: 'Snooze' }).click()
    await row.getByLabel('Until').fill('2031-05-06T10:30')
    await row.getByRole('button', { name: 'OK' }).click()
    const until = async () => (await agent.client.events.get(id)).snoozed_until
    await expect.poll(until, SOON).toBe('2031-05-06T10:30:00.000Z')
    expect(troubles).toEqual([])
  })

  it('shows the jobs that go on above what has happened', async () => {
    const agent = await openAgent()
    const { page } = await openInbox(browser, agent)
    await waitUntilLive(page)
    await agent.client.emit({
      ...ME,
      type: 'job.progress',
      title: 'Packing',
      data: { job_id: 'j1', done: 1, total: 4 },
    })
    const bar = page.getByRole('progressbar', { name: 'Packing' })
    await expect.poll(() => bar.getAttribute('value'), SOON).toBe('25')
    await page.getByRole('heading', { name: 'Going on now' }).waitFor()
    await agent.client.emit({ ...ME, type: 'job.done', title: 'Packed', data: { job_id: 'j1' } })
    await page.getByRole('button', { name: 'Packed' }).waitFor()
    await expect.poll(() => bar.count(), SOON).toBe(0)
  })

  it('takes away what was withdrawn', async () => {
    const agent = await openAgent()
    const { id } = await agent.client.emit({ ...ME, type: 'message.new', title: 'A mistake' })
    const { page } = await openInbox(browser, agent)
    await page.getByRole('button', { name: 'A mistake' }).waitFor()
    await waitUntilLive(page)
    await agent.client.events.retract(id)
    await page.getByText('Nothing here yet.').waitFor()
    expect(await page.getByRole('button', { name: 'A mistake' }).count()).toBe(0)
  })

  it('marks all as read', async () => {
    const agent = await openAgent()
    for (let i = 0; i < 3; i++) await agent.client.emit({ ...ME, type: 'message.new', title: `Note ${i}` })
    const { page } = await openInbox(browser, agent)
    await page.getByRole('button', { name: 'Mark all as read' }).click()
    await expect.poll(() => page.title(), SOON).toBe('Inbox')
    await page.getByRole('button', { name: 'Unread', exact: true }).click()
    await page.getByText('Nothing unread.').waitFor()
    const { events } = await agent.client.events.list({ user: 'mira' })
    expect(events.map(({ state }) => state)).toEqual(['read', 'read', 'read'])
  })

  it('finds on the agent what is not loaded: by words, service, kind and state', async () => {
    const agent = await openAgent()
    await agent.client.emit({ ...ME, type: 'message.new', title: 'A needle', body: 'in the hay', service: 'barn' })
    await agent.client.emit({
      ...ME,
      type: 'action.required',
      title: 'Shall we?',
      service: 'barn',
      data: { options: ['Yes'] },
    })
    await agent.client.emitMany(
      Array.from({ length: 300 }, (_, i) => ({ ...ME, type: 'task.created', title: `Straw ${i}`, service: 'field' })),
    )
    const { page } = await openInbox(browser, agent)
    const rows = page.getByRole('list').last().getByRole('listitem')
    await page.getByRole('button', { name: 'Straw 299' }).waitFor()
    const search = page.getByRole('searchbox', { name: 'Search' })
    await search.fill('HAY')
    await page.getByRole('button', { name: 'A needle' }).waitFor()
    expect(await rows.count()).toBe(1)
    await search.fill('nothing like it')
    await page.getByText('Nothing matches.').waitFor()
    await search.fill('')
    await page.getByRole('button', { name: 'Questions', exact: true }).click()
    await page.getByRole('button', { name: 'Shall we?' }).waitFor()
    await expect.poll(() => rows.count(), SOON).toBe(1)
    await page.getByRole('button', { name: 'All', exact: true }).click()
    await page.getByRole('button', { name: 'Straw 299' }).waitFor()
    // What comes meanwhile joins what was found.
    await search.fill('needle')
    await expect.poll(() => rows.count(), SOON).toBe(1)
    await agent.client.emit({ ...ME, type: 'message.new', title: 'Another needle', service: 'barn' })
    await page.getByRole('button', { name: 'Another needle' }).waitFor()
    await page.getByRole('combobox', { name: 'Kind' }).selectOption({ label: 'Messages' })
    await expect.poll(() => rows.count(), SOON).toBe(2)
  })

  it('scrolls to the first event of all', async () => {
    const agent = await openAgent()
    await agent.client.emitMany(
      Array.from({ length: 230 }, (_, i) => ({ ...ME, type: 'task.created', title: `Task ${i}` })),
    )
    const { page } = await openInbox(browser, agent)
    await page.getByRole('button', { name: 'Task 229', exact: true }).waitFor()
    await expect
      .poll(async () => {
        await page.keyboard.press('End')
        return page.getByRole('button', { name: 'Task 0', exact: true }).count()
      }, SOON)
      .toBe(1)
    await page.getByText('That is all.').waitFor()
    expect(await page.locator('.rows .row').count()).toBe(230)
  })

  it('opens at the event or the question that a notification points to', async () => {
    const agent = await openAgent()
    const old = await agent.client.emit({ ...ME, type: 'job.done', title: 'The old report', body: 'All of it.' })
    await agent.client.emit({
      ...ME,
      type: 'action.required',
      title: 'An old question?',
      data: { action_id: 'q1', options: ['Yes'] },
    })
    await agent.client.emitMany(
      Array.from({ length: 120 }, (_, i) => ({ ...ME, type: 'task.created', title: `Task ${i}` })),
    )
    const { page } = await openInbox(browser, agent, { query: `?event=${old.id}` })
    await page.getByText('From your notification').waitFor()
    await page.locator('.pinned .body').filter({ hasText: 'All of it.' }).waitFor()
    await expect.poll(async () => (await agent.client.events.get(old.id)).state, SOON).toBe('read')
    expect(page.url()).toBe(`${agent.url}/inbox`)
    await page.goto(`${agent.url}/inbox?question=q1`)
    const dialog = page.getByRole('dialog', { name: 'An old question?' })
    await dialog.getByRole('button', { name: 'Yes' }).click()
    await dialog.waitFor({ state: 'hidden' })
    expect((await agent.client.questions.get('q1')).answer?.option).toBe('Yes')
    await page.goto(`${agent.url}/inbox?question=q1`)
    await page.getByText('Answered').first().waitFor()
    await page.goto(`${agent.url}/inbox?event=evt_none`)
    await page.getByRole('button', { name: 'Task 119' }).waitFor()
  })

  it('keeps what a person wants: where things go, quiet hours, mutes, the digest', async () => {
    const agent = await openAgent()
    await agent.client.emit({ ...ME, type: 'task.created', title: 'A task', service: 'field' })
    const { page, troubles } = await openInbox(browser, agent)
    const read = () => agent.client.users.preferences.get('mira')
    await page.getByRole('button', { name: 'A task' }).click()
    await page.getByRole('button', { name: 'Mute' }).click()
    await page.getByRole('button', { name: 'The service: field' }).click()
    await page.getByRole('status').filter({ hasText: 'Muted: field' }).waitFor()
    await page.getByRole('button', { name: 'Settings' }).click()
    await page.getByRole('combobox', { name: 'Messages: Push' }).selectOption('off')
    await page.getByText('Saved.').waitFor()
    expect((await read()).channels).toEqual([{ type: 'message.new', push: false }])
    await page.getByRole('combobox', { name: 'Messages: Mail' }).selectOption('digest')
    await expect
      .poll(async () => (await read()).channels, SOON)
      .toEqual([{ type: 'message.new', push: false, email: 'digest' }])
    await page.getByRole('combobox', { name: 'Messages: Push' }).selectOption('usual')
    await expect.poll(async () => (await read()).channels, SOON).toEqual([{ type: 'message.new', email: 'digest' }])
    // By keyboard, which stays where it was.
    await page.getByRole('checkbox', { name: 'Keep quiet' }).focus()
    await page.keyboard.press('Space')
    await expect
      .poll(async () => (await read()).quiet_hours, SOON)
      .toMatchObject({ from: '22:00', to: '08:00', tz: 'UTC' })
    await expect
      .poll(() => page.evaluate("document.querySelector('ec-notifications').shadowRoot.activeElement?.type"), SOON)
      .toBe('checkbox')
    await page.getByRole('checkbox', { name: 'Sat' }).uncheck()
    await expect
      .poll(async () => (await read()).quiet_hours?.days, SOON)
      .toEqual(['mon', 'tue', 'wed', 'thu', 'fri', 'sun'])
    await page.getByRole('combobox', { name: 'How often' }).selectOption('weekly')
    await expect
      .poll(async () => (await read()).digest, SOON)
      .toMatchObject({ every: 'weekly', weekday: 'mon', at: '08:00' })
    await page.getByRole('button', { name: 'Unmute field' }).click()
    await page.getByText('Nothing is muted.').waitFor()
    expect((await read()).mute).toEqual([])
    expect(troubles).toEqual([])
  })

  it('speaks Russian and Spanish, and remembers which', async () => {
    const agent = await openAgent()
    await agent.client.emit({ ...ME, type: 'task.created', title: 'A task' })
    const { page } = await openInbox(browser, agent, { locale: 'ru-RU' })
    await page.getByRole('heading', { name: 'Входящие' }).waitFor()
    await expect.poll(() => page.title(), SOON).toBe('(1) Входящие')
    await page.getByRole('heading', { name: 'Сегодня' }).waitFor()
    await page.getByRole('combobox', { name: 'Язык' }).selectOption('es')
    await page.getByRole('heading', { name: 'Bandeja' }).waitFor()
    await page.getByRole('button', { name: 'Marcar todo como leído' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Bandeja' }).waitFor()
    expect(await page.evaluate('document.documentElement.lang')).toBe('es')
  })

  it('asks questions as they come', async () => {
    const agent = await openAgent()
    const { page } = await openInbox(browser, agent)
    await waitUntilLive(page)
    await agent.client.emit({
      ...ME,
      type: 'action.required',
      title: 'Now?',
      data: { action_id: 'q1', options: ['Yes', 'No'] },
    })
    await page.getByRole('dialog', { name: 'Now?' }).getByRole('button', { name: 'No' }).click()
    await page.getByRole('article').getByText('Answered: No').waitFor()
  })

  it('has no code of its own in its HTML, and says what is needed where scripts are off', async () => {
    const agent = await openAgent()
    const html = await (await fetch(`${agent.url}/inbox`)).text()
    expect(html).toMatch(/<noscript>\s*<p>\s*The inbox needs JavaScript\./)
    expect(html.match(/<script[^>]*>[^<]/)).toBeNull()
    expect(html.match(/<style|\sstyle=|\son\w+=/)).toBeNull()
  })
})
