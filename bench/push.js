// From an event to the 201 of a push service: our messenger beside `web-push`, both with 50 in flight, and beside what
// this machine can do at all (ECDH, AES-GCM and HTTP/2 on one connection, nothing else). The push service is a process of
// its own on loopback: nginx where it is installed, since it costs next to nothing. web-push gets an agent that keeps its connections, which it has not by itself.
//   node bench/push.js [--rounds 5] [--messages 2000] [--in-flight 50]
import { createECDH, randomBytes } from 'node:crypto'
import { connect } from 'node:http2'
import { Agent } from 'node:https'
import { parseArgs } from 'node:util'
import webpush from 'web-push'
import { createEndpointGuard } from '../dist/agent/dispatch/push/endpoint-guard.js'
import { encrypt } from '../dist/agent/dispatch/push/encrypt.js'
import { createOriginGate } from '../dist/agent/dispatch/push/origin-gate.js'
import { createPushMessenger } from '../dist/agent/dispatch/push/push-messenger.js'
import { createPushCarrier } from '../dist/agent/dispatch/push/thread-carrier.js'
import { VapidHeaders } from '../dist/agent/dispatch/push/vapid-headers.js'
import { createSystemClock } from '../dist/core/clock.js'
import { startQuick } from './support/quick-push-server.js'
import { median } from './support/child.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    messages: { type: 'string', default: '2000' },
    'in-flight': { type: 'string', default: '50' },
  },
})
const rounds = Number(values.rounds)
const messages = Number(values.messages)
const inFlight = Number(values['in-flight'])

const [pushService, service] = await startQuick()
const origin = `https://localhost:${service.port}`
const subject = 'mailto:ops@example.org'
const key = { id: 'k', ...webpush.generateVAPIDKeys(), subject }
const devices = Array.from({ length: 100 }, (_, i) => ({
  endpoint: `${origin}/push/${i}`,
  p256dh: createECDH('prime256v1').generateKeys().toString('base64url'),
  auth: randomBytes(16).toString('base64url'),
}))
const event = {
  id: 'evt_0192f0c1',
  user_id: 'ana',
  type: 'message.new',
  title: 'Ana wrote to you',
  body: 'Shall we meet tomorrow at ten? '.repeat(6),
  level: 'info',
  created_at: '2026-01-05T09:00:00.000Z',
  thread: 'general',
}
const text = JSON.stringify(event)

const clock = createSystemClock()
const guard = createEndpointGuard({ hosts: [`localhost:${service.port}`], allowsAddress: () => true })
const log = { error: console.error }
const { lookup } = guard
const carrier = createPushCarrier({ lookup, clock, random: Math.random, record() {}, log, ca: service.ca })
const gate = createOriginGate({ clock, random: Math.random })
const messenger = createPushMessenger({
  guard,
  carrier,
  gate,
  headers: new VapidHeaders(clock),
  clock,
  home: () => origin,
})
const { signal } = new AbortController()
const agent = new Agent({ keepAlive: true, maxSockets: inFlight, ca: service.ca })
const bare = connect(origin, { ca: service.ca })

const senders = {
  async webPush(device) {
    const { endpoint, ...keys } = device
    const vapidDetails = { subject, publicKey: key.publicKey, privateKey: key.privateKey }
    await webpush.sendNotification({ endpoint, keys }, text, { vapidDetails, TTL: 86_400, agent })
  },
  async ours(device) {
    const outcome = await messenger.push(
      { event, standing: { seq: 1, unread: 3, close: [] } },
      { address: device, key },
      1,
      signal,
    )
    if (outcome.type !== 'delivered') throw new Error(JSON.stringify(outcome))
  },
  limit: device =>
    new Promise((resolve, reject) => {
      const body = encrypt(Buffer.from(text), device)
      const path = new URL(device.endpoint).pathname
      const stream = bare.request({ ':method': 'POST', ':path': path, 'content-length': body.length })
      stream.on('error', reject)
      stream.on('close', resolve)
      stream.resume()
      stream.end(body)
    }),
}

for (const send of Object.values(senders)) await run(send, 200)
const runs = { webPush: [], ours: [], limit: [] }
for (let round = 0; round < rounds; round++) {
  for (const [name, send] of Object.entries(senders)) runs[name].push(await run(send, messages))
}
const middle = (name, figure) => Math.round(median(runs[name].map(one => one[figure])))
const ratio = (a, b, figure) => Number(median(runs[a].map((one, i) => one[figure] / runs[b][i][figure])).toFixed(2))
const figures = figure => ({
  webPush: middle('webPush', figure),
  ours: middle('ours', figure),
  limit: middle('limit', figure),
})
console.log(
  JSON.stringify(
    {
      bench: 'push',
      node: process.version,
      rounds,
      messages,
      pushService,
      inFlight,
      messagesPerSecond: figures('perSecond'),
      cpuMicrosecondsEach: figures('cpuMicros'),
      ratioToWebPush: ratio('ours', 'webPush', 'perSecond'),
      ratioToLimit: ratio('ours', 'limit', 'perSecond'),
      cpuRatioOfWebPush: ratio('webPush', 'ours', 'cpuMicros'),
    },
    null,
    2,
  ),
)
await carrier.close()
agent.destroy()
bare.destroy()
await service.stop()

/** Messages a second, and the time of this process's CPU for each: of that other programs take nothing away. */
async function run(send, count) {
  let next = 0
  async function worker() {
    while (next < count) await send(devices[next++ % devices.length])
  }
  const cpu = process.cpuUsage()
  const started = performance.now()
  await Promise.all(Array.from({ length: inFlight }, worker))
  const { user, system } = process.cpuUsage(cpu)
  return { perSecond: (count / (performance.now() - started)) * 1000, cpuMicros: (user + system) / count }
}
