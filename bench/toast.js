// From an emit to a toast that the person sees: an event in by HTTP, stored, routed, sent, and painted by
// <ec-notifications> in headless Chromium, beside a bare page that paints what a bare `ws` echo sends it. Painted is two
// animation frames after it is in the page. The clocks of both sides are those of one machine, aligned before each round.
//   node bench/toast.js [--rounds 5] [--events 100]
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ask, median, start } from './support/child.js'
import { clockOffset, launch, now, openPage } from './support/in-chromium.js'
import { post } from './support/open-loop.js'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, events: { type: 'string', default: '100' } },
})
const rounds = Number(values.rounds)
const events = Number(values.events)

/** What a page notes of each event when it has been painted. */
const NOTE = `
  globalThis.painted = new Map()
  function note(n) {
    requestAnimationFrame(() => requestAnimationFrame(() => painted.set(n, performance.timeOrigin + performance.now())))
  }`

const browser = await launch()
const bare = []
const toast = []
for (let round = 0; round < rounds; round++) {
  bare.push(await measureBare())
  toast.push(await measureToast())
}
await browser.close()
const of = (runs, name) => median(runs.map(run => run[name]))
console.log(
  JSON.stringify(
    {
      bench: 'toast',
      node: process.version,
      rounds,
      eventsARound: events,
      barePage: { p50Ms: of(bare, 'p50'), p95Ms: of(bare, 'p95'), lost: of(bare, 'lost') },
      toast: { p50Ms: of(toast, 'p50'), p95Ms: of(toast, 'p95'), lost: of(toast, 'lost') },
      p95RatioToBarePage: Number(median(toast.map((run, i) => run.p95 / bare[i].p95)).toFixed(2)),
    },
    null,
    2,
  ),
)

async function measureBare() {
  const server = await start('echo-server.js')
  const page = await openPage(
    browser,
    `http://127.0.0.1:${server.port}`,
    `<!doctype html><title>bare</title><div id="place"></div><script>${NOTE}
      const socket = new WebSocket('ws://127.0.0.1:${server.port}/')
      socket.onopen = () => (globalThis.isReady = true)
      socket.onmessage = ({ data }) => {
        const { title, n } = JSON.parse(data)
        const line = document.createElement('p')
        line.textContent = title
        document.querySelector('#place').replaceChildren(line)
        note(n)
      }</script>`,
  )
  await page.waitForFunction('globalThis.isReady')
  const times = await measure(page, n => post(server.port, '/', {}, JSON.stringify({ title: `Event ${n}`, n })))
  await page.close()
  await server.stop()
  return times
}

async function measureToast() {
  const server = await start('agent-server.js')
  const { token } = await ask(server.socket, 'POST', '/api/tokens', { user: 'me', ttl_s: 3600 })
  const { key } = await ask(server.socket, 'POST', '/api/keys', { name: 'bench', scope: ['emit'] })
  const page = await openPage(
    browser,
    `http://127.0.0.1:${server.port}`,
    `<!doctype html><html lang="en"><title>toast</title><ec-notifications token="${token}"></ec-notifications>
      <script type="module">
        ${NOTE}
        import '/client.js'
        const element = document.querySelector('ec-notifications')
        new MutationObserver(changes => {
          for (const { addedNodes } of changes) for (const node of addedNodes) {
            const n = /Event (\\d+)\\./.exec(node.textContent)?.[1]
            if (!node.matches?.('.toast') || n === undefined) continue
            note(Number(n))
            // The next one has room, as with a person who has read it.
            setTimeout(() => node.querySelector('.quiet').click(), 100)
          }
        }).observe(element.shadowRoot, { subtree: true, childList: true })
        const look = setInterval(() => {
          if (element.center?.state.connection !== 'live') return
          clearInterval(look)
          globalThis.isReady = true
        }, 50)
      </script></html>`,
  )
  await page.waitForFunction('globalThis.isReady')
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const times = await measure(page, n => {
    const event = { user_id: 'me', type: 'message.new', title: `Event ${n}.`, body: 'It says what there is to say.' }
    return post(server.port, '/api/events', headers, JSON.stringify(event))
  })
  await page.close()
  await server.stop()
  return times
}

/** One event after the other, at moments that fall anywhere between two pictures. */
async function measure(page, send) {
  const offset = await clockOffset(page)
  const sentAt = []
  for (let n = 0; n < events; n++) {
    sentAt[n] = now()
    await send(n)
    await sleep(150 + Math.random() * 50)
  }
  await sleep(500)
  const painted = new Map(await page.evaluate('[...painted]'))
  const times = sentAt.flatMap((at, n) => (painted.has(n) ? painted.get(n) - offset - at : []))
  const sorted = times.toSorted((a, b) => a - b)
  const at = q => Number((sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN).toFixed(1))
  return { p50: at(0.5), p95: at(0.95), lost: events - times.length }
}
