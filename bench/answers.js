// How soon the clouds get their answers while the agent is given all that it can take. Microsoft Graph gives a handshake
// and a notification 3 s (10 s at most) and Google a few seconds before they try again or give up: both are asked at a
// fixed rate beside a closed loop of GitHub webhooks at full speed. Prints JSON.
//   node bench/answers.js [--rounds 3] [--seconds 6] [--rate 20] [--connections 64]
import { parseArgs } from 'node:util'
import { ask, median, start } from './support/child.js'
import { load } from './support/load.js'
import { pace, post, quantiles, settle } from './support/open-loop.js'
import { SECRET, signedPush } from './support/signed-push.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '6' },
    rate: { type: 'string', default: '20' },
    connections: { type: 'string', default: '64' },
  },
})
const rounds = Number(values.rounds)
const seconds = Number(values.seconds)
const rate = Number(values.rate)
const DEADLINE_MS = 3000

const runs = []
for (let round = 0; round < rounds; round++) runs.push(await measure())
const of = (name, figure) => median(runs.map(run => run[name][figure]))
const shown = name => ({
  p50Ms: of(name, 'p50'),
  p99Ms: of(name, 'p99'),
  maxMs: Math.max(...runs.map(run => run[name].max)),
  unanswered: runs.reduce((sum, run) => sum + run[name].failed, 0),
})
console.log(
  JSON.stringify(
    {
      bench: 'answers',
      node: process.version,
      rounds,
      load: { connections: Number(values.connections), perSecond: median(runs.map(run => run.load.perSecond)) },
      graphHandshake: shown('handshake'),
      graphNotification: shown('graph'),
      googleNotification: shown('google'),
      deadlineMs: DEADLINE_MS,
      worstP99ShareOfDeadline: Number(
        (Math.max(...['handshake', 'graph', 'google'].map(name => of(name, 'p99'))) / DEADLINE_MS).toFixed(3),
      ),
    },
    null,
    2,
  ),
)

async function measure() {
  const agent = await start('agent-server.js')
  const add = body => ask(agent.socket, 'POST', '/api/resources', { user: 'me', ...body })
  const github = await add({ provider: 'github', secret: SECRET })
  const microsoft = await add({ provider: 'microsoft', secret: SECRET })
  const google = await add({ provider: 'google-calendar', secret: SECRET, settings: { channel_id: 'bench' } })
  const { body, headers } = signedPush(0)
  const { 'x-github-delivery': _, ...fixed } = headers
  const plan = { port: agent.port, path: `/webhooks/github/${github.id}`, headers: fixed, body }
  const flow = { ...plan, numberHeader: 'x-github-delivery', connections: Number(values.connections) }
  await load({ ...flow, durationMs: 2000 })

  const under = load({ ...flow, durationMs: (seconds + 1) * 1000 })
  await new Promise(resolve => setTimeout(resolve, 500))
  const [handshake, graph, calendar] = await Promise.all([
    probe(n => post(agent.port, `/webhooks/microsoft/${microsoft.id}?validationToken=token-${n}`, {}, ''), 200),
    probe(n => {
      const value = [
        { id: `n${n}`, subscriptionId: 's', clientState: SECRET, changeType: 'updated', resource: 'me/events/1' },
      ]
      const json = { 'content-type': 'application/json' }
      return post(agent.port, `/webhooks/microsoft/${microsoft.id}`, json, JSON.stringify({ value }))
    }, 202),
    probe(n => {
      const channel = { 'x-goog-channel-id': 'bench', 'x-goog-channel-token': SECRET, 'x-goog-resource-id': 'r' }
      const state = { 'x-goog-resource-state': 'exists', 'x-goog-message-number': String(n + 1) }
      return post(agent.port, `/webhooks/google-calendar/${google.id}`, { ...channel, ...state }, '')
    }, 202),
  ])
  const result = { handshake, graph, google: calendar, load: await under }
  await agent.stop()
  return result
}

/** Asks at the rate; how long the answers took, and how many were not what they should be. */
async function probe(send, expected) {
  const times = []
  let failed = 0
  await pace(rate, seconds, async n => {
    const began = performance.now()
    const status = await send(n).catch(() => 0)
    times.push(performance.now() - began)
    if (status !== expected) failed += 1
  })
  await settle(() => times.length >= rate * seconds)
  return { ...quantiles(times), failed }
}
