// A week out of a calendar of 10,000 events: worked out, and then out of the cache, beside a bare server that sends as many bytes.
// Agent, bare server and reader are processes of their own; the reader keeps its connection, and asks one after the other: at once, or
// so many a second.
//   node bench/window.js [--rounds 5] [--count 400] [--rate 50]
import { once } from 'node:events'
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createClient } from '#ec/client.js'
import { cpuMs, median, start } from './support/child.js'
import { openManyEvents } from './support/many-events.js'
import { signIn } from './support/sign-in.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    count: { type: 'string', default: '400' },
    rate: { type: 'string', default: '50' },
  },
})
const [rounds, count, rate] = [Number(values.rounds), Number(values.count), Number(values.rate)]
const EVENTS = 10_000
const COLD = 10
const path = '/api/calendars/ana/events'
const [from, to] = [Date.parse('2026-03-02T00:00:00Z'), Date.parse('2026-03-09T00:00:00Z')]
const week = `${path}?from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`

const google = await openManyEvents({ calendars: 1, events: EVENTS })
const agent = await start('agent-server.js', { EC_BENCH_CONFIG: JSON.stringify({ google: google.google }) })
const reader = fork(fileURLToPath(new URL('support/window-reader.js', import.meta.url)), { stdio: 'inherit' })
await once(reader, 'message')
const client = createClient({ socket: agent.socket })
const account = await signIn(client, 'ana@example.com')
const { id } = await client.resources.add({ provider: 'google-calendar', user: 'ana', account, target: 'c0' })
while ((await client.resources.get(id)).sync.items < EVENTS) await new Promise(resolve => setTimeout(resolve, 50))
// What the first read leaves to be done is none of a reader's.
await new Promise(resolve => setTimeout(resolve, 3_000))

// As a program of the person's would ask.
const { token } = await client.tokens.create('ana', 3_600_000)
const door = { host: '127.0.0.1', port: agent.port, headers: { authorization: `Bearer ${token}` } }
const cold = await readCold()
const { bytes } = await ask({ at: door, path: week, count: 200 })
const bare = await start('window-server.js', { EC_BENCH_BYTES: String(bytes) })
const plain = { ...door, port: bare.port }
await ask({ at: plain, path: '/', count: 200 })

const rows = []
for (let round = 0; round < rounds; round++) {
  rows.push({
    hit: await timed(agent, { at: door, path: week }),
    bare: await timed(bare, { at: plain, path: '/' }),
    // A window from now on: each time another one, of the same days.
    slid: await timed(agent, { at: door, path: { path, from: from + 3_600_000, to: to - 3_600_000 }, step: 1 }),
    bare_again: await timed(bare, { at: plain, path: '/' }),
    hit_paced: await timed(agent, { at: door, path: week, everyMs: 1000 / rate }),
    bare_paced: await timed(bare, { at: plain, path: '/', everyMs: 1000 / rate }),
  })
}
console.log(
  JSON.stringify(
    {
      bytes,
      cold_ms: round1(median(cold)),
      cold_first_ms: round1(cold[0]),
      requests_a_round: count,
      paced_a_second: rate,
      ...Object.fromEntries(Object.keys(rows[0]).map(name => [name, across(rows.map(row => row[name]))])),
    },
    null,
    2,
  ),
)
client.close()
reader.disconnect()
await agent.stop()
await bare.stop()
google.close()

/** Each out of an empty cache. */
async function readCold() {
  const times = []
  for (let n = 0; n < COLD; n++) {
    await client.cache.clear('')
    times.push(...(await ask({ at: door, path: week, count: 1 })).times)
  }
  return times
}

async function timed(server, question) {
  const cpu = cpuMs(server.pid)
  const { times, misses } = await ask({ ...question, count })
  if (misses > 0) throw new Error(`${misses} windows were not out of the cache`)
  const sorted = times.toSorted((a, b) => a - b)
  const at = q => sorted[Math.ceil(q * sorted.length) - 1]
  return { p50: at(0.5), p99: at(0.99), max: at(1), cpuUs: ((cpuMs(server.pid) - cpu) * 1000) / count }
}

async function ask(question) {
  reader.send(question)
  const [answer] = await once(reader, 'message')
  return answer
}

/** The median of the rounds. */
function across(rounds) {
  const of = name => median(rounds.map(one => one[name]))
  return {
    p50_ms: round2(of('p50')),
    p99_ms: round2(of('p99')),
    max_ms: round2(of('max')),
    cpu_us: Math.round(of('cpuUs')),
  }
}

function round1(n) {
  return Math.round(n * 10) / 10
}

function round2(n) {
  return Math.round(n * 100) / 100
}
