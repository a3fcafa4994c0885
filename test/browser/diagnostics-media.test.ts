import type { BrowserContext, CDPSession, Page } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openAgent } from '../support/agent.ts'
import { CHROMIUM, launchChromium } from '../support/browsers.ts'
import { openDiagnostics, press, readRow, settled, signIn } from '../support/diagnostics-page.ts'

const FAKE = '--use-fake-device-for-media-stream'

async function open(
  args: readonly string[],
): Promise<{ url: string; context: BrowserContext; page: Page; cdp: CDPSession }> {
  const { url: address, client } = await openAgent()
  const url = address.replace('127.0.0.1', 'localhost')
  const browser = await launchChromium(args)
  onTestFinished(() => browser.close())
  const context = await browser.newContext()
  await signIn(context, client, url)
  const page = await context.newPage()
  await openDiagnostics(page, url)
  return { url, context, page, cdp: await context.newCDPSession(page) }
}

/** Whether any track of the page is live; the page remembers each stream that it got. */
async function hasLiveTracks(page: Page): Promise<boolean> {
  return page.evaluate(
    `globalThis.streams.some(stream => stream.getTracks().some(track => track.readyState === 'live'))`,
  )
}

const REMEMBER_STREAMS = `
  globalThis.streams = []
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
  navigator.mediaDevices.getUserMedia = async wanted => {
    const stream = await real(wanted)
    globalThis.streams.push(stream)
    return stream
  }`

describe.skipIf(CHROMIUM === null)('sound, camera and microphone in Chromium (skips where there is none)', () => {
  it('are asked for on a click alone, tell how loud it was, and are let go of', async () => {
    const { page, context } = await open([FAKE])
    await context.grantPermissions(['camera', 'microphone'])
    await page.evaluate(REMEMBER_STREAMS)
    for (const kind of ['camera', 'microphone']) {
      expect(await readRow(page, `browser.${kind}`)).toMatchObject({ status: 'unknown', state: `${kind}.unasked` })
    }
    expect(await page.evaluate('globalThis.streams.length')).toBe(0)

    await page.locator('[data-fix=microphone]').click()
    await page.locator('[data-code="browser.microphone"][data-state="microphone.trying"]').waitFor()
    await page.locator('[data-code="browser.microphone"][data-status=ok]').waitFor({ state: 'attached' })
    expect(await readRow(page, 'browser.microphone')).toMatchObject({
      state: 'microphone.works',
      says: expect.stringMatching(/^Fake .* works; the loudest was [1-9]\d* %\.$/),
    })
    await press(page, 'browser.camera', 'camera')
    expect(await readRow(page, 'browser.camera')).toMatchObject({
      status: 'ok',
      says: expect.stringMatching(/^fake_.* works\.$/),
    })
    expect(await page.evaluate('globalThis.streams.length')).toBe(2)
    expect(await hasLiveTracks(page)).toBe(false)
  })

  it.each(['camera', 'microphone'] as const)('say that there is no %s', async kind => {
    const { page, context } = await open(kind === 'camera' ? [`${FAKE}=device-count=0`] : [])
    await context.grantPermissions(['camera', 'microphone'])
    const input = kind === 'camera' ? 'videoinput' : 'audioinput'
    const there = await page.evaluate<boolean>(
      `navigator.mediaDevices.enumerateDevices().then(all => all.some(one => one.kind === '${input}'))`,
    )
    // Chromium pretends that there is none of a camera alone; a machine that has a real microphone cannot show it.
    if (there) return
    await press(page, `browser.${kind}`, kind)
    expect(await readRow(page, `browser.${kind}`)).toMatchObject({
      status: 'warn',
      state: `${kind}.absent`,
      does: `Connect one, then press Try the ${kind}.`,
    })
  })

  it('say where a refusal is undone, and work once it is', async () => {
    const { page, url, cdp } = await open([FAKE])
    const { browserContextId } = (await cdp.send('Target.getTargetInfo')).targetInfo
    if (browserContextId === undefined) throw new Error('Chromium does not tell its context')
    const allow = async (setting: 'denied' | 'granted') => {
      for (const name of ['camera', 'microphone']) {
        await cdp.send('Browser.setPermission', { permission: { name }, setting, origin: url, browserContextId })
      }
    }
    await allow('denied')
    for (const kind of ['camera', 'microphone']) {
      await press(page, `browser.${kind}`, kind)
      expect(await readRow(page, `browser.${kind}`)).toMatchObject({
        status: 'warn',
        state: `${kind}.denied`,
        does: expect.stringMatching(/^Open the settings of this site/),
      })
    }
    await allow('granted')
    for (const kind of ['camera', 'microphone']) {
      await press(page, `browser.${kind}`, kind)
      expect(await readRow(page, `browser.${kind}`)).toMatchObject({ status: 'ok' })
    }
  })

  it('is played on a click', async () => {
    const { page } = await open([])
    expect(await readRow(page, 'browser.sound')).toMatchObject({ status: 'unknown', does: 'Press Play a sound.' })
    await press(page, 'browser.sound', 'play')
    expect(await readRow(page, 'browser.sound')).toMatchObject({ status: 'ok', state: 'sound.played' })
  })

  it('is not let through by the browser without a click of a person, and says how that is mended', async () => {
    const { page, url } = await open(['--autoplay-policy=document-user-activation-required'])
    // A click that a script makes is nobody's wish; whatever the test itself asks of a page would count as one.
    await page.addInitScript(CLICK_PLAY)
    const blocked = page.waitForEvent('console', message => message.text() === 'sound.blocked')
    await page.goto(`${url}/diagnostics`)
    await blocked
    expect(await readRow(page, 'browser.sound')).toMatchObject({
      status: 'warn',
      does: 'Allow sound for this site (the icon left of the address), then press Play a sound.',
    })
    await settled(page)
    await press(page, 'browser.sound', 'play')
    expect(await readRow(page, 'browser.sound')).toMatchObject({ status: 'ok' })
  })
})

/** Presses the button as soon as it is there, and tells what came of it. */
const CLICK_PLAY = `
  let pressed = false
  const timer = setInterval(() => {
    const row = document.querySelector('ec-diagnostics')?.shadowRoot?.querySelector('[data-code="browser.sound"]')
    const { state } = row?.dataset ?? {}
    if (state === 'sound.unasked' && !pressed) {
      const button = row.querySelector('button')
      if (button?.ariaDisabled !== 'true') button?.click()
    }
    if (['sound.blocked', 'sound.played', 'sound.none'].includes(state)) {
      clearInterval(timer)
      console.log(state)
    }
  }, 50)`
