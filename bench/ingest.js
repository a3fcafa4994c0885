// Durable, verified ingest of 1 KB GitHub webhooks beside a bare `node:http` server and beside the same agent with one
// commit for each request. Prints JSON: medians over the rounds, ratios of the same run.
//   node bench/ingest.js [--rounds 5] [--seconds 4] [--warmup 3] [--connections 128]
import { createHmac } from 'node:crypto'
import { parseArgs } from 'node:util'
import { ask, cpuMs, median, start } from './support/child.js'
import { load } from './support/load.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    warmup: { type: 'string', default: '3' },
    connections: { type: 'string', default: '128' },
  },
})
const rounds = Number(values.rounds)
const durationMs = Number(values.seconds) * 1000
const warmupMs = Number(values.warmup) * 1000
const connections = Number(values.connections)
const secret = 'a-secret-of-the-benchmark'
const body = pushOf1KB()
const headers = {
  'content-type': 'application/json',
  'user-agent': 'GitHub-Hookshot/bench',
  'x-github-event': 'push',
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
}

const results = { bare: [], agent: [], single: [] }
for (let round = 0; round < rounds; round++) {
  const order = ['bare', 'agent', 'single']
  if (round % 2 === 1) order.reverse()
  for (const name of order) results[name].push(await measure(name))
}

const rate = name => median(results[name].map(r => r.perSecond))
const ratio = (a, b) => Number(median(results[a].map((r, i) => r.perSecond / results[b][i].perSecond)).toFixed(3))
console.log(
  JSON.stringify(
    {
      bench: 'ingest',
      node: process.version,
      rounds,
      connections,
      bodyBytes: Buffer.byteLength(body),
      bare: { perSecond: rate('bare'), p99: median(results.bare.map(r => r.p99)) },
      agent: {
        perSecond: rate('agent'),
        p50: median(results.agent.map(r => r.p50)),
        p99: median(results.agent.map(r => r.p99)),
        cpuUsPerRequest: median(results.agent.map(r => r.cpuUs)),
        refused: results.agent.reduce((sum, r) => sum + r.requests - r.ok, 0),
      },
      oneCommitPerRequest: { perSecond: rate('single') },
      ratioToBare: ratio('agent', 'bare'),
      ratioToOneCommitPerRequest: ratio('agent', 'single'),
      backlogGoneAfterBursts: median(results.agent.map(r => r.backlog)),
    },
    null,
    2,
  ),
)

async function measure(name) {
  if (name === 'bare') {
    const server = await start('bare-server.js')
    await load(plan(server.port, '/', warmupMs))
    const result = await load(plan(server.port, '/', durationMs))
    await server.stop()
    return result
  }
  const agent = await start('agent-server.js', name === 'single' ? { EC_BENCH_STORE: '?batch=1' } : {})
  const { id } = await ask(agent.socket, 'POST', '/api/resources', { provider: 'github', user: 'me', secret })
  // Until the code that runs is the compiled one; what that left behind is processed before the burst begins.
  await load(plan(agent.port, `/webhooks/github/${id}`, warmupMs))
  await drained(agent)
  const cpu = cpuMs(agent.pid)
  const result = await load(plan(agent.port, `/webhooks/github/${id}`, durationMs))
  const cpuUs = Number((((cpuMs(agent.pid) - cpu) * 1000) / result.requests).toFixed(1))
  const began = performance.now()
  await drained(agent)
  // From the start of the burst to the end of its processing, in lengths of the burst.
  const backlog = Number(((durationMs + performance.now() - began) / durationMs).toFixed(2))
  await agent.stop()
  return { ...result, cpuUs, backlog }
}

async function drained(agent) {
  const until = performance.now() + 120_000
  for (;;) {
    const { jobs } = await ask(agent.socket, 'GET', '/api/status')
    if (jobs.ready + jobs.delayed + jobs.running === 0) return
    if (performance.now() > until) throw new Error('the backlog does not go')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

function plan(port, path, durationMs) {
  return { port, path, headers, numberHeader: 'x-github-delivery', body, connections, durationMs }
}

function pushOf1KB() {
  const push = {
    ref: 'refs/heads/main',
    before: '0'.repeat(39) + '1',
    after: '0'.repeat(39) + '2',
    created: false,
    deleted: false,
    forced: false,
    compare: 'https://github.com/octo/garden/compare/1...2',
    commits: [commit(1), commit(2)],
    repository: { id: 1, name: 'garden', full_name: 'octo/garden', html_url: 'https://github.com/octo/garden' },
    pusher: { name: 'ana' },
    sender: { login: 'ana', id: 1 },
    padding: '',
  }
  return JSON.stringify({ ...push, padding: '.'.repeat(Math.max(0, 1024 - JSON.stringify(push).length)) })
}

function commit(id) {
  return {
    id: String(id).repeat(40),
    message: 'Describe the change in a line',
    url: `https://github.com/octo/garden/commit/${id}`,
    author: { name: 'Ana', username: 'ana' },
  }
}
