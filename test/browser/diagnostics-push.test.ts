import { describe, expect, it, onTestFinished } from 'vitest'
import { createClient } from '#ec/client.js'
import { spawnAgent } from '../support/agent-process.ts'
import { CHROMIUM, launchProfile, removeProfile } from '../support/browsers.ts'
import { openDesktop } from '../support/desktop.ts'
import { checkAgain, openDiagnostics, press, readRow, signIn } from '../support/diagnostics-page.ts'
import { openGcmServer } from '../support/gcm-server.ts'
import { openRefusingProxy } from '../support/refusing-proxy.ts'
import { tempDir } from '../support/temp-dir.ts'

const SUBJECT = 'mailto:ops@example.org'

/** A real agent, a push service of the test's, a desktop that shows notifications, and Chromium on the page. */
async function open({ hasKey = true } = {}) {
  const gcm = await openGcmServer()
  const env = { EC_PUSH_HOSTS: gcm.host, NODE_EXTRA_CA_CERTS: gcm.caFile }
  const agent = spawnAgent({ dataDir: tempDir(), env })
  onTestFinished(async () => void (await agent.kill()))
  const ready = await agent.ready
  const client = createClient({ socket: ready.socket })
  onTestFinished(() => client.close())
  if (hasKey) await client.push.setUp(SUBJECT)
  const proxy = await openRefusingProxy(ready.url, gcm.localEndpoint)
  const desktop = await openDesktop()
  const { context, dir } = await launchProfile({ args: gcm.args, origin: proxy.url, env: desktop.env })
  onTestFinished(async () => {
    await context.close()
    removeProfile(dir)
  })
  await signIn(context, client, proxy.url)
  const page = await context.newPage()
  await openDiagnostics(page, proxy.url)
  const row = (code: string) => readRow(page, code)
  const devices = async () => (await client.push.devices({ user: 'ana' })).devices
  const isOn = async () => {
    for (const code of ['worker.registered', 'push.subscribed', 'push.key', 'push.known']) {
      expect(await row(`browser.${code}`)).toMatchObject({ status: 'ok' })
    }
  }
  return { gcm, client, proxy, desktop, context, page, row, devices, isOn }
}

