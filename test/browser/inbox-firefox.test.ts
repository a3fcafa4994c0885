import type { Page } from 'puppeteer-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openAgent } from '../support/agent.js'
import { FIREFOX, launchFirefox } from '../support/browsers.js'

const SOON = { timeout: 20_000 }
const ROOT = "document.querySelector('ec-notifications')?.shadowRoot"

describe.skipIf(FIREFOX === null)('the page /inbox (Firefox)', () => {
  it('shows the history, tells what happens, and asks questions', async () => {
    const agent = await openAgent()
    await agent.client.emit({
      user_id: 'mira',
      type: 'message.new',
      title: 'The room has moved',
      body: 'Second floor.',
    })
    const firefox = await launchFirefox()
    onTestFinished(() => firefox.close())
    const page = await firefox.newPage()
    const troubles: string[] = []
    page.on('pageerror', error => troubles.push(String(error)))
    await page.goto((await agent.client.sessions.link('mira')).url)
    await textOf(page, '.row .title', 'The room has moved')
    // By a WebSocket: the policy of the page lets it through.
    await expect
      .poll(() => page.evaluate("document.querySelector('ec-notifications')?.center?.state.transport"), SOON)
      .toBe('ws')
    await page.evaluate(`${ROOT}.querySelector('.row .toggle').click()`)
    await textOf(page, '.row .body', 'Second floor.')
    await agent.client.emit({ user_id: 'mira', type: 'message.new', title: 'Lunch is at one', body: '' })
    await textOf(page, '.toasts .toast .title', 'Lunch is at one')
    const data = { action_id: 'q1', options: ['Yes', 'No'] }
    await agent.client.emit({ user_id: 'mira', type: 'action.required', title: 'Shall we?', body: '', data })
    await textOf(page, 'dialog[open] h2', 'Shall we?')
    expect(await page.evaluate(`${ROOT}.activeElement.textContent`)).toBe('Shall we?')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    const given = async () => (await agent.client.questions.get('q1')).answer?.option
    await expect.poll(given, SOON).toBe('Yes')
    await expect.poll(() => page.evaluate(`${ROOT}.querySelector('dialog[open]')`), SOON).toBeNull()
    expect(troubles).toEqual([])
  })
})

async function textOf(page: Page, selector: string, text: string): Promise<void> {
  await expect.poll(() => page.evaluate(`${ROOT}?.querySelector('${selector}')?.textContent`), SOON).toBe(text)
}
