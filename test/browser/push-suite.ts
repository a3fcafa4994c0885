import { describe, expect, it, onTestFinished } from 'vitest'
import { openDesktop, type Desktop } from '../support/desktop.js'
import type { PushEndpoint } from '../support/push-endpoint.js'
import { OTHER_USER, openPushWorld, USER, type PushWorld } from '../support/push-world.js'
import { openPushSite, type PushSiteOptions } from '../support/push-site.js'
import { openRawSender } from '../support/raw-sender.js'
import { until } from '../support/until.js'

/** A browser with a profile of its own, a push service and a desktop. */
export interface PushBrowser {
  /** Starts it; again with the same profile after `close`. */
  start(origin: string, desktop: Desktop): Promise<void>
  close(): Promise<void>
  /** Opens a page of the site; resolves once its script has run. */
  open(url: string): Promise<BrowserPage>
  /** A page that it opened itself. */
  find(url: string): Promise<BrowserPage>
  /** Addresses of all its pages. */
  urls(): Promise<readonly string[]>
}

export interface BrowserPage {
  /** The value of an expression, or of what it promises. */
  evaluate(expression: string): Promise<unknown>
  /** A real click, as browsers want one before they ask for a permission. */
  click(): Promise<void>
  close(): Promise<void>
  /** Resolves once its script has run, after it was led elsewhere too. */
  ready(): Promise<void>
}

export interface PushKind {
  readonly service: PushEndpoint & {
    /** The subscription ends, and the browser is not told. */
    expire(endpoint: string): void
    connected(): number
  }
  readonly browser: PushBrowser
  readonly site: Partial<PushSiteOptions>
}

export interface PushStage {
  readonly world: PushWorld
  readonly desktop: Desktop
  readonly browser: PushBrowser
  readonly service: PushKind['service']
  /** A page whose person has switched push on. */
  readonly page: BrowserPage
  /** What the site's worker told the agent, and pages, of itself. */
  readonly device: string
}

/** A person with push switched on: real agent, real browser, real encryption, a click on a real button. */
export async function openStage(
  openKind: () => Promise<PushKind>,
  options: Partial<PushSiteOptions> & { readonly signedInAs?: () => string } = {},
): Promise<PushStage> {
  const { service, browser, site } = await openKind()
  const world = await openPushWorld(service, { ...site, ...options })
  const desktop = await openDesktop()
  await browser.start(world.site.origin, desktop)
  onTestFinished(() => browser.close())
  const page = await browser.open(`${world.site.origin}/start`)
  const state = await switchOn(page)
  expect(state).toMatchObject({ status: 'on', problem: null })
  const [device] = await world.devices()
  return { world, desktop, browser, service, page, device: device?.id ?? '' }
}

export async function switchOn(page: BrowserPage): Promise<unknown> {
  await page.click()
  return page.evaluate('enabling')
}

/** The pages of the site that are open. */
async function siteUrls({ browser, world }: PushStage): Promise<readonly string[]> {
  return (await browser.urls()).filter(url => url.startsWith(world.site.origin))
}

/** As long as the site has these pages. */
async function untilUrls(stage: PushStage, ...paths: readonly string[]): Promise<void> {
  const wanted = paths.map(path => `${stage.world.site.origin}${path}`).toSorted()
  await until(
    async () => (await siteUrls(stage)).toSorted(),
    urls => JSON.stringify(urls) === JSON.stringify(wanted),
  )
}

const QUESTION = {
  title: 'Deploy version 2?',
  options: [
    { id: 'yes', label: 'Yes, now' },
    { id: 'no', label: 'Not now' },
    { id: 'wipe', label: 'Wipe it', style: 'danger' },
  ],
} as const