describe.skipIf(CHROMIUM === null)('push, looked at in Chromium (skips where there is none)', () => {
  it('is switched on by what the page offers, and a test comes through to the screen', async () => {
    const { page, row, devices, isOn, desktop, client } = await open()
    expect(await row('browser.permission')).toMatchObject({ status: 'ok' })
    expect(await row('browser.worker.registered')).toMatchObject({
      status: 'fail',
      does: 'Press Repair.',
      buttons: ['Repair'],
    })
    await press(page, 'browser.worker.registered', 'repair')
    expect(await row('browser.worker.registered')).toMatchObject({
      status: 'ok',
      says: 'The worker /sw.js serves this site.',
    })
    expect(await row('browser.worker.answers')).toMatchObject({ status: 'ok' })
    expect(await row('browser.worker.current')).toMatchObject({ status: 'ok' })
    expect(await row('browser.actions')).toMatchObject({
      status: 'ok',
      says: expect.stringContaining('up to 2 buttons'),
    })
    expect(await row('browser.push.subscribed')).toMatchObject({ status: 'fail', does: 'Press Switch on.' })
    expect(await row('browser.push.test')).toMatchObject({ status: 'skipped' })

    await press(page, 'browser.push.subscribed', 'enable')
    await isOn()
    expect(await devices()).toHaveLength(1)
    expect(await row('browser.push.sent')).toMatchObject({ status: 'unknown', state: 'push.unsent' })
    expect(await row('browser.push.test')).toMatchObject({ status: 'unknown', does: 'Press Send a test.' })

    await press(page, 'browser.push.test', 'test')
    expect(await row('browser.push.test')).toMatchObject({
      status: 'ok',
      says: expect.stringMatching(/^It was sent, taken and shown within \d+ ms\.$/),
    })
    await desktop.seen('EventCenter can reach this device')
    expect(await row('browser.push.sent')).toMatchObject({ status: 'ok' })

    // What the system hides, the person alone knows.
    expect(await row('browser.push.seen')).toMatchObject({ status: 'unknown', buttons: ['Yes, I saw it', 'No'] })
    await press(page, 'browser.push.seen', 'unseen')
    expect(await row('browser.push.seen')).toMatchObject({
      status: 'fail',
      does: expect.stringContaining('do not disturb'),
    })
    await page.locator('[data-code="browser.push.seen"] .steps li').first().waitFor()
    await press(page, 'browser.push.seen', 'test')
    await press(page, 'browser.push.seen', 'seen')
    expect(await row('browser.push.seen')).toMatchObject({ status: 'ok' })

    const [device] = await devices()
    await expect
      .poll(async () => (await client.users.diagnostics('ana')).reports)
      .toMatchObject([
        {
          device: device?.id,
          checks: expect.arrayContaining([{ code: 'browser.push.seen', status: 'ok', detail: 'You saw it.' }]),
        },
      ])
  })

  it('says that the key is another by now, and renews the subscription', async () => {
    const { page, row, isOn, client, devices } = await open()
    await press(page, 'browser.worker.registered', 'repair')
    await press(page, 'browser.push.subscribed', 'enable')
    const { key_id } = await client.push.setUp(SUBJECT, true)
    await checkAgain(page)
    expect(await row('browser.push.key')).toMatchObject({ status: 'fail', does: 'Press Renew.' })
    await press(page, 'browser.push.key', 'renew')
    await isOn()
    expect(await devices()).toMatchObject([{ key_id }])
    await press(page, 'browser.push.test', 'test')
    expect(await row('browser.push.test')).toMatchObject({ status: 'ok' })
  })

  it('says that the agent does not know the browser any more, and brings it back on a click', async () => {
    const { page, row, isOn, client, devices } = await open()
    await press(page, 'browser.worker.registered', 'repair')
    await press(page, 'browser.push.subscribed', 'enable')
    const [{ id } = { id: '' }] = await devices()
    await client.push.remove(id)
    await checkAgain(page)
    expect(await row('browser.push.known')).toMatchObject({ status: 'fail', does: 'Press Renew.' })
    expect(await row('browser.push.sent')).toMatchObject({ status: 'skipped' })
    await press(page, 'browser.push.known', 'renew')
    await isOn()
    expect(await devices()).toHaveLength(1)
  })

  it('says that the push service has ended the subscription, and renews it', async () => {
    const { gcm, page, row, isOn, devices } = await open()
    await press(page, 'browser.worker.registered', 'repair')
    await press(page, 'browser.push.subscribed', 'enable')
    const endpoint = await page.evaluate<string>(
      `navigator.serviceWorker.ready.then(it => it.pushManager.getSubscription()).then(it => it.endpoint)`,
    )
    gcm.expire(endpoint)
    await press(page, 'browser.push.test', 'test')
    expect(await row('browser.push.known')).toMatchObject({ status: 'ok' })
    expect(await row('browser.push.test')).toMatchObject({ status: 'fail', does: 'Press Renew, then Send a test.' })
    await press(page, 'browser.push.test', 'renew')
    await isOn()
    expect(await devices()).toHaveLength(1)
    await press(page, 'browser.push.test', 'test')
    expect(await row('browser.push.test')).toMatchObject({ status: 'ok' })
  })

  it('says that the worker was taken away, and repairs it', async () => {
    const { page, row, isOn } = await open()
    await press(page, 'browser.worker.registered', 'repair')
    await press(page, 'browser.push.subscribed', 'enable')
    await page.evaluate(`navigator.serviceWorker.getRegistration('/').then(it => it.unregister())`)
    await checkAgain(page)
    expect(await row('browser.worker.registered')).toMatchObject({ status: 'fail', state: 'worker.none' })
    await press(page, 'browser.worker.registered', 'repair')
    expect(await row('browser.push.subscribed')).toMatchObject({ status: 'fail' })
    await press(page, 'browser.push.subscribed', 'enable')
    await isOn()
  })

  it('says that the agent has no key, and whom to tell; it is switched on once there is one', async () => {
    const { page, row, isOn, client } = await open({ hasKey: false })
    await press(page, 'browser.worker.registered', 'repair')
    expect(await row('browser.push.subscribed')).toMatchObject({
      status: 'fail',
      says: 'EventCenter has no key for push yet.',
      does: 'Tell the operator: ec setup vapid makes one.',
      buttons: [],
    })
    await client.push.setUp(SUBJECT)
    await checkAgain(page)
    await press(page, 'browser.push.subscribed', 'enable')
    await isOn()
  })

  it('says that a push was taken and not shown, and what the system may have to do with it', async () => {
    const { page, row, isOn, proxy } = await open()
    // A worker that answers, but shows nothing.
    proxy.instead.set('/sw.js', { type: 'text/javascript', text: SILENT_WORKER })
    await press(page, 'browser.worker.registered', 'repair')
    await press(page, 'browser.push.subscribed', 'enable')
    await press(page, 'browser.push.test', 'test')
    expect(await row('browser.push.test')).toMatchObject({
      status: 'fail',
      state: 'test.unshown',
      does: expect.stringContaining('firewall'),
    })
    expect(await row('browser.push.seen')).toMatchObject({ status: 'skipped' })
    proxy.instead.clear()
    expect(await row('browser.worker.current')).toMatchObject({ status: 'warn', does: 'Press Update.' })
    await press(page, 'browser.worker.current', 'update')
    await isOn()
    await press(page, 'browser.push.test', 'test')
    expect(await row('browser.push.test')).toMatchObject({ status: 'ok' })
  })
})

const SILENT_WORKER = `
  self.addEventListener('install', event => event.waitUntil(self.skipWaiting()))
  self.addEventListener('activate', event => event.waitUntil(self.clients.claim()))
  self.addEventListener('message', event => event.ports[0]?.postMessage({ ec: 'version', version: '0.0.1' }))
  self.addEventListener('push', () => {})`
