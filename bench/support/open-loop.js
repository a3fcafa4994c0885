// An open loop: requests leave at a fixed rate, whatever the answers take, so that a server that stalls cannot hide it by
// being asked less.
import { Agent, request } from 'node:http'

const keepAlive = new Agent({ keepAlive: true, maxSockets: 64 })

/** Calls `send(n)` at `rate` a second for `seconds`; resolves when the last one has been sent. */
export async function pace(rate, seconds, send) {
  const total = Math.round(rate * seconds)
  const began = performance.now()
  for (let n = 0; n < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate))
    while (n < due) void send(n++).catch(() => {})
    await new Promise(resolve => setTimeout(resolve, 1))
  }
}

/** Posts a body; the status of the answer, once all of it is there. */
export function post(port, path, headers, body) {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        port,
        host: '127.0.0.1',
        path,
        method: 'POST',
        agent: keepAlive,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      },
      response => response.resume().once('end', () => resolve(response.statusCode)),
    )
    asked.on('error', reject)
    asked.end(body)
  })
}

/** Waits until `done`, 10 s at most. */
export async function settle(done) {
  const until = performance.now() + 10_000
  while (!done() && performance.now() < until) await new Promise(resolve => setTimeout(resolve, 10))
}

/** Two quantiles of times in ms. */
export function quantiles(times) {
  const sorted = times.toSorted((a, b) => a - b)
  const at = q => Number((sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN).toFixed(2))
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}
