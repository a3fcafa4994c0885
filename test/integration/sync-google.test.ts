import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startAgent } from '#ec/agent/agent.js'
import { createClient, type EcClient } from '#ec/client.js'
import { createSystemClock } from '#ec/core/clock.js'
import { DEFAULT_CONFIG } from '#ec/core/config.js'
import { silentLog } from '#ec/core/log.js'
import { dataPaths } from '#ec/core/paths.js'
import { startSandbox, type Sandbox } from '#ec/sandbox/start-sandbox.js'
import { browse } from '../support/account-world.js'
import { freePort } from '../support/free-port.js'
import { tempDir } from '../support/temp-dir.js'
import { until } from '../support/until.js'

const REDIRECT = 'http://127.0.0.1:53682/'

interface World {
  readonly sandbox: Sandbox
  readonly client: EcClient
  /** The resource of ana's own calendar. */
  readonly id: string
  /** Stopped, and started again once `meanwhile` is done. */
  restart(meanwhile: () => void): Promise<EcClient>
}

/** The whole agent with ana's calendar of the sandbox, read and watched for real. */
async function openWorld(events = 5, reachable = true): Promise<World> {
  const sandbox = await startSandbox({
    clock: createSystemClock(),
    accounts: [{ email: 'ana@example.com' }, { email: 'ben@example.com' }],
    manners: { empty_page_rate: 0.3, short_page_rate: 0.5, sync_message: 'before' },
  })
  onTestFinished(() => sandbox.close())
  for (let n = 0; n < events; n += 1) sandbox.control.mutate({ do: 'event.create' })
  const { urls } = sandbox
  const dataDir = tempDir()
  const masterKey = randomBytes(32)
  const port = await freePort()
  async function start() {
    const agent = await startAgent({
      config: {
        ...DEFAULT_CONFIG,
        google: {
          ...DEFAULT_CONFIG.google,
          base_url: urls.google,
          token_url: urls.token,
          auth_url: urls.authorize,
          certs_url: urls.certs,
          client_id: 'ec',
          client_secret: 'a secret',
        },
        sync: { ...DEFAULT_CONFIG.sync, coalesce: 30 },
      },
      dataDir,
      paths: dataPaths(dataDir, process.platform, dataDir),
      masterKey,
      keySource: 'the test',
      version: '0.0.0',
      host: '127.0.0.1',
      port,
      publicUrl: reachable ? `http://127.0.0.1:${port}` : null,
      env: {},
      logLevel: 'silent',
      log: silentLog,
      clock: createSystemClock(),
    })
    const client = createClient({ socket: agent.socket })
    let stopped: Promise<void> | null = null
    const stop = (): Promise<void> => (stopped ??= Promise.resolve(client.close()).then(() => agent.stop(1_000)))
    onTestFinished(stop)
    return { client, stop }
  }
  let running = await start()
  const { client } = running
  const account = await signIn(client)
  const { id } = await client.resources.add({
    provider: 'google-calendar',
    user: 'ana',
    name: 'Work',
    account,
    target: 'ana@example.com',
  })
  return {
    sandbox,
    client,
    id,
    async restart(meanwhile) {
      await running.stop()
      meanwhile()
      running = await start()
      return running.client
    },
  }
}

async function signIn(client: EcClient, person?: string): Promise<string> {
  const verifier = randomBytes(32).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const begun = await client.accounts.begin({
    family: 'google',
    providers: ['google-calendar'],
    redirect_uri: REDIRECT,
    state: 'state',
    challenge,
    ...(person === undefined ? {} : { login_hint: person }),
  })
  const code = await browse(new URL(begun.url))
  const account = await client.accounts.finish({
    family: 'google',
    providers: ['google-calendar'],
    user: 'ana',
    redirect_uri: REDIRECT,
    code,
    verifier,
  })
  return account.id
}

const synced = async (client: EcClient, id: string) => (await client.resources.get(id)).sync
const watched = ({ client, id }: World) =>
  until(
    () => synced(client, id),
    sync => sync?.mode === 'webhook' && sync.complete,
  )

async function titles(client: EcClient): Promise<readonly string[]> {
  const { events } = await client.events.list({ user: 'ana', after: '0', limit: 500 })
  return events.flatMap(({ type, title }) => (type.startsWith('calendar.') ? [`${type} ${title}`] : []))
}

