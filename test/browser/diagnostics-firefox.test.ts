import type { Page } from 'puppeteer-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { EcClient } from '#ec/client.js'
import { openAgent } from '../support/agent.ts'
import { FIREFOX, launchFirefox } from '../support/browsers.ts'

describe.skipIf(FIREFOX === null)('the page /diagnostics in Firefox (skips where there is none)', () => {
  it('runs to the end, and reports', async () => {
    const { client, rows } = await open()
    expect(Object.keys(rows)).toHaveLength(36)
    for (const code of [
      'agent',
      'session',
      'secure',
      'storage',
      'cookies',
      'ws.connect',
      'ws.replay',
      'sse',
      'clock',
    ]) {
      expect(rows[`browser.${code}`]).toMatchObject({ status: 'ok' })
    }
    expect(rows['browser.worker.registered']).toMatchObject({ status: 'fail', state: 'worker.none' })
    expect(rows['browser.permission']).toMatchObject({ status: 'fail', state: 'permission.unasked' })
    // What this browser has not is nobody's fault.
    expect(rows['browser.badge']).toMatchObject({ status: 'skipped', state: 'badge.no' })
    expect(rows['browser.power']).toMatchObject({ status: 'skipped' })
    await expect
      .poll(async () => (await client.users.diagnostics('ana')).reports)
      .toMatchObject([{ user_agent: expect.stringContaining('Firefox') }])
  })

  it('says that there are no service workers', async () => {
    const { rows } = await open({ 'dom.serviceWorkers.enabled': false })
    expect(rows['browser.worker.supported']).toMatchObject({
      status: 'fail',
      state: 'worker.unsupported',
      does: 'Open this page in a normal window.',
    })
    expect(rows['browser.push.supported']).toMatchObject({ status: 'skipped' })
  })

  it('says that there is no push', async () => {
    const { rows } = await open({ 'dom.push.enabled': false })
    expect(rows['browser.push.supported']).toMatchObject({
      status: 'fail',
      state: 'push.unsupported',
      does: 'Open this page in Chrome, Edge, Firefox or Safari.',
    })
  })

  it('says that there are no notifications', async () => {
    const { rows } = await open({ 'dom.webnotifications.enabled': false })
    expect(rows['browser.permission']).toMatchObject({ status: 'fail', state: 'permission.unsupported' })
    expect(rows['browser.actions']).toMatchObject({ status: 'skipped' })
  })

  it('says that a person allowed them', async () => {
    // 1 = allow, 2 = deny.
    const { rows } = await open({ 'permissions.default.desktop-notification': 1 })
    expect(rows['browser.permission']).toMatchObject({ status: 'ok' })
    const denied = await open({ 'permissions.default.desktop-notification': 2 })
    expect(denied.rows['browser.permission']).toMatchObject({ status: 'fail', state: 'permission.denied' })
  })
})

async function open(preferences: Readonly<Record<string, string | number | boolean>> = {}) {
  const { url: address, client } = await openAgent()
  const url = address.replace('127.0.0.1', 'localhost')
  const browser = await launchFirefox(preferences)
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  await page.goto(`${url}/diagnostics`)
  await signIn(page, client)
  await page.goto(`${url}/diagnostics`)
  await page.waitForFunction(SETTLED)
  return { client, page, rows: await readRows(page) }
}

const SETTLED = `(() => {
  const status = document.querySelector('ec-diagnostics')?.shadowRoot?.querySelector('.summary')?.dataset.status
  return status !== undefined && status !== 'running'
})()`

interface Row {
  readonly status: string
  readonly state: string
  readonly does: string
}

async function readRows(page: Page): Promise<Readonly<Record<string, Row>>> {
  const text = await page.evaluate(`JSON.stringify(Object.fromEntries(
    [...document.querySelector('ec-diagnostics').shadowRoot.querySelectorAll('[data-code]')].map(row => [
      row.dataset.code,
      { status: row.dataset.status, state: row.dataset.state, does: row.querySelector('.does').textContent },
    ]),
  ))`)
  return JSON.parse(String(text))
}

/** As the page of the sign-in link does it. */
async function signIn(page: Page, client: EcClient): Promise<void> {
  const link = await client.sessions.link('ana')
  const secret = new URL(link.url).hash.replace(/^#in=/, '')
  const body = JSON.stringify(JSON.stringify({ link: secret }))
  const status = await page.evaluate(
    `fetch('/api/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${body} }).then(answer => answer.status)`,
  )
  if (status !== 200) throw new Error(`not signed in: ${String(status)}`)
}
