import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runCli, makeHome, startAgentProcess, startCli, type CliResult, type Home } from '../support/cli.ts'
import { ask, cookieOf, secretOf } from '../support/page.ts'

/** The one JSON document of a command that must succeed. */
async function json(home: Home, ...args: readonly string[]) {
  const result = await runCli(home, [...args, '--json'])
  expect(result).toMatchObject({ code: 0 })
  return JSON.parse(result.stdout)
}

describe('`ec agent`', () => {
  it('says on stdout when it serves and when it stops, logs NDJSON on stderr, and ends with 0', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    expect(agent.ready).toEqual({
      type: 'ready',
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      socket: join(home.dataDir, 'agent.sock'),
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      pid: agent.child.pid,
      inbox: `${agent.ready.url}/inbox`,
    })
    expect(statSync(home.dataDir).mode & 0o777).toBe(0o700)
    expect(statSync(join(home.dataDir, 'master.key')).mode & 0o777).toBe(0o600)
    expect((await fetch(`${agent.ready.url}/health`)).status).toBe(200)
    expect(await agent.stop()).toBe(0)
    expect(agent.lines.map(line => JSON.parse(line))).toEqual([{ type: 'stopping' }])
    for (const line of agent.errors) expect(JSON.parse(line)).toMatchObject({ level: 'info', time: expect.any(String) })
  })

  it('drains at the first Ctrl-C and ends at once at the second', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const tail = startCli(home, ['events', 'tail', '--json'])
    await once(createInterface({ input: tail.stdout }), 'line')
    expect(await agent.stop('SIGINT')).toBe(0)

    const again = await startAgentProcess(home)
    const stopping = once(createInterface({ input: again.child.stdout }), 'line')
    await beginRequest(again.ready.url)
    again.child.kill('SIGINT')
    await stopping
    const ended = once(again.child, 'close')
    again.child.kill('SIGINT')
    await ended
    expect(again.child.exitCode).toBe(130)
  })

  it('refuses a busy port and a data folder that is in use, exit 1', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const second = await runCli(home, ['agent', '--port', '0'])
    expect(second).toMatchObject({ code: 1, stdout: '' })
    expect(second.stderr).toContain('(EC_AGENT_RUNNING)')
    const other = makeHome()
    const { port } = new URL(agent.ready.url)
    const busy = await runCli(other, ['agent', '--port', port])
    expect(busy).toMatchObject({ code: 1, stdout: '' })
    expect(busy.stderr).toContain('(EC_PORT_BUSY)')
  })

  it('refuses a data folder that cannot be made, exit 3', async () => {
    const home = makeHome()
    writeFileSync(join(home.dir, 'file'), '')
    const { code, stderr } = await runCli(home, ['agent', '--port', '0', '--data-dir', join(home.dir, 'file', 'data')])
    expect(code).toBe(3)
    expect(stderr).toContain('(EC_DATA_DIR)\nnext: choose another with --data-dir')
  })

  it('takes its settings from the configuration, and flags go over them', async () => {
    const home = makeHome()
    const free = await freePort()
    writeFileSync(join(home.configDir, 'ec.config.yaml'), `http: { port: ${free} }\ndata_dir: ./elsewhere\n`)
    const child = startCli(home, ['agent', '--no-tui'])
    const [line] = await once(createInterface({ input: child.stdout }), 'line')
    expect(JSON.parse(String(line))).toMatchObject({
      url: `http://127.0.0.1:${free}`,
      socket: join(home.configDir, 'elsewhere', 'agent.sock'),
    })
    expect(await runCli(home, ['status'])).toMatchObject({ code: 0 })
  })
})

