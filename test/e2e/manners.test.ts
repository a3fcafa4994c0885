import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { tell } from '../durability/tell.ts'
import { finish, makeHome, runCli, startAgentProcess, withEcOnPath, type CliResult, type Home } from '../support/cli.ts'
import { openTerminal, whyNoTerminal, type Terminal } from '../support/terminal.ts'

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures')
const ESCAPE = '\u001b['
const noTerminal = whyNoTerminal()
if (noTerminal !== null) tell(`manners in a terminal are not tried: ${noTerminal}`)

let home: Home
beforeEach(() => {
  home = withEcOnPath(makeHome())
})

describe('a reader that leaves', () => {
  it('ends lists, exports and help with 0 and without a word', async () => {
    await startAgentProcess(home)
    await emitMany(home, 300)
    for (const line of [
      'events list --limit 1000',
      'events list --limit 1000 --json',
      'users export me',
      'config list',
      'help',
      'help --json',
      'completion fish',
      `replay ${FIXTURES} --dry-run`,
      `replay ${FIXTURES} --dry-run --json`,
      `replay ${FIXTURES} --json`,
    ]) {
      const { code, stdout, stderr } = await inShell(home, `{ ec ${line}; echo $? > code; } | head -n 1; cat code`)
      expect({ line, code, stderr, ended: stdout.split('\n').at(-2) }).toEqual({
        line,
        code: 0,
        stderr: '',
        ended: '0',
      })
    }
  })

  it('ends a stream at the next event, with 0', async () => {
    await startAgentProcess(home)
    const piped = inShell(home, '{ ec events tail --json; echo $? > code; } | { head -n 1; touch left; }; cat code')
    await until(() => existsSync(join(home.cwd, 'left')))
    await runCli(home, ['emit', '--type', 'job.done'])
    expect(await piped).toEqual({ code: 0, stdout: '{"type":"live"}\n0\n', stderr: '' })
  })
})