/** What push does in any browser, from the click that switches it on to the click on a notification. */
export function pushSuite(openKind: () => Promise<PushKind>): void {
  describe('a push', () => {
    it('shows its words after the page was closed; a click opens its page once, and the agent hears of both', async () => {
      const stage = await openStage(openKind)
      const { world, desktop, page } = stage
      expect(await page.evaluate(VERSION)).toEqual({ ec: 'version', version: expect.stringMatching(/^\d+\.\d+\.\d+/) })
      await page.close()
      const id = await world.emit()
      const notice = await desktop.seen('The report is ready')
      expect(notice.body).toContain('Ten pages.')
      await world.toldOf(id, `push: shown on ${await nameOf(world)}`)
      desktop.click(notice)
      const told = await world.toldOf(id, 'push: clicked on', 'Read at')
      await untilUrls(stage, '/tasks/7')
      // The page hears of the click that opened it, though nobody was there to be told.
      const opened = await stage.browser.find(`${world.site.origin}/tasks/7`)
      await opened.ready()
      await until(
        () => opened.evaluate('clicks'),
        clicks => JSON.stringify(clicks) === JSON.stringify([{ event: id, url: `${world.site.origin}/tasks/7` }]),
      )
      await desktop.gone('The report is ready')
      expect(told.filter(sentence => sentence.includes('clicked'))).toHaveLength(1)
      expect(told.filter(sentence => sentence.includes('dismissed'))).toEqual([])
      const fresh = await stage.browser.open(`${world.site.origin}/next`)
      expect(
        await fresh.evaluate('navigator.serviceWorker.ready.then(async r => (await r.getNotifications()).length)'),
      ).toBe(0)
    })

    it('leads to a page that is there, leads one that is elsewhere, and leaves one alone that shows it itself', async () => {
      const stage = await openStage(openKind)
      const { world, desktop, page } = stage
      await world.emit({ title: 'One' })
      desktop.click(await desktop.seen('One'))
      await untilUrls(stage, '/tasks/7')
      await page.ready()
      await page.evaluate('globalThis.kept = true')

      await world.emit({ title: 'Two' })
      desktop.click(await desktop.seen('Two'))
      await until(
        () => page.evaluate('clicks.length'),
        count => count === 1 || count === 2,
      )
      await untilUrls(stage, '/tasks/7')
      expect(await page.evaluate('kept')).toBe(true)

      await page.evaluate('globalThis.takes = true')
      const id = await world.emit({ title: 'Three', cta: { label: 'Open', url: `${world.site.origin}/tasks/9` } })
      desktop.click(await desktop.seen('Three'))
      await world.toldOf(id, 'clicked on')
      expect(await page.evaluate('clicks.at(-1)')).toEqual({ event: id, url: `${world.site.origin}/tasks/9` })
      await untilUrls(stage, '/tasks/7')
      expect(await page.evaluate('kept')).toBe(true)
    })

    it('with a link to elsewhere leads to the inbox', async () => {
      const stage = await openStage(openKind)
      const { world, desktop, page } = stage
      await page.close()
      await world.emit({ title: 'Look', cta: { label: 'Open', url: 'https://evil.example/login' } })
      desktop.click(await desktop.seen('Look'))
      await untilUrls(stage, '/inbox')
    })

    it('that is put away says so, and stays unread', async () => {
      const { world, desktop, page } = await openStage(openKind)
      const id = await world.emit()
      desktop.dismiss(await desktop.seen('The report is ready'))
      // Pages that are open hear of it too.
      await until(
        () => page.evaluate('JSON.stringify(news)'),
        news => String(news).includes(JSON.stringify({ ec: 'shown', event: id, type: 'job.done' })),
      )
      const told = await world.toldOf(id, 'push: dismissed on')
      expect(told.some(sentence => sentence.startsWith('Read'))).toBe(false)
    })

    it('takes the place of an older one of the same thing, and closes what was read elsewhere', async () => {
      const { world, desktop } = await openStage(openKind)
      const first = await world.emit({ title: 'Half', collapse_key: 'job:7' })
      await desktop.seen('Half')
      await world.emit({ title: 'Done', collapse_key: 'job:7' })
      await desktop.seen('Done')
      await desktop.gone('Half')
      const other = await world.emit({ title: 'Other' })
      await desktop.seen('Other')
      await world.client.events.read(other, USER)
      await world.emit({ title: 'Last' })
      await desktop.gone('Other')
      expect(
        desktop
          .shown()
          .map(({ title }) => title)
          .toSorted(),
      ).toEqual(['Done', 'Last'])
      expect((await world.toldOf(first)).some(sentence => sentence.includes('dismissed'))).toBe(false)
    })
  })

  describe('a button', () => {
    it('answers the question for whoever waits for it, with no page open', async () => {
      const { world, desktop, page } = await openStage(openKind)
      await page.close()
      const asked = world.client.ask({ user_id: USER, ...QUESTION })
      const notice = await desktop.seen(QUESTION.title)
      const labels = notice.buttons.map(({ label }) => label)
      expect(labels).toEqual(expect.arrayContaining(['Yes, now', 'Not now']))
      expect(labels).not.toContain('Wipe it')
      desktop.click(notice, 'Yes, now')
      expect(await asked).toMatchObject({ option: 'yes', by: 'user' })
      await desktop.gone(QUESTION.title)
    })

    it('says that another answer came first, and whose label it has', async () => {
      const { world, desktop } = await openStage(openKind)
      const asked = world.client.ask({ user_id: USER, ...QUESTION, id: 'evt_deploy' })
      const notice = await desktop.seen(QUESTION.title)
      await world.client.questions.answer('evt_deploy', { option: 'no' })
      desktop.click(notice, 'Yes, now')
      await desktop.seen('Already answered: Not now')
      expect(await asked).toMatchObject({ option: 'no' })
    })

    it('waits while there is no way to the agent, as receipts do, and all of it arrives later', async () => {
      const { world, desktop } = await openStage(openKind)
      const asked = world.client.ask({ user_id: USER, ...QUESTION, id: 'evt_deploy' })
      const notice = await desktop.seen(QUESTION.title)
      await world.toldOf('evt_deploy', 'push: shown on')
      world.site.cut(true)
      desktop.click(notice, 'Yes, now')
      await desktop.seen('The answer is waiting')
      const silent = await world.emit({ title: 'Silent' })
      await desktop.seen('Silent')
      expect((await world.toldOf(silent)).some(sentence => sentence.includes('shown on'))).toBe(false)
      world.site.cut(false)
      await world.emit({ title: 'Next' })
      expect(await asked).toMatchObject({ option: 'yes' })
      await world.toldOf(silent, 'push: shown on')
      await desktop.gone('The answer is waiting')
    })
  })

  describe('a browser', () => {
    it('whose agent has another key subscribes anew on the next load, as the same device', async () => {
      const { world, desktop, browser, page, device } = await openStage(openKind)
      const before = await page.evaluate(ENDPOINT)
      const { key_id } = await world.client.push.setUp('mailto:ops@example.org', true)
      const asked = world.site.asked.length
      const next = await browser.open(`${world.site.origin}/next`)
      // Two tabs see it at the same time; one sets it right, the other finds it so.
      const states = await Promise.all([page, next].map(tab => tab.evaluate('desk.reconcile()')))
      const on = { status: 'on', device, problem: null }
      expect(states).toEqual([on, on])
      expect(world.site.asked.slice(asked).filter(call => call === 'POST /api/push/subscribe')).toHaveLength(1)
      expect(await world.devices()).toMatchObject([{ id: device, key_id }])
      expect(await next.evaluate(ENDPOINT)).not.toBe(before)
      await world.emit()
      await desktop.seen('The report is ready')
    })

    it('whose subscription ended is removed with the first push, and comes back as itself on the next load', async () => {
      const { world, desktop, service, page, device } = await openStage(openKind)
      service.expire(String(await page.evaluate(ENDPOINT)))
      const lost = await world.emit({ title: 'Lost' })
      await until(
        () => world.devices(),
        devices => devices.length === 0,
      )
      expect((await world.toldOf(lost)).join()).toContain('push')
      expect(await page.evaluate('desk.reconcile()')).toEqual({ status: 'on', device, problem: null })
      expect(await world.devices()).toMatchObject([{ id: device }])
      await world.emit()
      await desktop.seen('The report is ready')
    })

    it('that was closed for a while shows what waited for it', async () => {
      const { world, desktop, browser } = await openStage(openKind)
      await browser.close()
      await until(
        () => desktop.shown(),
        all => all.length === 0,
      )
      const ids = [await world.emit({ title: 'Early' }), await world.emit({ title: 'Late' })]
      for (const id of ids) await world.toldOf(id, 'its push service took it')
      await browser.start(world.site.origin, desktop)
      for (const title of ['Early', 'Late']) await desktop.seen(title)
      for (const id of ids) await world.toldOf(id, 'push: shown on')
    })

    it('whose person removed it in another place stays off, until it is switched on there', async () => {
      const { world, page, device } = await openStage(openKind)
      await world.client.push.remove(device)
      expect(await page.evaluate('desk.reconcile()')).toMatchObject({ status: 'switched-off' })
      expect(await page.evaluate('desk.reconcile()')).toMatchObject({ status: 'switched-off' })
      expect(await world.devices()).toEqual([])
      expect(await switchOn(page)).toMatchObject({ status: 'on' })
      expect(await world.devices()).toHaveLength(1)
    })

    it('is switched off without the agent, which hears of it later', async () => {
      const { world, page, browser } = await openStage(openKind)
      world.site.cut(true)
      expect(await page.evaluate('desk.disable()')).toMatchObject({ status: 'switched-off' })
      expect(await page.evaluate(ENDPOINT)).toBeNull()
      expect(await world.devices()).toHaveLength(1)
      world.site.cut(false)
      const next = await browser.open(`${world.site.origin}/next`)
      await next.evaluate('desk.reconcile()')
      await until(
        () => world.devices(),
        devices => devices.length === 0,
      )
    })

    it('shows a person’s events to nobody who signs in there after', async () => {
      let who = USER
      const { world, desktop, browser } = await openStage(openKind, { signedInAs: () => who })
      who = OTHER_USER
      const theirs = await browser.open(`${world.site.origin}/next`)
      expect(await theirs.evaluate('desk.reconcile()')).toMatchObject({ status: 'on' })
      expect([await world.devices(), await world.devices(OTHER_USER)]).toMatchObject([[], [{ user: OTHER_USER }]])
      await world.emit({ title: 'For Ann' })
      await world.emit({ title: 'For Ben', user_id: OTHER_USER })
      await desktop.seen('For Ben')
      expect(desktop.shown().map(({ title }) => title)).toEqual(['For Ben'])
      expect(await theirs.evaluate('desk.signOut()')).toMatchObject({ status: 'off' })
      expect(await world.devices(OTHER_USER)).toEqual([])
      expect(await theirs.evaluate('desk.reconcile()')).toMatchObject({ status: 'off' })
      expect(await theirs.evaluate('desk.mayAsk()')).toBe(true)
    })

    it('shows something for whatever comes', async () => {
      const { page, desktop, service } = await openStage(openKind)
      const send = await openRawSender(page, service)
      for (const message of [null, '', 'hello', '{"ec":7}']) {
        await send(message)
        desktop.dismiss(await desktop.seen('You have a new notification'))
      }
      await send('{"title":"Sale","body":"Today"}')
      await desktop.seen('Sale')
      expect(desktop.shown()).toHaveLength(1)
    })

    it('on a site of another origin shows, answers and opens as on the agent’s own', async () => {
      const { service, browser, site } = await openKind()
      let face = ''
      const other = await openPushSite({
        agentUrl: null,
        from: () => face,
        token: () => world.token(USER),
        worker: () => `importScripts('${face}/ec-sw.js')\n${OWN_WORKER}`,
      })
      const world = await openPushWorld(service, { ...site, origins: [other.origin] })
      face = world.site.origin
      const desktop = await openDesktop()
      await browser.start(other.origin, desktop)
      onTestFinished(() => browser.close())
      const page = await browser.open(`${other.origin}/start`)
      expect(await switchOn(page)).toMatchObject({ status: 'on', problem: null })
      await page.close()

      const asked = world.client.ask({ user_id: USER, ...QUESTION })
      desktop.click(await desktop.seen(QUESTION.title), 'Not now')
      expect(await asked).toMatchObject({ option: 'no' })
      const id = await world.emit()
      const notice = await desktop.seen('The report is ready')
      await world.toldOf(id, 'push: shown on')
      desktop.click(notice)
      // The link is at another origin than the site, which has a page of its own for that.
      await until(
        () => browser.urls(),
        urls => urls.includes(`${other.origin}/home`),
      )
    })

    it('with a worker of the site’s own shows our pushes by ours, and leaves it the others', async () => {
      const { page, desktop, service, world } = await openStage(openKind, {
        worker: () => `importScripts('/ec-sw.js')\n${OWN_WORKER}`,
      })
      const send = await openRawSender(page, service)
      await send('hello')
      await desktop.seen('Theirs: hello')
      const id = await world.emit()
      const notice = await desktop.seen('The report is ready')
      expect(desktop.shown()).toHaveLength(2)
      desktop.click(notice)
      await world.toldOf(id, 'push: clicked on')
      desktop.click(await desktop.seen('Theirs: hello'))
      await desktop.seen('Their click')
      expect(desktop.shown()).toHaveLength(1)
    })
  })
}

/** As a site may have it, below the line that takes ours in: its own pushes, its own clicks, its own life. */
const OWN_WORKER = `
  self.addEventListener('install', event => event.waitUntil(self.skipWaiting()))
  self.addEventListener('activate', event => event.waitUntil(self.clients.claim()))
  self.addEventListener('push', event => {
    event.waitUntil(self.registration.showNotification('Theirs: ' + (event.data?.text() ?? ''), { data: 'theirs' }))
  })
  self.addEventListener('notificationclick', event => {
    event.waitUntil(self.registration.showNotification('Their click', { data: 'theirs' }))
  })
`

/** What the worker says when it is asked. */
const VERSION = `new Promise(async resolve => {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = event => resolve(event.data)
  const registration = await navigator.serviceWorker.ready
  registration.active.postMessage({ ec: 'version' }, [port2])
})`

export const ENDPOINT =
  'navigator.serviceWorker.ready.then(async r => (await r.pushManager.getSubscription())?.endpoint ?? null)'

async function nameOf(world: PushWorld): Promise<string> {
  const { devices } = await world.client.push.devices({ user: USER })
  return devices[0]?.name ?? ''
}