describe('events', () => {
  it('of every built-in type are made by their type alone, and shown', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const types = ['job.done', 'job.progress', 'action.required', 'message.new', 'reminder.due', 'system.alert']
    for (const type of types) expect(await runCli(home, ['emit', '--type', type])).toMatchObject({ code: 0 })
    const { events } = await json(home, 'events', 'list', '--user', 'me')
    expect(events.map((event: { type: string }) => event.type)).toEqual(types)
    for (const event of events)
      expect(event).toMatchObject({ title: expect.stringMatching(/^Test: /), data: { test: true } })
    const table = await runCli(home, ['events', 'list'])
    expect(table.stdout.split('\n')[0]).toMatch(/^WHEN +USER +LEVEL +TYPE +TITLE +STATE +ID$/)
  })

  it('with an id are made once, and refused with other content', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const args = ['emit', '--user', 'ana', '--type', 'task.created', '--id', 'task-1', '--title']
    const first = await json(home, ...args, 'Water the plants')
    expect(await json(home, ...args, 'Water the plants')).toEqual(first)
    const other = await runCli(home, [...args, 'Feed the cat'])
    expect(other).toMatchObject({ code: 4, stdout: '' })
    expect(other.stderr).toContain('(EC_CONFLICT)')
  })

  it('are shown, explained, marked, and taken back', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const { id } = await json(
      home,
      'emit',
      '--user',
      'ana',
      '--type',
      'task.created',
      '--title',
      'T',
      '--cta',
      'Open=https://example.org',
    )
    expect((await runCli(home, ['events', 'show', id])).stdout).toMatch(/link +Open: https:\/\/example\.org/)
    expect((await runCli(home, ['events', 'explain', id])).stdout).toMatch(/^Accepted at /)
    for (const [verb, state] of [
      ['seen', 'seen'],
      ['read', 'read'],
      ['unread', 'seen'],
      ['archive', 'archived'],
    ] as const) {
      expect(await runCli(home, ['events', verb, id])).toMatchObject({ code: 0 })
      expect(await json(home, 'events', 'show', id)).toMatchObject({ state })
    }
    expect(await runCli(home, ['events', 'retract', id, '--user', 'ana'])).toMatchObject({ code: 0 })
    expect(await json(home, 'events', 'show', id)).toMatchObject({ state: 'retracted' })
  })

  it('are snoozed for a while', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const { id } = await json(home, 'emit', '--type', 'job.done')
    expect(await runCli(home, ['events', 'snooze', id, '--for', '2h'])).toMatchObject({ code: 0 })
    expect(await json(home, 'events', 'show', id)).toMatchObject({ state: 'snoozed' })
  })

  it('that do not exist make exit code 6', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    for (const args of [
      ['events', 'show', 'evt_x'],
      ['events', 'explain', 'evt_x'],
      ['jobs', 'show', 'x'],
      ['jobs', 'retry', 'x'],
      ['notifications', 'why', 'x'],
    ]) {
      expect(await runCli(home, args), args.join(' ')).toMatchObject({ code: 6, stdout: '' })
    }
    expect(await runCli(home, ['events', 'list'])).toEqual({ code: 0, stdout: '', stderr: 'no events\n' })
  })

  it('that break the contract are refused by the agent: exit code 4, field by field', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const result = await runCli(home, ['emit', '--file', '-'], {
      input: '{"type":"a.b","titel":"T","body":"","level":"loud"}',
    })
    expect(result).toMatchObject({ code: 4, stdout: '' })
    expect(result.stderr).toContain('titel unknown field; did you mean title?')
    expect(result.stderr).toContain('level takes one of')
  })

  it('come through `tail` as they happen, and again after a restart of the agent', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const tail = startCli(home, ['events', 'tail', '--user', 'ana', '--json'])
    const lines = createInterface({ input: tail.stdout })[Symbol.asyncIterator]()
    const next = async () => JSON.parse(String((await lines.next()).value))
    expect(await next()).toEqual({ type: 'live' })
    await json(home, 'emit', '--user', 'ana', '--type', 'a.b', '--title', 'first')
    expect(await next()).toMatchObject({ type: 'event', seq: 1, replay: false, event: { title: 'first' } })
    await agent.stop()
    await startAgentProcess(home)
    await json(home, 'emit', '--user', 'ana', '--type', 'a.b', '--title', 'second')
    const items = [await next()]
    while (items.at(-1).type !== 'event') items.push(await next())
    expect(items.at(-1)).toMatchObject({ seq: 2, event: { title: 'second' } })
  }, 40_000)

  it('are waited for until they are delivered', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    expect(await json(home, 'emit', '--type', 'job.done', '--wait')).toMatchObject({ seq: 1, outcome: 'delivered' })
  })
})

