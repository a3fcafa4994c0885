import type { BrowserContext, Page } from 'playwright-core'
import type { EcClient } from '#ec/client.js'

/** A check as the page shows it to the person. */
export interface ShownRow {
  readonly status: string | null
  /** Which of the sentences it is. */
  readonly state: string | null
  readonly says: string
  /** The one thing to do; '' for none. */
  readonly does: string
  /** How that is done in this very browser. */
  readonly steps: readonly string[]
  readonly buttons: readonly string[]
}

/** Signs a browser in as a user, as the sign-in link does. */
export async function signIn(context: BrowserContext, client: EcClient, url: string, user = 'ana'): Promise<void> {
  const link = await client.sessions.link(user)
  const secret = new URL(link.url).hash.replace(/^#in=/, '')
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
  await page.locator('.summary:not([data-status=running])').waitFor({ state: 'attached' })
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
  const row = page.locator(`[data-code="${code}"]`)
  const [status, state, says, does, steps, buttons] = await Promise.all([
    row.getAttribute('data-status'),
    row.getAttribute('data-state'),
    row.locator('.says').textContent(),
    row.locator('.does').textContent(),
    row.locator('.steps li').allTextContents(),
    row.locator('button').allTextContents(),
  ])
  return { status, state, says: says ?? '', does: does ?? '', steps, buttons }
}