function requests({ control }: Sandbox, operation: string): number {
  return control.log().filter(entry => entry.kind === 'request' && entry.operation === operation).length
}

describe("ana's calendar", () => {
  it('is read, watched and proved as soon as it is added, and nothing of it is news', async () => {
    const world = await openWorld(12)
    const sync = await watched(world)
    expect(sync).toMatchObject({ mode: 'webhook', items: 12, error: null })
    expect(await titles(world.client)).toEqual([])
    const { subscriptions } = await world.client.subscriptions.list({ resource: world.id })
    expect(subscriptions).toMatchObject([{ state: 'active' }])
  })

  it('is announced change by change, each once, within a moment', async () => {
    const world = await openWorld(3)
    await watched(world)
    const { control } = world.sandbox
    control.mutate({ do: 'event.create', event: { id: 'dentist1', summary: 'Dentist' } })
    await until(
      () => titles(world.client),
      found => found.length === 1,
    )
    control.mutate({ do: 'event.patch', id: 'dentist1', event: { location: 'Elm Street 4' } })
    await until(
      () => titles(world.client),
      found => found.length === 2,
    )
    control.mutate({ do: 'event.delete', id: 'dentist1' })
    const all = await until(
      () => titles(world.client),
      found => found.length === 3,
    )
    expect(all.map(one => one.split(' ')[0])).toEqual([
      'calendar.event.created',
      'calendar.event.updated',
      'calendar.event.deleted',
    ])
    expect(all.every(one => one.includes('Dentist'))).toBe(true)
    const { notifications } = await world.client.notifications.list({ resource: world.id, after: '0' })
    await until(
      async () => (await world.client.notifications.list({ resource: world.id, after: '0' })).notifications,
      found => found.every(({ state }) => state === 'processed'),
    )
    expect(notifications.length).toBeGreaterThanOrEqual(4)
  })

  it('is what the service has after its tokens were thrown away, and nothing was lost or told twice', async () => {
    const world = await openWorld(20)
    await watched(world)
    world.sandbox.control.mutate({ do: 'calendar.expire-tokens' })
    world.sandbox.control.mutate({ do: 'event.create', event: { summary: 'After the fall' } })
    const found = await until(
      () => titles(world.client),
      all => all.length > 0,
    )
    expect(found).toHaveLength(1)
    const sync = await until(
      () => synced(world.client, world.id),
      one => one?.items === 21,
    )
    expect(sync).toMatchObject({ mode: 'webhook', error: null })
  })

  it('is heard of, for good, before anything is read: while Google hangs, what it tells is taken at once', async () => {
    const world = await openWorld(2)
    await watched(world)
    const { control } = world.sandbox
    const pushes = () => control.log().filter(({ kind, operation }) => kind === 'push' && operation === 'calendar.push')
    const before = pushes().length
    control.fault({ on: 'request', kind: 'drop', match: { operation: 'calendar.events.list' } })
    control.mutate({ do: 'event.create', event: { summary: 'Nobody can read it yet' } })
    const [push] = await until(
      async () => pushes().slice(before),
      found => found.some(({ status }) => status !== null),
    )
    expect(push).toMatchObject({ status: 202, attempt: 1 })
    const { notifications } = await world.client.notifications.list({ resource: world.id, after: '0' })
    expect(notifications.at(-1)).toMatchObject({ kind: 'exists' })
    expect(notifications.at(-1)?.state).not.toBe('processed')
    expect(await titles(world.client)).toEqual([])
  })

  it('is told of by a new channel at once: its secret is believed before Google has it', async () => {
    const world = await openWorld(1)
    await watched(world)
    const list = async () => (await world.client.subscriptions.list({ resource: world.id })).subscriptions
    // From here on the door has the present secret in mind.
    world.sandbox.control.mutate({ do: 'event.create' })
    await until(
      () => titles(world.client),
      found => found.length === 1,
    )
    const [first] = await list()
    await world.client.subscriptions.renew(String(first?.id))
    await until(list, found => found[1]?.state === 'active' && found[1].verified_at !== null)
    const { notifications } = await world.client.notifications.list({ resource: world.id, after: '0' })
    expect(notifications.filter(({ state }) => state === 'quarantined')).toEqual([])
  })

  it('is caught up on by one read after a restart, and goes on by its channel', async () => {
    const world = await openWorld(3)
    await watched(world)
    const client = await world.restart(() => {
      world.sandbox.control.mutate({ do: 'event.create', event: { summary: 'While it was away' } })
    })
    await until(
      () => titles(client),
      found => found.length === 1,
    )
    world.sandbox.control.mutate({ do: 'event.create', event: { summary: 'Back again' } })
    const found = await until(
      () => titles(client),
      all => all.length === 2,
    )
    expect(found.map(one => /While|Back/.exec(one)?.[0])).toEqual(['While', 'Back'])
    expect(requests(world.sandbox, 'calendar.events.watch')).toBe(1)
    expect(await synced(client, world.id)).toMatchObject({ mode: 'webhook' })
  })

  it('is polled where nothing reaches this machine, and says so', async () => {
    const world = await openWorld(4, false)
    const sync = await until(
      () => synced(world.client, world.id),
      one => one?.items === 4,
    )
    expect(sync).toMatchObject({ mode: 'polling' })
    expect(requests(world.sandbox, 'calendar.events.watch')).toBe(0)
    const { checks } = await world.client.checks()
    expect(checks.find(({ code }) => code === 'sync.mode')).toMatchObject({ status: 'warn' })
  })

  it('is stopped at Google before it is removed', async () => {
    const world = await openWorld(1)
    await watched(world)
    await world.client.resources.remove(world.id)
    expect(requests(world.sandbox, 'calendar.channels.stop')).toBe(1)
  })

  it('is stopped at Google while somebody may still do so: before the consent of its account ends', async () => {
    const world = await openWorld(1)
    await watched(world)
    const { account } = await world.client.resources.get(world.id)
    await world.client.accounts.remove(String(account))
    const ends = new Set(['calendar.channels.stop', 'oauth.revoke'])
    const asked = world.sandbox.control
      .log()
      .filter(({ kind, operation }) => kind === 'request' && ends.has(operation ?? ''))
    expect(asked.map(({ operation, status }) => `${operation} ${status}`)).toEqual([
      'calendar.channels.stop 204',
      'oauth.revoke 200',
    ])
  })
})