describe('a resource', () => {
  it('is added, receives a signed webhook, and tells what came of it', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const added = await json(home, 'resources', 'add', 'github', '--user', 'ana', '--name', 'garden')
    expect(added).toMatchObject({
      id: expect.any(String),
      webhook_url: expect.stringContaining('/webhooks/github/'),
      secret: expect.any(String),
    })
    const body = JSON.stringify({
      zen: 'z',
      ref: 'refs/heads/main',
      commits: [],
      repository: { full_name: 'ana/garden' },
    })
    const headers = {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'x-hub-signature-256': `sha256=${createHmac('sha256', added.secret).update(body).digest('hex')}`,
    }
    expect((await fetch(added.webhook_url, { method: 'POST', headers, body })).status).toBe(202)
    expect(
      (
        await fetch(added.webhook_url, {
          method: 'POST',
          headers: { ...headers, 'x-hub-signature-256': 'sha256=00' },
          body,
        })
      ).status,
    ).toBe(401)
    const { notifications } = await json(home, 'notifications', 'list')
    expect(notifications.map((row: { state: string }) => row.state)).toEqual([
      expect.stringMatching(/accepted|processed/),
      'quarantined',
    ])
    expect((await runCli(home, ['notifications', 'why', notifications[1].id])).stdout).toMatch(/signature/i)
    expect((await runCli(home, ['notifications', 'show', notifications[0].id])).stdout).toContain('ana/garden')
    expect(agent.errors.join('\n')).not.toContain(added.secret)
  })

  it('takes a secret from a file, is paused, resumed, listed and removed', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    writeFileSync(join(home.cwd, 'secret'), 'a secret of some length\n')
    const added = await json(
      home,
      'resources',
      'add',
      'github',
      '--secret-file',
      'secret',
      '--set',
      'repository=ana/garden',
    )
    expect(added).not.toHaveProperty('secret')
    expect(added).toMatchObject({ user: 'me', settings: { repository: 'ana/garden' } })
    await runCli(home, ['resources', 'pause', added.id])
    expect(await json(home, 'resources', 'show', added.id)).toMatchObject({ paused: true })
    await runCli(home, ['resources', 'resume', added.id])
    expect(await json(home, 'resources', 'list')).toMatchObject({
      resources: [{ id: added.id, paused: false }],
      next: null,
    })
    expect(await runCli(home, ['resources', 'remove', added.id])).toMatchObject({ code: 0 })
    expect(await runCli(home, ['resources', 'show', added.id])).toMatchObject({ code: 6 })
  })

  it('of a provider that nobody knows is refused', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    expect(await runCli(home, ['resources', 'add', 'gitbub'])).toMatchObject({ code: 4, stdout: '' })
  })
})

describe('keys and tokens', () => {
  it('open what they are for from afar, and nothing else', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const emitKey: CliResult = await runCli(home, [
      'keys',
      'create',
      '--name',
      'svc',
      '--scope',
      'emit',
      '--types',
      'deploy.*',
    ])
    expect(emitKey.stdout).toMatch(/^\S+\n$/)
    const { id, key } = await json(home, 'keys', 'create', '--name', 'op', '--scope', 'operate')
    const remote = (token: string) => ({ env: { EC_URL: agent.ready.url, EC_TOKEN: token } })
    const away = makeHome()
    expect(await runCli(away, ['status'], remote(key))).toMatchObject({ code: 0 })
    expect(await runCli(away, ['status'], remote(emitKey.stdout.trim()))).toMatchObject({ code: 3 })
    expect(await runCli(away, ['status'], { env: { EC_URL: agent.ready.url } })).toMatchObject({ code: 3 })
    const emit = ['emit', '--user', 'ana', '--title', 'T', '--type']
    expect(await runCli(away, [...emit, 'deploy.done'], remote(emitKey.stdout.trim()))).toMatchObject({ code: 0 })
    expect(await runCli(away, [...emit, 'task.done'], remote(emitKey.stdout.trim()))).toMatchObject({ code: 3 })
    expect(await runCli(home, ['keys', 'revoke', id])).toMatchObject({ code: 0 })
    expect(await runCli(away, ['status'], remote(key))).toMatchObject({ code: 3 })
    const { stdout: token } = await runCli(home, ['token', 'ana', '--ttl', '10m'])
    expect(token).toMatch(/^[A-Za-z0-9._-]+\n$/)
    expect(await runCli(away, ['events', 'list'], remote(token.trim()))).toMatchObject({ code: 0 })
  })
})

