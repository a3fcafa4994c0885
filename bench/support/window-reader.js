// Reads one path again and again over connections that are kept, in a process of its own: what a reader of the API sees. Told what
// to ask for, it answers with how long each took from the request to the last byte, in ms.
import { Agent, request } from 'node:http'

process.on('message', async ({ at, path, step = 0, count, everyMs = 0 }) => {
  // One of its own for each question: in between a server may close what is idle.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const times = []
  let [bytes, misses] = [0, 0]
  const began = performance.now()
  for (let n = 0; n < count; n++) {
    const wait = began + n * everyMs - performance.now()
    if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
    const one = await read({ ...at, agent }, pathOf(path, n * step))
    times.push(one.ms)
    bytes = one.bytes
    misses += one.cache === 'hit' ? 0 : 1
  }
  agent.destroy()
  process.send({ times, bytes, misses })
})

/** A window slides on by so many ms each time. */
function pathOf(path, byMs) {
  if (typeof path === 'string') return path
  const at = from => new Date(from + byMs).toISOString()
  return `${path.path}?from=${at(path.from)}&to=${at(path.to)}`
}

function read(options, path) {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    request({ ...options, path }, response => {
      let bytes = 0
      response.on('data', chunk => (bytes += chunk.length))
      response.on('end', () => {
        const ms = performance.now() - began
        if (response.statusCode === 200) resolve({ ms, bytes, cache: response.headers['x-ec-cache'] })
        else reject(new Error(`the answer was ${response.statusCode}`))
      })
    })
      .on('error', reject)
      .end()
  })
}

process.send({})

// Whoever started it may have been killed.
process.on('disconnect', () => process.exit())
