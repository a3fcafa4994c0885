import { describe, expect, it, onTestFinished } from 'vitest'
import { CHROMIUM, launchProfile, removeProfile } from '../support/browsers.js'
import { openDesktop } from '../support/desktop.js'
import { openGcmServer } from '../support/gcm-server.js'
import { openPushWorld } from '../support/push-world.js'
import { until } from '../support/until.js'

describe.skipIf(CHROMIUM === null)('push', () => {
  it('works', async () => {
    const gcm = await openGcmServer()
    const world = await openPushWorld(gcm, { rewrite: gcm.localEndpoint })
    const desktop = await openDesktop()
    const { context, dir } = await launchProfile({ args: gcm.args, origin: world.site.origin, env: desktop.env })
    onTestFinished(async () => {
      await context.close()
      removeProfile(dir)
    })
    const page = await context.newPage()
    page.on('console', m => console.log('console', m.text()))
    page.on('pageerror', m => console.log('error', m))
    await page.goto(`${world.site.origin}/start`)
    await page.waitForFunction(() => document.title === 'ready')
    await page.click('h1')
    console.log(await page.evaluate(() => (globalThis as any).enabling))
    console.log(await world.devices())
    const id = await world.emit()
    const told = await world.toldOf(id, 'shown on')
    console.log(told)
    console.log(
      await page.evaluate(async () => {
        const r = await navigator.serviceWorker.ready
        return (await r.getNotifications()).map(n => ({
          title: n.title,
          body: n.body,
          tag: n.tag,
          data: n.data,
          actions: (n as any).actions,
        }))
      }),
    )
    console.log(await page.evaluate(() => (globalThis as any).news))
    console.log(desktop.shown())
    const n = await desktop.seen('The report is ready')
    desktop.click(n)
    console.log(await world.toldOf(id, 'clicked'))
    console.log(context.pages().map(p => p.url()))
    expect(1).toBe(1)
  })
})
