// What the sync costs: a first read of everything, changes while they are announced, and memory.
// The agent is a process of its own; each figure stands beside a yardstick of the same run.
//   node bench/sync.js [--rounds 3] [--seconds 20] [--rate 50] [--calendars 200] [--events 5000]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import Database from 'better-sqlite3'
import { createClient } from '#ec/client.js'
import { createSystemClock } from '#ec/core/clock.js'
import { startSandbox } from '#ec/sandbox/start-sandbox.js'
import { cpuMs, median, quietTime, start } from './support/child.js'
import { eventOf, openManyEvents } from './support/many-events.js'
import { signIn } from './support/sign-in.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '20' },
    rate: { type: 'string', default: '50' },
    calendars: { type: 'string', default: '200' },
    events: { type: 'string', default: '5000' },
  },
})
const [rounds, seconds, rate] = [Number(values.rounds), Number(values.seconds), Number(values.rate)]
const [calendars, events] = [Number(values.calendars), Number(values.events)]
const FIRST = 10_000
const COALESCE_MS = 2_000
const PER_ACCOUNT = 10

/** A first read of 10,000 events, beside the same rows written by bare SQLite in one durable transaction. */
async function firstRead() {
  const google = await openManyEvents({ calendars: 1, events: FIRST })
  const agent = await start('agent-server.js', { EC_BENCH_CONFIG: JSON.stringify({ google: google.google }) })
  const client = createClient({ socket: agent.socket })
  const account = await signIn(client, 'ana@example.com')
  const [cpu, at] = [cpuMs(agent.pid), performance.now()]
  const { id } = await client.resources.add({ provider: 'google-calendar', user: 'ana', account, target: 'c0' })
  await until(async () => (await client.resources.get(id)).sync.items === FIRST)
  const wallMs = performance.now() - at
  const ownMs = cpuMs(agent.pid) - cpu
  client.close()
  await agent.stop()
  google.close()
  return { wallMs, ownMs, bareMs: bareUpsert() }
}

function bareUpsert() {
  const dir = mkdtempSync(join(tmpdir(), 'ec-bench-'))
  const db = new Database(join(dir, 'bare.db'))
  db.pragma('journal_mode = wal')
  db.pragma('synchronous = full')
  db.exec('create table items (id text primary key, version text, json text)')
  const rows = Array.from({ length: FIRST }, (_, n) => eventOf(0, n)).map(event => [
    event.id,
    event.etag,
    JSON.stringify(event),
  ])
  const put = db.prepare(
    'insert into items values (?, ?, ?) on conflict (id) do update set version = excluded.version, json = excluded.json',
  )
  const at = performance.now()
  db.transaction(() => rows.forEach(row => put.run(row)))()
  const ms = performance.now() - at
  db.close()
  rmSync(dir, { recursive: true })
  return ms
}

/** So many changes a second over many calendars, each announced; from the receipt of a notification to the commit. */
async function announced() {
  const people = Array.from({ length: Math.ceil(calendars / PER_ACCOUNT) }, (_, i) => ({ email: `p${i}@example.com` }))
  const sandbox = await startSandbox({ clock: createSystemClock(), accounts: people })
  const { urls, control } = sandbox
  const port = await freePort()
  const agent = await start('agent-server.js', {
    EC_BENCH_PORT: String(port),
    EC_BENCH_CONFIG: JSON.stringify({
      google: {
        base_url: urls.google,
        token_url: urls.token,
        auth_url: urls.authorize,
        certs_url: urls.certs,
        client_id: 'bench',
        client_secret: 'bench',
      },
    }),
  })
  const client = createClient({ socket: agent.socket })
  const targets = []
  for (const { email } of people) {
    const account = await signIn(client, email)
    const own = [email]
    while (own.length < PER_ACCOUNT)
      own.push(control.mutate({ do: 'calendar.create', account: email, summary: 'One' }).id)
    for (const target of own) {
      await client.resources.add({ provider: 'google-calendar', user: 'ana', account, target })
      targets.push({ email, target })
    }
  }
  await until(async () => (await listAll(client)).every(({ state }) => state === 'healthy'), 120_000)
  const since = new Date().toISOString()
  const cpu = cpuMs(agent.pid)
  const from = performance.now()
  for (let n = 0; n < rate * seconds; n++) {
    const { email, target } = targets[(n * 7) % targets.length]
    control.mutate({ do: 'event.create', account: email, calendar: target, event: { summary: `Meeting ${n}` } })
    const wait = from + ((n + 1) * 1000) / rate - performance.now()
    if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
  }
  await new Promise(resolve => setTimeout(resolve, COALESCE_MS + 3_000))
  const ownMs = cpuMs(agent.pid) - cpu
  const reads = await readRuns(client, since)
  client.close()
  await agent.stop()
  await sandbox.close()
  return { reads: reads.length, ownMs, late: reads.map(({ ms }) => ms - COALESCE_MS) }
}

