// Reads one path again and again over connections that are kept, in a process of its own: what a reader of the API sees. Told what
// to ask for, it answers with how long each took from the request to the last byte, in ms.
import { Agent, request } from 'node:http'

const agent = new Agent({ keepAlive: true })

process.on('message', async ({ at, path, step = 0, count, everyMs = 0 }) => {
  const times = []
  let [bytes, misses] = [0, 0]
  const began = performance.now()
  for (let n = 0; n < count; n++) {
    const wait = began + n * everyMs - performance.now()
    if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
    const one = await read(at, pathOf(path, n * step))
    times.push(one.ms)
    bytes = one.bytes
    misses += one.cache === 'hit' ? 0 : 1
  }
  process.send({ times, bytes, misses })
})

/** `FROM` and `TO` stand for the instants of a window that slides on. */
function pathOf(path, byMs) {
  if (typeof path === 'string') return path
  const at = from => new Date(from + byMs).toISOString()
  return `${path.path}?from=${at(path.from)}&to=${at(path.to)}`
}

function read(at, path) {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    request({ ...at, path, agent }, response => {
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