describe('a calendar that two accounts of ana see', () => {
  it('is there once, is told once, and is taken over when the first is removed', async () => {
    const world = await openWorld(2)
    const { client, sandbox, id } = world
    await watched(world)
    const [first, second] = ['ana@example.com', 'ben@example.com']
    sandbox.control.mutate({ do: 'calendar.share', account: first, calendar: first, with: second, role: 'reader' })
    const account = await signIn(client, second)
    const { found } = await client.accounts.discover(account)
    expect(found.find(({ target }) => target === first)).toMatchObject({ resource: null, through: first })
    const twin = await client.resources.add({ provider: 'google-calendar', user: 'ana', account, target: first })
    expect(await synced(client, twin.id)).toMatchObject({
      mode: 'none',
      because: `it is read through ${first} already`,
    })

    sandbox.control.mutate({ do: 'event.create', event: { summary: 'Lunch' } })
    await until(
      () => titles(client),
      told => told.length > 0,
    )
    const { calendars } = await client.calendars.list('ana')
    expect(calendars.map(one => one.id)).toEqual([id])
    const { events } = await client.calendars.events('ana')
    expect(new Set(events.map(one => one.event)).size).toBe(events.length)
    expect(await client.calendars.events('ana', { calendar: twin.id })).toEqual(await client.calendars.events('ana'))

    await client.resources.remove(id)
    await client.resources.sync(twin.id)
    await until(
      () => synced(client, twin.id),
      sync => sync?.complete === true,
    )
    sandbox.control.mutate({ do: 'event.create', event: { summary: 'Tea' } })
    await client.resources.sync(twin.id)
    const told = await until(
      () => titles(client),
      all => all.some(title => title.includes('Tea')),
    )
    expect(told.filter(title => title.includes('Lunch'))).toHaveLength(1)
    expect((await client.calendars.list('ana')).calendars.map(one => one.id)).toEqual([twin.id])
  })
})
