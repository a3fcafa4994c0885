import type { BrowserContext, Page } from 'playwright-core'
import type { EcClient } from '#ec/client.js'

/** A check as the page shows it to the person. */
export interface ShownRow {
  readonly status: string
  /** Which of the sentences it is. */
  readonly state: string
  readonly says: string
  /** The one thing to do; '' for none. */
  readonly does: string
  readonly buttons: readonly string[]
}

/** Signs a browser in as a user, as the sign-in link does. */
export async function signIn(context: BrowserContext, client: EcClient, url: string, user = 'ana'): Promise<void> {
  const link = await client.sessions.link(user)
  const secret = new URL(link.url).hash.replace(/^#(\w+=)?/, '')
  const answer = await context.request.post(`${url}/api/session`, { data: { link: secret } })
  if (answer.status() !== 200) throw new Error(`not signed in: ${answer.status()} ${await answer.text()}`)
}

/** Opens the page and waits until it has looked at everything. */
export async function openDiagnostics(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/diagnostics`)
  await settled(page)
}

/** Resolves when nothing is looked at or done any more. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const summary = document.querySelector('ec-diagnostics')?.shadowRoot?.querySelector('.summary')
    return summary instanceof HTMLElement && !['running', undefined].includes(summary.dataset['status'])
  })
}

export async function checkAgain(page: Page): Promise<void> {
  await page.locator('[data-action=again]').click()
  await settled(page)
}

/** Presses a button of a check and waits until what it touches was looked at again. */
export async function press(page: Page, code: string, fix: string): Promise<void> {
  await page.locator(`[data-code="${code}"] button[data-fix="${fix}"]`).click()
  await settled(page)
}

export async function readRow(page: Page, code: string): Promise<ShownRow> {
  return page.locator(`[data-code="${code}"]`).evaluate(row => {
    const text = (selector: string) => row.querySelector(selector)?.textContent ?? ''
    return {
      status: row.getAttribute('data-status') ?? '',
      state: row.getAttribute('data-state') ?? '',
      says: text('.says'),
      does: text('.does'),
      buttons: [...row.querySelectorAll('button')].map(button => button.textContent ?? ''),
    }
  })
}

/** Every row, by its code. */
export async function readRows(page: Page): Promise<Readonly<Record<string, ShownRow>>> {
  const codes = await page.locator('[data-code]').evaluateAll(rows => rows.map(row => row.getAttribute('data-code') ?? ''))
  const rows = await Promise.all(codes.map(async code => [code, await readRow(page, code)] as const))
  return Object.fromEntries(rows)
}
