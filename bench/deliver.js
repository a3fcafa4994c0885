// From the emit of an event to its push service, through the whole agent, with every outcome stored: at a fixed rate, beside
// bare HTTP/2 requests of the same size; and as fast as it goes, beside `web-push` with 50 in flight, which stores
// nothing. Agent and push services are processes of their own on loopback: what is timed one by one goes to a service that
// tells when it came, what goes as fast as it can to nginx where that is installed, since it costs next to nothing.
// A person has some devices, each of which gets a message of its own.
// Both go on for about as long: ours gets four times the messages.
//   node bench/deliver.js [--rounds 5] [--rate 200] [--seconds 5] [--messages 4000] [--in-flight 50] [--devices 4]
import { createECDH, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:http2'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import webpush from 'web-push'
import { encrypt } from '../dist/agent/dispatch/push/encrypt.js'
import { ask, cpuMs, median, start } from './support/child.js'
import { startQuick } from './support/quick-push-server.js'
import { pace, quantiles, settle } from './support/open-loop.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '5' },
    messages: { type: 'string', default: '4000' },
    'in-flight': { type: 'string', default: '50' },
    devices: { type: 'string', default: '4' },
  },
})
const [rounds, rate, seconds] = [Number(values.rounds), Number(values.rate), Number(values.seconds)]
const [messages, inFlight] = [Number(values.messages), Number(values['in-flight'])]
const perUser = Number(values.devices)
const USERS = 100
const BATCH = 500
/** Of ours beside web-push's, so that neither is over before it has got going. */
const TIMES = 4

const service = await start('push-server.js', { EC_BENCH_TELL: '1' })
const [quickName, quick] = await startQuick()
let arrivals = []
service.onMessage(message => arrivals.push(...(message.arrived ?? [])))
const folder = mkdtempSync(join(tmpdir(), 'ec-bench-'))
const ca = join(folder, 'ca.pem')
writeFileSync(ca, service.ca + quick.ca)
const agent = await start('agent-server.js', {
  NODE_EXTRA_CA_CERTS: ca,
  EC_BENCH_PUSH_HOST: `localhost:${service.port},localhost:${quick.port}`,
})

const subject = 'mailto:ops@example.org'
await ask(agent.socket, 'PUT', '/api/push/key', { subject })
const timed = await subscribe('timed', USERS, service)
const devices = await subscribe('user', USERS * perUser, quick)
const body = 'Shall we meet tomorrow at ten? '.repeat(6)
const eventFor = (n, whose = 'user') => ({
  user_id: `${whose}${n % USERS}`,
  type: 'job.done',
  title: 'Ana wrote to you',
  body,
})
const text = JSON.stringify({
  ...eventFor(0),
  id: 'evt_0192f0c1',
  created_at: '2026-01-05T09:00:00.000Z',
  level: 'info',
})
const now = () => performance.timeOrigin + performance.now()

const bare = connect(`https://localhost:${service.port}`, { ca: service.ca })
const keepAlive = new Agent({ keepAlive: true, maxSockets: inFlight, ca: quick.ca })
const vapidDetails = { subject, ...webpush.generateVAPIDKeys() }

