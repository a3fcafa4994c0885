// From a request to the person: signed webhook in, WebSocket frame out, at a fixed rate, beside a bare server that
// echoes a POST to a `ws` socket. Then what idle sockets and a stalled client cost the agent in memory.
//   node bench/live.js [--rounds 5] [--seconds 5] [--rate 500] [--sockets 5000]
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { parseArgs } from 'node:util'
import { WebSocket } from 'ws'
import { ask, median, quietTime, start } from './support/child.js'
import { pace, post, quantiles, settle } from './support/open-loop.js'
import { SECRET, signedPush } from './support/signed-push.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    rate: { type: 'string', default: '500' },
    sockets: { type: 'string', default: '5000' },
  },
})
const rounds = Number(values.rounds)
const seconds = Number(values.seconds)
const rate = Number(values.rate)

const echo = []
const agent = []
for (let round = 0; round < rounds; round++) {
  echo.push(await measureEcho())
  agent.push(await measureAgent())
}
const idle = await measureIdleSockets(Number(values.sockets))
const reading = await measureBigStream(false)
const stalled = await measureBigStream(true)
const of = (runs, name) => median(runs.map(run => run[name]))
console.log(
  JSON.stringify(
    {
      bench: 'live',
      node: process.version,
      rounds,
      eventsPerSecond: rate,
      bareEcho: { p50Ms: of(echo, 'p50'), p99Ms: of(echo, 'p99') },
      agent: { p50Ms: of(agent, 'p50'), p99Ms: of(agent, 'p99'), lost: of(agent, 'lost') },
      p99RatioToEcho: Number(median(agent.map((run, i) => run.p99 / echo[i].p99)).toFixed(2)),
      idleSockets: idle,
      stalledClient: {
        megabytesSent: 70,
        costsMb: Number(((stalled.peakKb - reading.peakKb) / 1024).toFixed(2)),
        clientsLeft: stalled.clients,
      },
    },
    null,
    2,
  ),
)

async function measureEcho() {
  const server = await start('echo-server.js')
  const socket = await open(`ws://127.0.0.1:${server.port}/`)
  const times = new Map()
  const latencies = []
  socket.on('message', data => {
    const n = Number(/"n":(\d+)/.exec(String(data))?.[1])
    latencies.push(performance.now() - times.get(n))
  })
  await pace(rate, seconds, n => {
    const body = JSON.stringify({ n, padding: '.'.repeat(1000) })
    times.set(n, performance.now())
    return post(server.port, '/', {}, body)
  })
  await settle(() => latencies.length >= rate * seconds)
  socket.terminate()
  await server.stop()
  return summary(latencies)
}

async function measureAgent() {
  const server = await start('agent-server.js')
  const { id } = await ask(server.socket, 'POST', '/api/resources', { provider: 'github', user: 'me', secret: SECRET })
  const { token } = await ask(server.socket, 'POST', '/api/tokens', { user: 'me', ttl_s: 3600 })
  const socket = await open(`ws://127.0.0.1:${server.port}/ws`, ['ec.v1', `bearer.${token}`])
  const times = new Map()
  const latencies = []
  socket.on('message', data => {
    for (const line of String(data).split('\n')) {
      const frame = JSON.parse(line)
      if (frame.t === 'ev') latencies.push(performance.now() - times.get(Number(frame.ev.data.delivery_id.slice(-12))))
    }
  })
  await pace(rate, seconds, n => {
    const { body, headers } = signedPush(n)
    times.set(n, performance.now())
    return post(server.port, `/webhooks/github/${id}`, headers, body)
  })
  await settle(() => latencies.length >= rate * seconds)
  socket.terminate()
  await server.stop()
  return summary(latencies)
}

/** Idle sockets are opened without an object of their own each, so that this process is not what limits. */
async function measureIdleSockets(count) {
  const server = await start('agent-server.js')
  const { token } = await ask(server.socket, 'POST', '/api/tokens', { user: 'me', ttl_s: 3600 })
  const tokens = [token]
  for (let i = 1; i < Math.ceil(count / 10); i++) {
    tokens.push((await ask(server.socket, 'POST', '/api/tokens', { user: `u${i}`, ttl_s: 3600 })).token)
  }
  const sockets = []
  await openRaw(server.port, tokens[0], sockets)
  await quietTime()
  const before = residentKb(server.pid)
  for (let i = 1; i < count; i += 50) {
    await Promise.all(
      Array.from({ length: Math.min(50, count - i) }, (_, k) =>
        openRaw(server.port, tokens[(i + k) % tokens.length], sockets),
      ),
    )
  }
  await quietTime()
  const kbPerSocket = Number(((residentKb(server.pid) - before) / count).toFixed(2))
  for (const socket of sockets) socket.destroy()
  await server.stop()
  return { count, kbPerSocket }
}

/** Sends 70 MB of events, more than the kernel's buffers hold, to one client that reads them or stalls; how far the
 * agent's memory goes. */
async function measureBigStream(stalls) {
  const server = await start('agent-server.js', {}, ['--max-semi-space-size=4'])
  const { token } = await ask(server.socket, 'POST', '/api/tokens', { user: 'me', ttl_s: 3600 })
  const sockets = []
  for (let i = 0; i < 140; i++) await ask(server.socket, 'POST', '/api/events', batch('other'))
  await openRaw(server.port, token, sockets)
  if (stalls) sockets[0].pause()
  else sockets[0].resume()
  let peakKb = 0
  for (let i = 0; i < 140; i++) {
    await ask(server.socket, 'POST', '/api/events', batch('me'))
    peakKb = Math.max(peakKb, residentKb(server.pid))
  }
  // A client that does not go by itself when it is told is cut after 5 s.
  await new Promise(resolve => setTimeout(resolve, 6000))
  const { clients } = await ask(server.socket, 'GET', '/api/status')
  sockets[0].destroy()
  await server.stop()
  return { peakKb, clients }
}

/** 50 events of 10 KB. */
function batch(user_id) {
  return Array.from({ length: 50 }, () => ({ user_id, type: 'task.created', title: 'Fill', body: '.'.repeat(10_000) }))
}

function openRaw(port, token, sockets) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', reject)
    socket.once('data', head => {
      if (!String(head.subarray(0, 12)).includes('101')) return reject(new Error(String(head)))
      sockets.push(socket)
      resolve()
    })
    socket.write(
      `GET /ws HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n` +
        `sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n` +
        `sec-websocket-protocol: ec.v1, bearer.${token}\r\n\r\n`,
    )
  })
}

function open(url, protocols) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocols)
    socket.once('open', () => resolve(socket))
    socket.once('error', reject)
  })
}

function summary(latencies) {
  // The first second warms up.
  return { ...quantiles(latencies.slice(rate)), lost: rate * seconds - latencies.length }
}

function residentKb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
