// What a flood of requests that prove nothing costs the others: signed webhooks at a fixed rate, alone and beside senders
// that hold 64 MiB of bodies half-way, drip their headers, send what is too large, or sign with nonsense. Prints JSON.
//   node bench/flood.js [--rounds 3] [--seconds 6] [--rate 100]
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'
import { ask, median, start } from './support/child.js'
import { pace, post, quantiles, settle } from './support/open-loop.js'
import { SECRET, signedPush } from './support/signed-push.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '6' },
    rate: { type: 'string', default: '100' },
  },
})
const rounds = Number(values.rounds)
const seconds = Number(values.seconds)
const rate = Number(values.rate)

const calm = []
const flooded = []
for (let round = 0; round < rounds; round++) {
  calm.push(await measure(false))
  flooded.push(await measure(true))
}
const of = (runs, name) => median(runs.map(run => run[name]))
const shown = runs => ({ p50Ms: of(runs, 'p50'), p99Ms: of(runs, 'p99'), notAnswered2xx: of(runs, 'failed') })
console.log(
  JSON.stringify(
    {
      bench: 'flood',
      node: process.version,
      rounds,
      goodPerSecond: rate,
      alone: shown(calm),
      besideTheFlood: { ...shown(flooded), sent: flooded.at(-1)?.flood },
      p99Ratio: Number(median(flooded.map((run, i) => run.p99 / calm[i].p99)).toFixed(2)),
      // Of the whole process, above what the same traffic takes without the flood.
      floodCostsMb: Number(((of(flooded, 'peakKb') - of(calm, 'peakKb')) / 1024).toFixed(1)),
    },
    null,
    2,
  ),
)

async function measure(withFlood) {
  const agent = await start('agent-server.js')
  const { id } = await ask(agent.socket, 'POST', '/api/resources', { provider: 'github', user: 'me', secret: SECRET })
  const path = `/webhooks/github/${id}`
  const send = n => {
    const { body, headers } = signedPush(n)
    return post(agent.port, path, headers, body)
  }
  await pace(rate, 2, n => send(1_000_000 + n))
  const flood = withFlood ? await startFlood({ port: agent.port, path, durationMs: (seconds + 1) * 1000 }) : null
  const times = []
  let failed = 0
  let peakKb = 0
  await pace(rate, seconds, async n => {
    const began = performance.now()
    const status = await send(n).catch(() => 0)
    times.push(performance.now() - began)
    if (status !== 202) failed += 1
    if (n % 20 === 0) peakKb = Math.max(peakKb, residentKb(agent.pid))
  })
  await settle(() => times.length >= rate * seconds)
  const result = { ...quantiles(times), failed, peakKb, flood: await flood?.end() }
  await agent.stop()
  return result
}

/** Resolves once all of the flood is under way. */
async function startFlood(plan) {
  const child = fork(fileURLToPath(new URL('support/flood.js', import.meta.url)), [], { stdio: 'inherit' })
  child.send(plan)
  const [ready] = await once(child, 'message')
  const ended = once(child, 'message')
  return { ready, end: async () => (await ended)[0] }
}

function residentKb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