describe('streams that are not there', () => {
  it.each(['help', 'config list', 'completion bash'])('a closed stdout is no reason to fall: ec %s', async line => {
    const { code, stderr } = await inShell(home, `ec ${line} >&-`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it('a closed stderr takes the words, not the exit code', async () => {
    expect(await inShell(home, 'ec statu 2>&-')).toEqual({ code: 2, stdout: '', stderr: '' })
    expect(await inShell(home, 'ec status 2>&-')).toEqual({ code: 75, stdout: '', stderr: '' })
  })

  it('a closed stdin is an empty one', async () => {
    const { code, stderr } = await inShell(home, 'ec emit --file - <&-')
    expect(code).toBe(2)
    expect(stderr).toContain('stdin holds no event (EC_USAGE)')
    await startAgentProcess(home)
    expect(await inShell(home, 'ec emit --type job.done -q <&-')).toMatchObject({ code: 0, stderr: '' })
  })

  // /dev/full exists on Linux alone.
  it.skipIf(process.platform !== 'linux')('a full disk under stdout is an error, whatever was written', async () => {
    await startAgentProcess(home)
    await emitMany(home, 3)
    const lines = ['events list', 'events list --json', 'users export me', 'config list', 'help', 'completion fish']
    for (const line of [...lines, 'emit --type job.done -q']) {
      const { code, stderr } = await inShell(home, `ec ${line} > /dev/full`)
      expect({ line, code }).toEqual({ line, code: 1 })
      if (line.endsWith('--json')) expect(JSON.parse(stderr)).toMatchObject({ code: 'EC_FILE', exit: 1 })
      else expect(stderr).toBe(FULL)
    }
    const tail = inShell(home, 'ec events tail -q > /dev/full')
    const event = setInterval(() => void runCli(home, ['emit', '--type', 'job.done']), 500)
    expect(await tail.finally(() => clearInterval(event))).toEqual({ code: 1, stdout: '', stderr: FULL })
  })
})

describe('what comes in', () => {
  it('may have a line of 1 MB: it is refused alone', async () => {
    await startAgentProcess(home)
    const lines = ['x'.repeat(1_000_000), ''].map((body, i) => ({ type: 'a.b', title: `number ${i}`, body }))
    writeFileSync(join(home.cwd, 'events.ndjson'), lines.map(line => `${JSON.stringify(line)}\n`).join(''))
    const { code, stdout, stderr } = await runCli(home, ['emit', '--file', 'events.ndjson'])
    expect(code).toBe(4)
    expect(stdout).toMatch(/^evt_\S+\n$/)
    expect(stderr).toMatch(/^event 1: .+32768 bytes.+\(EC_EVENT_INVALID\)\n/)
  })

  it('may be spelled wrong where nothing can refuse it: the empty answer says so', async () => {
    await startAgentProcess(home)
    for (const list of ['resources', 'notifications']) {
      const { code, stderr } = await runCli(home, [list, 'list', '--provider', 'gihub'])
      expect({ code, stderr }).toEqual({ code: 0, stderr: `no ${list} of gihub; did you mean github?\n` })
    }
  })

  it('is UTF-8 whatever the locale says', async () => {
    await startAgentProcess(home)
    const env = { LC_ALL: 'C', LANG: 'C' }
    await runCli(home, ['emit', '--type', 'a.b', '--title', 'Ünïcode – 日本 🎉'], { env })
    expect((await runCli(home, ['events', 'list'], { env })).stdout).toContain('Ünïcode – 日本 🎉')
  })
})

describe.skipIf(noTerminal !== null)('in a terminal', () => {
  it.each([
    ['', {}, true],
    ['', { NO_COLOR: '1' }, false],
    ['', { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['', { NO_COLOR: '' }, true],
    ['--color', { NO_COLOR: '1' }, true],
    ['--no-color', { FORCE_COLOR: '3' }, false],
    ['', { TERM: 'dumb' }, false],
    ['', { TERM: 'dumb', FORCE_COLOR: '1' }, true],
    ['', { FORCE_COLOR: '0' }, false],
  ] as const)('`ec %s` with %o has colours: %s', async (flag, env, colours) => {
    const list = openTerminal(home, `ec config list ${flag}`, { env })
    expect(await list.ended).toBe(0)
    expect(list.screen().includes(ESCAPE)).toBe(colours)
    const error = openTerminal(home, `ec status ${flag}`, { env })
    expect(await error.ended).toBe(75)
    expect(error.screen().includes(ESCAPE)).toBe(colours)
  })

  it('Ctrl-C ends what waits with 130 and no complaint', async () => {
    await startAgentProcess(home)
    for (const [line, shown] of [
      ['ec events tail', 'waiting for events'],
      ['ec emit --type action.required --wait', 'accepted as number'],
    ] as const) {
      const terminal = openTerminal(home, line)
      await terminal.until(shown)
      const from = terminal.screen().length
      terminal.type('\u0003')
      expect(await terminal.ended).toBe(130)
      expect(terminal.screen().slice(from).trim()).toBe('^C')
    }
  })

  it('Ctrl-C stops the agent after what is in hand; a second one at once', async () => {
    const agent = openTerminal(home, 'ec agent --no-tui --port 0')
    await agent.until('ready')
    await agent.until('/inbox  (sign a browser in: ec token me --link)')
    agent.type('\u0003')
    expect(await agent.ended).toBe(0)
    expect(agent.screen()).toContain('Ctrl-C again ends at once')

    const again = openTerminal(home, 'ec agent --no-tui --port 0')
    await again.until('ready')
    await beginRequest(again)
    again.type('\u0003')
    await again.until('Ctrl-C again ends at once')
    again.type('\u0003')
    expect(await again.ended).toBe(130)
  })

  it('of 40 columns nothing is wider that can be broken, and no word is torn', async () => {
    await startAgentProcess(home)
    await emitMany(home, 3)
    const ids = await inShell(home, 'ec events list --limit 1 --json')
    const id = String(JSON.parse(ids.stdout).events[0].id)
    await runCli(home, ['resources', 'add', 'github', '--name', 'a repository with a name that goes on and on'])
    await runCli(home, ['keys', 'create', '--name', 'deploys', '--scope', 'emit,read', '--json'])
    const made = await inShell(home, 'ec resources list --json')
    const resource = String(JSON.parse(made.stdout).resources[0].id)
    await runCli(home, ['replay', join(FIXTURES, 'website'), '-q'])
    for (const line of [
      'status',
      'doctor',
      `resources show ${resource}`,
      'notifications why ntf_1',
      `events show ${id}`,
      'jobs show job_1',
      'events list',
      'resources list',
      'keys list',
      'users list',
      'jobs list',
      'notifications list',
      'config list',
      'features list',
      `events explain ${id}`,
      'help',
      'help emit',
      'help environment',
    ]) {
      const terminal = openTerminal(home, `ec ${line}`, { columns: 40 })
      expect(await terminal.ended).toBe(0)
      const shown = stripVTControlCharacters(terminal.screen()).split(/\r?\n/)
      const wide = shown.filter(text => text.length > 40 && !isWhole(text))
      expect({ line, wide }).toEqual({ line, wide: [] })
    }
  })
})

describe('SIGTERM under load', () => {
  it('loses nothing that was answered, and turns the rest away', async () => {
    const agent = await startAgentProcess(home)
    const made = await runCli(home, ['resources', 'add', 'github', '--json'])
    const { webhook_url: url, secret } = JSON.parse(made.stdout)
    const answers: { readonly key: string; readonly status: number; readonly later: string | null }[] = []
    let refused = 0
    const senders = Array.from({ length: 8 }, () => sendUntilRefused())
    await until(() => answers.length > 200)
    expect(await agent.stop('SIGTERM')).toBe(0)
    await Promise.all(senders)

    const kept = answers.filter(({ status }) => status === 202).map(({ key }) => key)
    const turned = answers.filter(({ status }) => status !== 202)
    expect(kept.length).toBeGreaterThan(200)
    for (const { status, later } of turned)
      expect({ status, later }).toEqual({ status: 503, later: expect.any(String) })
    expect(refused).toBe(senders.length)

    await startAgentProcess(home)
    const found = new Set<string>()
    for (let after: string | null = '0'; after !== null;) {
      const list = await runCli(home, ['notifications', 'list', '--limit', '1000', '--after', after, '--json'])
      const page: { notifications: { key: string }[]; next: string | null } = JSON.parse(list.stdout)
      for (const { key } of page.notifications) found.add(key)
      after = page.next
    }
    expect(kept.filter(key => !found.has(key))).toEqual([])

    async function sendUntilRefused(): Promise<void> {
      for (;;) {
        const key = crypto.randomUUID()
        try {
          const response = await fetch(url, signedPush(secret, key))
          await response.arrayBuffer()
          answers.push({ key, status: response.status, later: response.headers.get('retry-after') })
        } catch {
          refused += 1
          return
        }
      }
    }
  })
})

const FULL =
  'ec: the output cannot be written (EC_FILE)\nnext: make room where it is written to, or send it elsewhere\n'

function inShell(home: Home, script: string): Promise<CliResult> {
  const child = spawn('sh', ['-c', script], { cwd: home.cwd, env: home.env })
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stdin.end()
  return finish(child)
}

async function emitMany(home: Home, count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, i) => ({
    type: 'task.created',
    title: `number ${i} of many, with a title that a narrow terminal has to cut somewhere`,
    body: 'body '.repeat(100),
  }))
  const input = events.map(event => `${JSON.stringify(event)}\n`).join('')
  expect(await runCli(home, ['emit', '--file', '-', '-q'], { input })).toMatchObject({ code: 0 })
}

/** A request that never ends, so that the agent has something in hand. */
async function beginRequest(agent: Terminal): Promise<void> {
  const [, url = ''] = /ready\S* at (http\S+)/.exec(stripVTControlCharacters(agent.screen())) ?? []
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write('GET /health HTTP/1.1\r\nhost: loc')
  // By the time that a later request is answered, the agent has read this one too.
  await fetch(`${url}/health`)
}

/** An id, an example or a path, by itself or behind its name: it is there to be copied. */
function isWhole(text: string): boolean {
  return !/\S\s+\S/.test(text.trim()) || /^[\w-]+ {2,}\S+$/.test(text) || text.startsWith('  ec ')
}

function signedPush(secret: string, key: string): RequestInit {
  const body = JSON.stringify({ ref: 'refs/heads/main', repository: { full_name: 'ana/house' }, commits: [] })
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'push',
    'x-github-delivery': key,
    'x-hub-signature-256': `sha256=${signature}`,
  }
  return { method: 'POST', headers, body }
}

/** Looks again each turn of the event loop's timers: what it waits for happens in another process. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(resolve => setTimeout(resolve, 5))
}
