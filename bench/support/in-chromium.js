// A headless Chromium for the benchmarks of the browser side.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const PLACES = [process.env.EC_CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome']
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
]

export function launch() {
  const executablePath = PLACES.find(path => path !== undefined && existsSync(path))
  if (executablePath === undefined) throw new Error('there is no Chromium here; EC_CHROMIUM names one')
  return chromium.launch({ executablePath, args: QUIET })
}

/** A page of this origin that is nobody's: its HTML is `html`, and everything else comes from the server. */
export async function openPage(browser, origin, html) {
  const page = await browser.newPage({ viewport: { width: 1000, height: 700 } })
  // A page that came from no server counts as one of the internet, which is not let in here unasked.
  await page.context().grantPermissions(['local-network-access'])
  await page.route(`${origin}/bench`, route => route.fulfill({ contentType: 'text/html', body: html }))
  await page.goto(`${origin}/bench`)
  return page
}

/** How far the page's clock is ahead of ours, in ms: what the quickest of many questions says. */
export async function clockOffset(page) {
  let best = { took: Infinity, offset: 0 }
  for (let i = 0; i < 50; i++) {
    const asked = now()
    const theirs = await page.evaluate('performance.timeOrigin + performance.now()')
    const took = now() - asked
    if (took < best.took) best = { took, offset: theirs - (asked + took / 2) }
  }
  return best.offset
}

/** ms since 1970, as finely as it is known. */
export function now() {
  return performance.timeOrigin + performance.now()
}
