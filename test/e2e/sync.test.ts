import { describe, expect, it, vi } from 'vitest'
import { runCli, type CliResult } from '../support/cli.ts'
import { openSyncedHome, type SyncedHome } from '../support/synced-home.ts'

const PATIENCE = { interval: 50, timeout: 20_000 }

function ec({ home }: SyncedHome, ...args: readonly string[]): Promise<CliResult> {
  return runCli(home, args)
}

/** The one document of a command that must succeed. */
async function json(world: SyncedHome, ...args: readonly string[]) {
  const result = await ec(world, ...args, '--json')
  expect(result, result.stderr).toMatchObject({ code: 0 })
  return JSON.parse(result.stdout)
}

function addEvents({ sandbox }: SyncedHome, count: number, calendar = 'primary'): void {
  const start = Date.now() + 3_600_000
  for (let i = 0; i < count; i++) {
    const at = (ms: number) => ({ dateTime: new Date(start + i * 7_200_000 + ms).toISOString(), timeZone: 'UTC' })
    const event = { summary: `Meeting ${i}`, start: at(0), end: at(1_800_000) }
    sandbox.control.mutate({ do: 'event.create', calendar, event })
  }
}

/** Its calendar, read and watched. */
async function addCalendar(world: SyncedHome, named?: string): Promise<string> {
  const { client, account } = world
  const { found } = await client.accounts.discover(account)
  const primary = found.find(one => one.primary && one.provider === 'google-calendar')
  const target = named ?? primary?.target ?? ''
  const { id } = await client.resources.add({ provider: 'google-calendar', user: 'ana', name: 'Work', account, target })
  return id
}

async function untilWatched({ client }: SyncedHome, id: string): Promise<void> {
  await vi.waitFor(async () => {
    const { sync } = await client.resources.get(id)
    expect(sync).toMatchObject({ complete: true, job: null, mode: 'webhook', subscription: { state: 'active' } })
  }, PATIENCE)
}

