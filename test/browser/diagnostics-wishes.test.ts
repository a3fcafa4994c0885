import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Config } from '#ec/core/config.js'
import { openAgent } from '../support/agent.ts'
import { CHROMIUM, launchChromium } from '../support/browsers.ts'
import { checkAgain, openDiagnostics, press, readRow, signIn } from '../support/diagnostics-page.ts'
import { openMailServer } from '../support/mail-server.ts'

/** Quiet since an hour ago, until an hour before that tomorrow. */
function quietNow() {
  return { from: minute(-3_600_000), to: minute(-7_200_000) }
}

/** `HH:MM` of UTC, so many ms from now. */
function minute(ms: number): string {
  return new Date(Date.now() + ms).toISOString().slice(11, 16)
}

describe.skipIf(CHROMIUM === null)('what explains silence, looked at in Chromium (skips where there is none)', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())

  async function open(
    prepare: (agent: Awaited<ReturnType<typeof openAgent>>) => Promise<unknown>,
    config: Partial<Config> = {},
  ) {
    const agent = await openAgent(config)
    const url = agent.url.replace('127.0.0.1', 'localhost')
    await agent.client.users.put('ana', { tz: 'UTC' })
    await prepare(agent)
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    await signIn(context, agent.client, url)
    const page = await context.newPage()
    await openDiagnostics(page, url)
    const row = (code: string) => readRow(page, code)
    return { ...agent, page, row }
  }

  it('says until when it is quiet, and ends it for now on a click: what the person set stays', async () => {
    const rule = quietNow()
    const { page, client, row } = await open(({ client }) => client.users.preferences.put('ana', { quiet_hours: rule }))
    expect(await row('user.quiet')).toMatchObject({
      status: 'warn',
      says: expect.stringMatching(/^Quiet until .+: pushes and mail wait until then\.$/),
      does: 'Press End quiet for now, or wait.',
    })
    await press(page, 'user.quiet', 'end-quiet')
    expect(await row('user.quiet')).toMatchObject({ status: 'ok', state: 'quiet.later' })
    const { quiet_hours } = await client.users.preferences.get('ana')
    expect(quiet_hours).toMatchObject({ ...rule, paused_until: expect.stringMatching(/Z$/) })
    expect((await client.users.reach('ana')).quiet).toMatchObject({ now: false })
  })

  it('says that everything is muted, and takes it back on a click', async () => {
    const mute = [{ type: '*' }, { thread: '<img src=x onerror=alert(1)>' }]
    const { page, client, row } = await open(({ client }) => client.users.preferences.put('ana', { mute }))
    expect(await row('user.mutes')).toMatchObject({
      status: 'fail',
      says: 'You have muted everything.',
      does: 'Press Unmute.',
    })
    await client.users.preferences.put('ana', { mute: mute.slice(1) })
    await checkAgain(page)
    // What came from outside is text and nothing else.
    expect(await row('user.mutes')).toMatchObject({
      status: 'warn',
      says: 'You have muted: <img src=x onerror=alert(1)>.',
    })
    expect(await page.locator('img').count()).toBe(0)
    await press(page, 'user.mutes', 'unmute')
    expect(await row('user.mutes')).toMatchObject({ status: 'ok' })
    expect((await client.users.preferences.get('ana')).mute).toEqual([])
  })

  it('says that pushes are switched off, and switches them on again without touching the rest', async () => {
    const channels = [
      { type: '*', push: false, email: false },
      { service: 'ci', push: false },
    ]
    const { page, client, row } = await open(({ client }) => client.users.preferences.put('ana', { channels }))
    expect(await row('user.switches')).toMatchObject({ status: 'warn', does: 'Press Switch pushes on.' })
    await press(page, 'user.switches', 'switch-on')
    expect(await row('user.switches')).toMatchObject({ status: 'ok', state: 'switches.mail-off' })
    const after = await client.users.preferences.get('ana')
    expect(after.channels).toEqual([
      { type: '*', email: false },
      { service: 'ci', push: false },
    ])
  })

  it('says which pushes were stopped for not being opened, and has them sent again', async () => {
    const { page, client, row } = await open(async ({ home }) => {
      // It takes a month of pushes that nobody opens; the row is what is left of that.
      const store = new Database(join(home.dataDir, 'ec.db'))
      store.prepare(`insert into governed values ('ana', 'job.done', ?, 40, 0)`).run(Date.now())
      store.close()
    })
    expect(await row('user.governor')).toMatchObject({ status: 'warn', says: expect.stringContaining('job.done') })
    await press(page, 'user.governor', 'keep')
    expect(await row('user.governor')).toMatchObject({ status: 'ok' })
    expect((await client.users.preferences.get('ana')).keep).toEqual(['job.done'])
  })

  it('says what was put off, and when it comes back', async () => {
    const { row } = await open(async ({ client }) => {
      const { id } = await client.emit({ user_id: 'ana', type: 'job.done', title: 'Later', body: '' })
      await client.events.snooze(id, new Date(Date.now() + 3_600_000).toISOString())
    })
    expect(await row('user.snoozed')).toMatchObject({
      status: 'ok',
      says: expect.stringMatching(/^You have put off 1; the next comes back /),
    })
  })

  it('says whether mail comes: no address, one that came back, one that is fine', async () => {
    const server = await openMailServer()
    const { page, client, row } = await open(async () => {}, { smtp: { url: server.url, from: 'ec@example.org' } })
    expect(await row('user.email')).toMatchObject({ status: 'warn', does: 'Tell the operator your address.' })
    await client.users.put('ana', { email: 'ana@example.net' })
    await checkAgain(page)
    expect(await row('user.email')).toMatchObject({ status: 'ok', says: 'Mail goes to a…@example.net.' })
    server.script({ recipient: '550 5.1.1 no such user' })
    await client.emit({ user_id: 'ana', type: 'job.done', title: 'Mail', body: '', channels: ['email'] })
    await expect.poll(async () => (await client.email.suppressed()).suppressed.length).toBe(1)
    await checkAgain(page)
    expect(await row('user.email')).toMatchObject({
      status: 'fail',
      says: expect.stringMatching(/^Mail to a…@example\.net came back, .*550 5\.1\.1 no such user/),
      does: 'Tell the operator, who can try it again.',
    })
    await client.email.lift('ana@example.net')
    await checkAgain(page)
    expect(await row('user.email')).toMatchObject({ status: 'ok' })
  })

  it('leaves mail out where the agent sends none', async () => {
    const { row } = await open(async () => {})
    expect(await row('user.email')).toMatchObject({ status: 'skipped', says: 'This EventCenter sends no mail.' })
  })
})
