// The whole agent beside the stand-ins of its providers, in one process, on one clock that is moved by hand: real HTTP on
// loopback, a real store, and a month in seconds. Used by `bench/month.js` and by tests.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { startAgent } from '#ec/agent/agent.js'
import { createClient } from '#ec/client.js'
import { DEFAULT_CONFIG } from '#ec/core/config.js'
import { silentLog } from '#ec/core/log.js'
import { dataPaths } from '#ec/core/paths.js'
import { startSandbox } from '#ec/sandbox/start-sandbox.js'
import { GateClock } from './gate-clock.js'
import { ManualClock } from './manual-clock.js'
import { signIn } from './sign-in.js'

/** So long nothing must have moved, in turns of the loop, before time goes on. */
const STILL_TURNS = 3
/** What hangs is left to hang after so long, ms of real time: a request that is never answered waits for its deadline. */
const HANG_MS = 250

/**
 * @param {{ seed?: number, accounts?: readonly { email: string }[], manners?: object, start?: number, config?: object,
 *   log?: object }} [options]
 */
export async function openSyncWorld(options = {}) {
  const { seed = 1, manners = {}, start, config = {}, log = silentLog } = options
  const clock = new ManualClock(start)
  const accounts = options.accounts ?? [{ email: 'ana@example.com', timeZone: 'Europe/Madrid' }]
  const gate = new GateClock(clock)
  const sandbox = await startSandbox({ clock, seed, manners, accounts })
  // What is simulated is time, not the disk.
  const dataDir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'ec-world-'))
  const paths = dataPaths(dataDir, process.platform, tmpdir())
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  let agent = null
  let client = null
  let reader = null
  let asleep = null
  let lastEntry = 0
  let requests = 0

  async function startOne() {
    agent = await startAgent({
      config: {
        ...DEFAULT_CONFIG,
        user: 'ana',
        google: {
          ...DEFAULT_CONFIG.google,
          base_url: sandbox.urls.google,
          token_url: sandbox.urls.token,
          auth_url: sandbox.urls.authorize,
          certs_url: sandbox.urls.certs,
          client_id: 'world',
          client_secret: 'world',
        },
        pubsub: { base_url: sandbox.urls.pubsub },
        ...config,
      },
      env: {},
      dataDir,
      paths,
      masterKey: Buffer.alloc(32, 7),
      keySource: 'the simulation',
      version: 'simulation',
      host: '127.0.0.1',
      port,
      publicUrl,
      logLevel: 'silent',
      log,
      clock: gate,
    })
    client = createClient({ socket: agent.socket })
    reader = new Database(paths.store, { readonly: true })
  }

  async function stopOne(graceMs) {
    reader.close()
    client.close()
    const stopped = agent.stop(graceMs)
    // Its grace is measured by the clock.
    while (!(await isSettled(stopped))) {
      clock.move(Math.min(clock.untilNext(), 1_000))
      clock.fire()
      await turn()
    }
    await stopped
    agent = null
  }

  function isStill() {
    return (agent === null || agent.isStill()) && !sandbox.control.isBusy
  }

  /** Resolves when nothing moves any more but time. */
  async function settle() {
    const since = performance.now()
    for (let still = 0; still < STILL_TURNS;) {
      await turn()
      still = isStill() ? still + 1 : 0
      if (performance.now() - since > HANG_MS) return
    }
  }

  /** Moves time on, with all that falls due on the way, each at its instant. */
  async function advance(ms) {
    const end = clock.monotonic() + ms
    await settle()
    for (;;) {
      const next = clock.untilNext()
      if (clock.monotonic() + next > end) break
      clock.move(Math.max(0, next))
      clock.fire()
      await turn()
      if (!isStill()) await settle()
    }
    clock.move(end - clock.monotonic())
    await settle()
    countRequests()
  }

  /** The machine of the agent sleeps: nobody is reached there. */
  async function sleep() {
    await settle()
    asleep = sandbox.control.fault({ on: 'push', kind: 'refuse' })
    gate.sleep()
  }

  async function wake() {
    sandbox.control.faults.cancel(asleep.id)
    asleep = null
    gate.wake()
    await settle()
  }

  /** Counts what came in on the way to services, before the log forgets it. */
  function countRequests() {
    for (const { n, kind, target } of sandbox.control.log(lastEntry)) {
      lastEntry = n
      // The page that a person consents on is asked for by the browser.
      if (kind === 'request' && !target.startsWith('/o/oauth2/v2/auth')) requests += 1
    }
    return requests
  }

  /** Watches a calendar or mailbox of an account; the resource's id. */
  async function watch(account, target, provider = 'google-calendar', user = 'ana') {
    const { id } = await client.resources.add({ provider, user, name: target, account, target })
    return id
  }

  await startOne()
  return {
    /** Signs somebody of the sandbox in; his account's id. */
    signIn: (person = accounts[0].email, options) => signIn(client, person, options),
    watch,
    clock,
    sleep,
    wake,
    get isAsleep() {
      return gate.isAsleep
    },
    /** What is loaded on first use has time to do so. */
    async warmUp() {
      for (let i = 0; i < 5; i++) {
        await advance(2_000)
        await new Promise(resolve => setTimeout(resolve, 100))
      }
    },
    advanceTo: at => advance(Math.max(0, at - clock.now())),
    requests: countRequests,
    sandbox,
    port,
    paths,
    settle,
    advance,
    get client() {
      return client
    },
    get agent() {
      return agent
    },
    /** Stops the agent: `graceMs` 0 = what is in hand is cut off. */
    stop: (graceMs = 0) => stopOne(graceMs),
    start: startOne,
    /** The copy of a resource as it stands in the store: what its provider sent, by id. */
    copyOf(resource) {
      const rows = reader
        .prepare('select id, json from items where resource_n = (select n from resources where id = ?)')
        .all(resource)
      return new Map(rows.map(({ id, json }) => [id, JSON.parse(json)]))
    },
    query: (text, ...values) => reader.prepare(text).all(...values),
    async close() {
      if (agent !== null) await stopOne(0)
      await sandbox.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function turn() {
  return new Promise(resolve => setImmediate(resolve))
}

/** Whether a promise has settled by the end of this turn of the loop. */
async function isSettled(promise) {
  let settled = false
  void promise.then(
    () => (settled = true),
    () => (settled = true),
  )
  await turn()
  await turn()
  return settled
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