describe('a calendar that is synced', () => {
  it('is shown, listed and summed up in words, and is read on demand', async () => {
    const world = await openSyncedHome()
    addEvents(world, 3)
    const id = await addCalendar(world)
    await untilWatched(world, id)
    const shown = await ec(world, 'resources', 'show', id)
    expect(shown.stdout).toMatch(/^mode +webhook$/m)
    expect(shown.stdout).toMatch(/^items +3$/m)
    expect(shown.stdout).toMatch(/^subscription +[0-9a-f-]{36} \(active\)$/m)
    const list = await ec(world, 'resources', 'list')
    expect(list.stdout).toMatch(/^PROVIDER +NAME +USER +STATE +MODE +ITEMS +LAST NEWS +NEXT LOOK +ID$/m)
    expect(list.stdout).toMatch(/^google-calendar +Work +ana +\w+ +webhook +3 .*[0-9a-f-]{36}$/m)
    const read = await json(world, 'resources', 'sync', id, '--full', '--wait')
    expect(read).toMatchObject({ job_id: expect.stringMatching(/^job_/), sync: { items: 3, last_sync_type: 'full' } })
    const status = await json(world, 'status')
    expect(Object.values(status.health)).toEqual([1])
    expect(status.attention).toEqual([])
    expect((await ec(world, 'status')).stdout).toMatch(/^resources +1: 1 \w+$/m)
    const unknown = await ec(world, 'resources', 'sync', 'nothing')
    expect(unknown).toMatchObject({ code: 6 })
    const plain = await world.client.resources.add({ provider: 'github', user: 'ana' })
    const refused = await ec(world, 'resources', 'watch', plain.id)
    expect(refused.code).toBe(4)
    expect(refused.stderr).toContain('EC_CONFLICT')
  })

  it('answers from the cache until a push changes it, and says how fresh it is', async () => {
    const world = await openSyncedHome()
    addEvents(world, 2)
    const id = await addCalendar(world)
    await untilWatched(world, id)
    const token = (await ec(world, 'token', 'ana')).stdout.trim()
    const ask = async () => {
      const headers = { authorization: `Bearer ${token}` }
      const response = await fetch(`${world.agent.ready.url}/api/calendars/ana/events`, { headers })
      const body = Object(await response.json())
      return {
        cache: response.headers.get('x-ec-cache'),
        body,
        titles: body.events.map((e: { title: string }) => e.title),
      }
    }
    const first = await ask()
    expect(first).toMatchObject({ cache: 'miss', titles: ['Meeting 0', 'Meeting 1'], body: { incomplete: [] } })
    expect(Date.parse(first.body.fresh_at)).toBeGreaterThan(Date.now() - 60_000)
    expect((await ask()).cache).toBe('hit')
    const cached = await json(world, 'cache', 'show', 'calendar:')
    expect(cached.entries.map(({ key }: { key: string }) => key)).toEqual([
      expect.stringMatching(/^calendar:events:ana:\d{4}-\d\d-\d\d:\d{4}-\d\d-\d\d$/),
      // How fresh a kept answer is has to be asked each time.
      'calendar:sync_token:ana',
    ])
    world.sandbox.control.mutate({ do: 'event.create', event: { summary: 'A surprise' } })
    await vi.waitFor(async () => expect((await world.client.resources.get(id)).sync?.items).toBe(3), PATIENCE)
    await vi.waitFor(async () => expect((await ask()).titles).toHaveLength(3), PATIENCE)
    expect((await json(world, 'cache', 'clear')).cleared).toBe(1)
    expect((await ask()).cache).toBe('miss')
    const calendars = await world.client.calendars.list('ana')
    expect(calendars.calendars).toMatchObject([{ id, name: 'Work', account: 'ana@example.com', items: 3 }])
  })

  it('has its subscription renewed, stopped and made anew', async () => {
    const world = await openSyncedHome()
    const id = await addCalendar(world)
    await untilWatched(world, id)
    const active = async () => (await json(world, 'subscriptions', 'list', '--state', 'active')).subscriptions
    const [first] = await active()
    expect(first).toMatchObject({ resource: id, ended_at: null })
    expect((await ec(world, 'subscriptions', 'renew', first.id)).stderr).toContain('is renewed by job_')
    await vi.waitFor(async () => expect((await active())[0]).not.toMatchObject({ id: first.id }), PATIENCE)
    const [second] = await active()
    expect((await json(world, 'subscriptions', 'stop', second.id)).job_id).toMatch(/^job_/)
    await vi.waitFor(async () => expect(await active()).toEqual([]), PATIENCE)
    await vi.waitFor(async () => {
      expect((await world.client.resources.get(id)).sync).toMatchObject({ mode: 'polling' })
    }, PATIENCE)
    expect((await ec(world, 'resources', 'watch', id)).code).toBe(0)
    await untilWatched(world, id)
    expect((await ec(world, 'subscriptions', 'renew', 'nothing')).code).toBe(6)
  })

  it('keeps what is suddenly gone until a person says that it may go', async () => {
    const world = await openSyncedHome()
    const { mutate } = world.sandbox.control
    const team = { summary: 'Team', id: 'team@group.calendar.google.com' }
    mutate({ do: 'calendar.create', ...team })
    addEvents(world, 15, team.id)
    const id = await addCalendar(world, team.id)
    await untilWatched(world, id)
    // Another calendar in its place, which knows nothing of what was there.
    mutate({ do: 'calendar.delete', calendar: team.id })
    mutate({ do: 'calendar.create', ...team })
    const held = await ec(world, 'resources', 'sync', id, '--full', '--wait')
    expect(held.code).toBe(4)
    expect(held.stderr).toContain('15 of 15 are gone at the provider')
    expect(held.stderr).toContain(`ec resources sync ${id} --confirm-deletion`)
    const status = await ec(world, 'status')
    expect(status.stdout).toContain('15 of 15 are gone')
    const let_go = await json(world, 'resources', 'sync', id, '--confirm-deletion', '--wait')
    expect(let_go.sync).toMatchObject({ items: 0, held_deletion: null })
  })

  it('stands in the ledger by account, with what was saved and what came of the reads', async () => {
    const world = await openSyncedHome()
    addEvents(world, 1)
    const id = await addCalendar(world)
    await untilWatched(world, id)
    const reply = await vi.waitFor(async () => {
      const calls = await json(world, 'calls')
      expect(calls.accounts.length).toBeGreaterThan(1)
      return calls
    }, PATIENCE)
    const row = reply.accounts.find(({ provider }: { provider: string }) => provider === 'google-calendar')
    expect(row).toMatchObject({ account: world.account, address: 'ana@example.com', renewals: 1 })
    expect(row.reads).toBeGreaterThan(0)
    expect(reply.saving).toMatchObject({ watched: 1, old: { formula: '1 x 96 a day x 3' } })
    expect(reply.sync.all.full).toBeGreaterThan(0)
    expect(reply.sync.resources).toMatchObject([{ resource: id, name: 'Work' }])
    expect(reply.budgets).toContainEqual(
      expect.objectContaining({ budget: 'Google Calendar', address: 'ana@example.com', per_minute: 500, waits: 0 }),
    )
    const text = (await ec(world, 'calls')).stdout
    expect(text).toMatch(/^PROVIDER +ACCOUNT +READS +RENEWALS +PROBES +WRITES +PULLS +SETUP +RETRIES +FAILURES/m)
    expect(text).toMatch(/^google-calendar +ana@example\.com +\d+ +1 /m)
    expect(text).toContain('the old system (1 x 96 a day x 3)')
    expect(text).toContain('(its own limit is 600)')
    expect((await ec(world, 'calls', '--each')).stdout).toMatch(
      /^google-calendar +ana@example\.com +events\.watch +renew/m,
    )
  })

  it('is reached by the older names', async () => {
    const world = await openSyncedHome()
    const id = await addCalendar(world)
    await untilWatched(world, id)
    const { key } = await json(world, 'keys', 'create', '--name', 'ops', '--scope', 'operate')
    const call = async (method: string, path: string) => {
      const response = await fetch(world.agent.ready.url + path, {
        method,
        headers: { authorization: `Bearer ${key}` },
      })
      return { status: response.status, body: Object(await response.json()) }
    }
    const status = await call('GET', '/webhook/status/ana')
    expect(status.body.resources).toMatchObject([{ resource: id, mode: 'webhook', failure_count: 0 }])
    const set = await call('POST', '/webhook/setup/ana')
    expect(set).toMatchObject({ status: 202, body: { tasks: [{ resource: id }] } })
    const task = set.body.tasks[0].task_id
    await vi.waitFor(async () => {
      expect((await call('GET', `/webhook/task-status/${task}`)).body).toMatchObject({ task_id: task, state: 'done' })
    }, PATIENCE)
    const stopped = await call('DELETE', `/webhook/unsubscribe/${status.body.resources[0].subscription}`)
    expect(stopped.status).toBe(202)
  })
})
