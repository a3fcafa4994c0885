// A lean HTTP load generator: closed loop, one request in flight on each connection, every request with a number of its
// own. Runs in a process of its own (see `run` below), so that it does not share the loop of what it measures.
import { connect } from 'node:net'
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * @param {{ port: number, path: string, headers: Record<string, string>, numberHeader: string, body: string,
 *   connections: number, durationMs: number }} plan `numberHeader` gets a fresh value for each request.
 * @returns {Promise<{ requests: number, ok: number, perSecond: number, p50: number, p99: number, max: number }>}
 */
export function load(plan) {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [], { stdio: 'inherit' })
    child.once('message', resolve)
    child.once('error', reject)
    child.once('exit', code => code !== 0 && reject(new Error(`the load generator ended with ${code}`)))
    child.send(plan)
  })
}

async function run(plan) {
  const { port, path, headers, numberHeader, body, connections, durationMs } = plan
  const fixed = Object.entries({ host: 'localhost', ...headers, 'content-length': Buffer.byteLength(body) })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
  const run = Date.now().toString(16).padStart(12, '0').slice(-8)
  const head = `POST ${path} HTTP/1.1\r\n${fixed}${numberHeader}: ${run}-0000-4000-8000-`
  const request = Buffer.from(`${head}${'0'.repeat(12)}\r\n\r\n${body}`)
  const numberAt = Buffer.byteLength(head)
  const latencies = []
  let sent = 0
  let ok = 0
  const end = performance.now() + durationMs
  await Promise.all(Array.from({ length: connections }, drive))
  latencies.sort((a, b) => a - b)
  const at = q => Number((latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))] ?? 0).toFixed(3))
  return {
    requests: latencies.length,
    ok,
    perSecond: Math.round(latencies.length / (durationMs / 1000)),
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
  }

  /** What a request costs here, it takes from the server, which has the same cores: bytes are made and read in place. */
  function drive() {
    return new Promise((resolve, reject) => {
      const bytes = Buffer.from(request)
      let begun = 0
      const onread = { buffer: Buffer.alloc(4096), callback: onAnswer }
      const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread })
      socket.on('connect', next)
      socket.on('close', resolve)
      socket.on('error', reject)

      function onAnswer(length, buffer) {
        // Answers are small and come one at a time, so bytes that end a head are the whole answer.
        if (buffer.subarray(0, length).indexOf('\r\n\r\n') === -1) return true
        const now = performance.now()
        latencies.push(now - begun)
        if (buffer[9] === 0x32) ok += 1
        if (now < end) next()
        else socket.end()
        return true
      }

      function next() {
        begun = performance.now()
        sent += 1
        bytes.latin1Write(sent.toString(16).padStart(12, '0'), numberAt)
        socket.write(bytes)
      }
    })
  }
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once('message', plan => {
    run(plan).then(result => process.send(result, () => process.exit(0)))
  })
}