describe('`ec token --link`', () => {
  it('prints the one address that signs a browser in, once; `ec users signout` ends it', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const signIn = (url: string) =>
      ask(`${agent.ready.url}/api/session`, { method: 'POST', json: { link: secretOf(url) } })
    const { stdout } = await runCli(home, ['token', 'ana', '--link'])
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/inbox#in=ecl_[A-Za-z0-9_-]{43}\n$/)
    const [first, second] = [await signIn(stdout.trim()), await signIn(stdout.trim())]
    expect([first.status, first.body.user, second.body.code]).toEqual([200, 'ana', 'EC_LINK_USED'])
    const made = await json(home, 'token', 'ana', '--link', '--ttl', '7d')
    expect(made).toEqual({ url: expect.stringContaining('/inbox#in='), expires_at: expect.any(String) })
    expect(await runCli(home, ['token', 'ana', '--link', '--ttl', '8d'])).toMatchObject({ code: 4, stdout: '' })

    expect(await runCli(home, ['users', 'signout', 'ana'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'ana: signed out of all browsers\n',
    })
    const session = await ask(`${agent.ready.url}/api/session`, { headers: { cookie: cookieOf(first) } })
    expect(session.status).toBe(401)
    expect((await signIn(made.url)).body.code).toBe('EC_LINK_UNKNOWN')
    // No secret is in anything that was written down.
    const secrets = [secretOf(stdout.trim()), secretOf(made.url), cookieOf(first).split('=')[1] ?? 'none']
    const written = [JSON.stringify(agent.ready), ...agent.lines, ...agent.errors].join()
    const kept = readdirSync(home.dataDir)
      .map(name => join(home.dataDir, name))
      .filter(file => statSync(file).isFile())
    for (const secret of secrets) {
      expect(written).not.toContain(secret)
      for (const file of kept) expect(readFileSync(file).includes(secret)).toBe(false)
    }
  })
})

describe('users', () => {
  it('are set, exported and erased', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    await json(home, 'emit', '--user', 'ana', '--type', 'a.b', '--title', 'T')
    expect(await json(home, 'users', 'set', 'ana', '--name', 'Ana', '--tz', 'Europe/Madrid')).toMatchObject({
      name: 'Ana',
    })
    expect(await json(home, 'users', 'set', 'ana', '--name', '')).toMatchObject({ name: null, tz: 'Europe/Madrid' })
    const exported = JSON.parse((await runCli(home, ['users', 'export', 'ana'])).stdout)
    expect(exported).toMatchObject({
      user: { id: 'ana' },
      events: [{ title: 'T' }],
      questions: [],
      resources: [],
      sessions: [],
    })
    expect(await runCli(home, ['users', 'erase', 'ana'])).toMatchObject({ code: 0 })
    expect((await json(home, 'events', 'list', '--user', 'ana')).events).toEqual([])
    expect(await runCli(home, ['users', 'show', 'ana'])).toMatchObject({ code: 6 })
  })
})

describe('the house', () => {
  it('is told by status, jobs, calls and features', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    expect(await json(home, 'status')).toMatchObject({ url: agent.ready.url, version: agent.ready.version })
    expect((await runCli(home, ['status'])).stdout).toContain(agent.ready.url)
    expect(await json(home, 'jobs', 'list')).toEqual({ jobs: [], next: null })
    expect(await json(home, 'calls')).toMatchObject({ calls: [] })
    expect(await json(home, 'features', 'list')).toEqual({ features: { webhooks: true } })
    expect(await runCli(home, ['features', 'off', 'webhooks'])).toMatchObject({ code: 0 })
    expect(await json(home, 'features', 'list')).toEqual({ features: { webhooks: false } })
    const unknown = await runCli(home, ['features', 'off', 'webhoks'])
    expect(unknown).toMatchObject({ code: 6, stdout: '' })
    expect(unknown.stderr).toContain('next: the features are webhooks')
    expect(await json(home, 'features', 'list')).toEqual({ features: { webhooks: false } })
  })

  it('is backed up while it serves, and restored', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    await json(home, 'emit', '--user', 'ana', '--type', 'a.b', '--title', 'kept')
    expect(await runCli(home, ['backup', 'copy.db'])).toMatchObject({ code: 0 })
    expect(readFileSync(join(home.cwd, 'copy.db')).subarray(0, 15).toString()).toBe('SQLite format 3')
    await json(home, 'emit', '--user', 'ana', '--type', 'a.b', '--title', 'lost')
    const none = join(home.cwd, 'none.db')
    expect(await runCli(home, ['restore', 'none.db', '--yes'])).toEqual({
      code: 3,
      stdout: '',
      stderr: `ec: there is no file ${none} (EC_FILE)\nnext: name a file that \`ec backup\` wrote, as the agent sees it\n`,
    })
    expect((await runCli(home, ['restore', '.', '--yes'])).stderr).toContain(`${home.cwd} is no file (EC_FILE)`)
    expect(await runCli(home, ['restore', 'copy.db', '--yes'])).toMatchObject({ code: 0 })
    const { events } = await json(home, 'events', 'list', '--user', 'ana')
    expect(events.map((event: { title: string }) => event.title)).toEqual(['kept'])
  })
})

/** A request that never ends: its headers are begun and not finished. */
async function beginRequest(url: string): Promise<void> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write('GET /health HTTP/1.1\r\nhost: loc')
  // By the time that a later request is answered, the agent has read this one too.
  await fetch(`${url}/health`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise(resolve => void server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