// Whoever sends all day is warm: what the compiler does in the first seconds is not what a message costs.
for (let times = 0; times < 3; times++) {
  await flood()
  await loop(1000)
}
const runs = { bare: [], paced: [], ours: [], webPush: [] }
for (let round = 0; round < rounds; round++) {
  runs.bare.push(await measure(sendBare))
  runs.paced.push(await measure(n => ask(agent.socket, 'POST', '/api/events', eventFor(n, 'timed'))))
  runs.webPush.push(await loop(messages))
  runs.ours.push(await flood())
}
const of = (name, figure) => median(runs[name].map(run => run[figure]))
console.log(
  JSON.stringify(
    {
      bench: 'deliver',
      node: process.version,
      rounds,
      emitsPerSecond: rate,
      bareRequest: { p50Ms: of('bare', 'p50'), p99Ms: of('bare', 'p99') },
      emitToPushService: { p50Ms: of('paced', 'p50'), p99Ms: of('paced', 'p99'), lost: of('paced', 'lost') },
      messages: { webPush: messages, ours: messages * TIMES },
      pushService: quickName,
      devicesOfAPerson: perUser,
      storedPerSecond: Math.round(of('ours', 'perSecond')),
      agentCpuMicrosecondsEach: Math.round(of('ours', 'cpuMicros')),
      webPushPerSecond: Math.round(median(runs.webPush)),
      ratioToWebPush: Number(median(runs.ours.map(({ perSecond }, i) => perSecond / runs.webPush[i])).toFixed(2)),
    },
    null,
    2,
  ),
)
bare.destroy()
keepAlive.destroy()
await agent.stop()
await Promise.all([service.stop(), quick.stop()])
rmSync(folder, { recursive: true })

/** From the moment of sending to that of arriving, in ms. The n-th on a device is the n-th that was sent to it. */
async function measure(send) {
  const sent = new Map()
  arrivals = []
  await pace(rate, seconds, n => {
    const path = `/push/${n % USERS}`
    sent.set(path, [...(sent.get(path) ?? []), now()])
    return send(n)
  })
  const total = Math.round(rate * seconds)
  await settle(() => arrivals.length >= total)
  const latencies = arrivals.flatMap(([path, at]) => {
    const began = sent.get(path)?.shift()
    return began === undefined ? [] : [at - began]
  })
  return { ...quantiles(latencies), lost: total - latencies.length }
}

function sendBare(n) {
  const payload = encrypt(Buffer.from(text), timed[n % USERS].keys)
  return new Promise((resolve, reject) => {
    const headers = { ':method': 'POST', ':path': `/push/${n % USERS}`, 'content-length': payload.length }
    const stream = bare.request(headers)
    stream.on('error', reject).on('close', resolve).resume().end(payload)
  })
}

/** Messages a second of web-push, its outcomes thrown away. */
async function loop(count) {
  let next = 0
  const began = performance.now()
  async function worker() {
    while (next < count) {
      await webpush.sendNotification(devices[next++ % devices.length], text, {
        vapidDetails,
        TTL: 86_400,
        agent: keepAlive,
      })
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  return (count / (performance.now() - began)) * 1000
}

/** Messages a second from the first emit until every outcome is stored. */
async function flood() {
  const began = performance.now()
  const cpu = cpuMs(agent.pid)
  const count = messages * TIMES
  const events = count / perUser
  for (let sent = 0; sent < events; sent += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, events - sent) }, (_, i) => eventFor(sent + i))
    await ask(agent.socket, 'POST', '/api/events', batch)
  }
  for (;;) {
    const { jobs } = await ask(agent.socket, 'GET', '/api/status')
    const left = jobs.ready + jobs.running + jobs.delayed
    if (left === 0) break
    // What is asked takes from what is measured, so it is asked often at the end alone.
    await new Promise(resolve => setTimeout(resolve, left > 1000 ? 100 : 20))
  }
  const cpuMicros = ((cpuMs(agent.pid) - cpu) / count) * 1000
  return { perSecond: (count / (performance.now() - began)) * 1000, cpuMicros }
}

/** Subscribes so many browsers at a push service, to `USERS` users in turn. */
async function subscribe(whose, count, { port }) {
  const made = Array.from({ length: count }, (_, i) => ({
    endpoint: `https://localhost:${port}/push/${i}`,
    keys: {
      p256dh: createECDH('prime256v1').generateKeys().toString('base64url'),
      auth: randomBytes(16).toString('base64url'),
    },
  }))
  for (const [i, subscription] of made.entries()) {
    await ask(agent.socket, 'POST', '/api/push/subscribe', { user: `${whose}${i % USERS}`, subscription })
  }
  return made
}
