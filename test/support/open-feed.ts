import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { Feed } from '#ec/agent/activity/feed.js'
import { createMeter, type ScrapedMeter } from '#ec/agent/http/metrics.js'
import { renderActivity } from '#ec/agent/http/render/activity.js'
import type { Backend } from '#ec/backends/backend.js'
import type { KnownRows, StateChange } from '#ec/backends/store.js'
import { createClient, type EcClient } from '#ec/client.js'
import { toEcError } from '#ec/core/errors.js'
import { silentLog } from '#ec/core/log.js'
import { FakeClock } from './fake-clock.js'
import { anEvent } from './store-samples.js'
import { openTestBackend } from './test-backend.js'

export interface OpenFeed {
  readonly backend: Backend
  readonly clock: FakeClock
  readonly feed: Feed
  readonly meter: ScrapedMeter
  readonly url: string
  readonly client: EcClient
  /** How often the feed has read from the store. */
  reads(): number
  /** From here on reads wait until the function that it returns is called. */
  holdReads(): () => void
  /** The next read of what arrived fails. */
  failNextRead(): void
  /** What it has asked for again. */
  readAgain(): readonly KnownRows[]
  /** Anna did something with these, and her clients are told. */
  change(state: StateChange['state'], ids: readonly string[]): Promise<void>
  /** Stores events and says so, as an emit does. */
  append(...events: readonly Parameters<typeof anEvent>[0][]): Promise<void>
}

/** The activity feed on a real store and a real server; its time is the test's. */
export async function openFeed(): Promise<OpenFeed> {
  const clock = new FakeClock()
  const backend = await openTestBackend(clock)
  const { store, bus } = backend
  const meter = createMeter()
  let reads = 0
  let fails = false
  const again: KnownRows[] = []
  let held: Promise<void> = Promise.resolve()
  const feed = new Feed({
    store: {
      ...store,
      async readArrivals(after, limit) {
        reads += 1
        if (fails) {
          fails = false
          throw new Error('the disk does not answer')
        }
        const arrivals = await store.readArrivals(after, limit)
        await held
        return arrivals
      },
      readAgain: async known => (again.push(known), store.readAgain(known)),
    },
    bus,
    clock,
    log: silentLog,
    tally: meter,
    clients: () => 0,
    render: renderActivity,
  })
  const server = createServer((request, response) => {
    const cursor = request.headers['last-event-id']
    feed.follow(typeof cursor === 'string' ? cursor : null, response).catch((thrown: unknown) => {
      const { status, code, message: detail } = toEcError(thrown)
      response.writeHead(status).end(JSON.stringify({ code, detail }))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const client = createClient({ url })
  onTestFinished(() => {
    client.close()
    server.closeAllConnections()
    server.close()
  })

  return {
    backend,
    clock,
    feed,
    meter,
    url,
    client,
    reads: () => reads,
    failNextRead: () => void (fails = true),
    readAgain: () => again,
    async change(state, ids) {
      const change = { userId: 'anna', by: null, at: clock.now(), until: null }
      const items = await store.changeStates({ ...change, state, ids })
      bus.publish('stream', { userId: 'anna', items })
    },
    holdReads() {
      const { promise, resolve } = withResolvers()
      held = promise
      return resolve
    },
    async append(...events) {
      for (const one of await store.appendEvents(events.map(anEvent))) {
        if (one.outcome !== 'appended' || one.item === null) continue
        bus.publish('stream', { userId: one.item.userId, items: [one.item] })
      }
    },
  }
}

function withResolvers() {
  let resolve: () => void = ignore
  const promise = new Promise<void>(done => (resolve = done))
  return { promise, resolve }
}

function ignore(): void {}
