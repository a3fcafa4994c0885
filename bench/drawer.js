// Scrolling through the history in the drawer of <ec-notifications>, in headless Chromium: what the browser counts as long
// tasks (over 50 ms) while it scrolls down to the last event, up and down again, and while events come in.
//   node bench/drawer.js [--events 500,5000]
import { parseArgs } from 'node:util'
import { ask, start } from './support/child.js'
import { launch, openPage } from './support/in-chromium.js'

const { values } = parseArgs({ options: { events: { type: 'string', default: '500,5000' } } })
const BATCH = 500
const ROOT = "document.querySelector('ec-notifications').shadowRoot"
const WATCH = `
  globalThis.long = []
  new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) long.push(Math.round(duration))
  }).observe({ type: 'longtask' })`

const browser = await launch()
const runs = []
for (const count of values.events.split(',').map(Number)) runs.push(await measure(count))
await browser.close()
console.log(JSON.stringify({ bench: 'drawer', node: process.version, runs }, null, 2))

async function measure(count) {
  const server = await start('agent-server.js')
  for (let i = 0; i < count; i += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - i) }, (_, k) => eventOf(i + k))
    await ask(server.socket, 'POST', '/api/events', batch)
  }
  const { token } = await ask(server.socket, 'POST', '/api/tokens', { user: 'me', ttl_s: 3600 })
  const page = await openPage(
    browser,
    `http://127.0.0.1:${server.port}`,
    `<!doctype html><html lang="en"><title>drawer</title><script>${WATCH}</script>
      <ec-notifications token="${token}"></ec-notifications><script type="module" src="/client.js"></script></html>`,
  )
  await page.locator('.bell').click()
  await page.locator('.row').first().waitFor()
  await page.mouse.move(900, 400)
  const began = performance.now()
  const down = await longTasks(page, async () => {
    while ((await countRows(page)) < count) await page.mouse.wheel(0, 900)
  })
  const ms = Math.round(performance.now() - began)
  const again = await longTasks(page, async () => {
    for (const turn of [-1, 1]) for (let i = 0; i < 100; i++) await page.mouse.wheel(0, turn * count * 2)
  })
  const live = await longTasks(page, async () => {
    for (let i = 0; i < 20; i++) await ask(server.socket, 'POST', '/api/events', eventOf(count + i))
    await page.waitForTimeout(500)
  })
  await page.close()
  await server.stop()
  return { events: count, toTheEndMs: ms, longTasksMs: { down, upAndDown: again, whileEventsCome: live } }
}

/** Not by a locator, which walks through all of the page and would be measured too. */
function countRows(page) {
  return page.evaluate(`${ROOT}.querySelectorAll('.group > .row').length`)
}

async function longTasks(page, run) {
  await page.evaluate('long.length = 0')
  await run()
  return page.evaluate('long')
}

function eventOf(n) {
  return {
    user_id: 'me',
    type: n % 7 === 0 ? 'system.alert' : 'message.new',
    level: n % 7 === 0 ? 'warning' : 'info',
    service: ['chat', 'tasks', 'backup'][n % 3],
    title: `Event ${n}: something happened somewhere`,
    body: 'It is told in one or two sentences, as most events are. '.repeat(1 + (n % 4)),
    cta: { label: 'Open', url: `https://example.org/${n}` },
  }
}