async function readRuns(client, since) {
  const { sync } = await client.calls(since)
  return sync.resources.flatMap(({ webhook, latency_p99_ms: ms }) => (webhook > 0 && ms !== null ? [{ ms }] : []))
}

async function listAll(client) {
  const rows = []
  for (let after = '0'; after !== null;) {
    const page = await client.resources.list({ after, limit: 1000 })
    rows.push(...page.resources)
    after = page.next
  }
  return rows
}

/** Memory of the agent, empty and with all of it here, each after the same quiet time. */
async function memory() {
  const google = await openManyEvents({ calendars, events })
  const agent = await start('agent-server.js', { EC_BENCH_CONFIG: JSON.stringify({ google: google.google }) })
  const client = createClient({ socket: agent.socket })
  const account = await signIn(client, 'ana@example.com')
  await quietTime()
  const [empty, cpu, at] = [rssMb(agent.pid), cpuMs(agent.pid), performance.now()]
  for (let i = 0; i < calendars; i++) {
    await client.resources.add({ provider: 'google-calendar', user: 'ana', account, target: `c${i}` })
  }
  let most = empty
  await until(async () => {
    most = Math.max(most, rssMb(agent.pid))
    return (await listAll(client)).every(({ sync }) => sync.items === events)
  }, 1_800_000)
  const [wallMs, ownMs] = [performance.now() - at, cpuMs(agent.pid) - cpu]
  await quietTime()
  const full = rssMb(agent.pid)
  client.close()
  await agent.stop()
  google.close()
  return {
    empty_mb: empty,
    most_mb: most,
    full_mb: full,
    grown_mb: full - empty,
    wall_s: wallMs / 1000,
    cpu_s: ownMs / 1000,
  }
}

function rssMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

async function until(isTrue, ms = 60_000) {
  for (const end = performance.now() + ms; !(await isTrue());) {
    if (performance.now() > end) throw new Error('it never came')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

function p99(list) {
  return list.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(list.length * 0.99) - 1)]
}

function freePort() {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

function round(n) {
  return Math.round(n * 10) / 10
}

const firsts = []
for (let i = 0; i < rounds; i++) firsts.push(await firstRead())
const of = name => round(median(firsts.map(one => one[name])))
const live = await announced()
const held = await memory()
console.log(
  JSON.stringify(
    {
      first_read: {
        events: FIRST,
        wall_ms: of('wallMs'),
        own_cpu_ms: of('ownMs'),
        bare_upsert_ms: of('bareMs'),
        ratio: round(of('ownMs') / of('bareMs')),
      },
      announced: {
        notifications_a_second: rate,
        calendars,
        // Of the 99th of each calendar, the worst but one in a hundred.
        to_commit_p99_ms: round(p99(live.late)),
        cpu_ms_a_read: round(live.ownMs / (rate * seconds)),
      },
      memory: Object.fromEntries(Object.entries(held).map(([name, value]) => [name, round(value)])),
    },
    null,
    2,
  ),
)
