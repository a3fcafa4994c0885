import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { COMMAND_TABLE } from '#ec/cli.js'
import { finish, makeHome, runCli, startCli } from '../support/cli.ts'
import { openStandIn, sendJson, type StandIn } from '../support/stand-in.ts'
import { tempDir } from '../support/temp-dir.ts'

const ESCAPE = '\u001b['
const PLAN = {
  steps: [{ channel: 'ws', action: 'send', reason: 'type_rule' }],
  rule: 'type',
  warnings: [],
  inbox: true,
}
const REPLY = { id: 'evt_1', seq: 7, plan: PLAN, warnings: [] }

describe('without an agent', () => {
  it.each([
    ['status'],
    ['emit', '--type', 'job.done'],
    ['events', 'list'],
    ['events', 'tail'],
    ['resources', 'add', 'github', '--user', 'me'],
    ['keys', 'create', '--name', 'k', '--scope', 'emit'],
    ['token', 'ana'],
    ['backup', 'file'],
  ])('`ec %s %s` says so and exits 75', async (...args) => {
    const { code, stdout, stderr } = await runCli(makeHome(), args)
    expect({ code, stdout }).toEqual({ code: 75, stdout: '' })
    expect(stderr).toMatch(
      /^ec: no agent answers at .*agent\.sock \(EC_AGENT_UNREACHABLE\)\nnext: start one with `ec agent`/,
    )
  })

  it('help, version and configuration work', async () => {
    const home = makeHome()
    expect(await runCli(home, [])).toMatchObject({ code: 0, stderr: '' })
    expect(await runCli(home, ['help', 'emit'])).toMatchObject({ code: 0, stderr: '' })
    expect(await runCli(home, ['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
    expect(await runCli(home, ['config', 'check'])).toMatchObject({ code: 0 })
  })

  it('help tells every command', async () => {
    const { stdout } = await runCli(makeHome(), ['help'])
    for (const name of Object.keys(COMMAND_TABLE.commands)) expect(stdout).toContain(`  ${name.split(' ')[0]} `)
  })

  it('a mistake on the command line is refused before an agent is looked for', async () => {
    const home = makeHome()
    for (const args of [
      ['emit'],
      ['emit', '--type', 'task.created'],
      ['emit', '--type', 'job.done', '--level', 'loud'],
      ['emit', '--type', 'job.done', '--channels', 'sms'],
      ['emit', '--file', 'missing.json'],
      ['emit', '--type', 'job.done', '--sandbox'],
      ['agent', '--port', '99999'],
      ['agent', '--tunnel', 'wormhole'],
      ['status', '--url', 'ftp://x'],
      ['events', 'snooze', 'evt_1'],
      ['resources', 'add', 'github', '--set', 'x'],
    ]) {
      const { code, stdout, stderr } = await runCli(home, args)
      expect({ code, stdout, args }).toEqual({ code: 2, stdout: '', args })
      expect(stderr).toMatch(/\(EC_USAGE\)\nnext: .+\n$/)
    }
  })

  it('--json puts a problem document on stderr and nothing on stdout', async () => {
    const { code, stdout, stderr } = await runCli(makeHome(), ['status', '--json'])
    expect({ code, stdout }).toEqual({ code: 75, stdout: '' })
    expect(stderr.trimEnd()).not.toContain('\n')
    expect(JSON.parse(stderr)).toMatchObject({ code: 'EC_AGENT_UNREACHABLE', exit: 75, status: 503 })
  })
})

describe('a remote agent', () => {
  it('is spoken to by --url with a token from a file, a variable or stdin', async () => {
    const home = makeHome()
    const agent = await openStandIn((_request, response) => sendJson(response, 200, { keys: [], next: null }))
    writeFileSync(join(home.cwd, 'token'), 'from-file\n')
    await runCli(home, ['keys', 'list', '--url', agent.url, '--token-file', 'token'])
    await runCli(home, ['keys', 'list'], { env: { EC_URL: agent.url, EC_TOKEN: 'from-env' } })
    await runCli(home, ['keys', 'list', '--url', agent.url, '--token-file', '-'], { input: 'from-stdin' })
    expect(agent.seen.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer from-file',
      'Bearer from-env',
      'Bearer from-stdin',
    ])
  })

  it('gives way to --data-dir on the command line', async () => {
    const { code } = await runCli(makeHome(), ['status', '--data-dir', 'd'], { env: { EC_URL: 'http://127.0.0.1:1' } })
    const { stderr } = await runCli(makeHome(), ['status', '--data-dir', 'd'], {
      env: { EC_URL: 'http://127.0.0.1:1' },
    })
    expect(code).toBe(75)
    expect(stderr).toContain(join('d', 'agent.sock'))
  })

  it.each([
    [401, 'EC_UNAUTHENTICATED', 3],
    [403, 'EC_FORBIDDEN', 3],
    [404, 'EC_NOT_FOUND', 6],
    [409, 'EC_CONFLICT', 4],
    [422, 'EC_EVENT_INVALID', 4],
    [500, 'EC_INTERNAL', 1],
    [503, 'EC_OVERLOADED', 75],
    [422, 'EC_SOMETHING_NEW', 4],
  ])('answers %i %s: exit code %i, with its own hint', async (status, code, exit) => {
    const agent = await openStandIn((_request, response) =>
      sendJson(response, status, { code, detail: 'what', hint: 'do this' }),
    )
    const result = await runCli(makeHome(), ['emit', '--type', 'job.done', '--url', agent.url])
    expect(result).toMatchObject({ code: exit, stdout: '' })
    expect(result.stderr).toContain(`ec: what (${code})\n`)
    expect(result.stderr).toMatch(/next: do this\n$/)
  })
})

describe('output', () => {
  it('is one document under --json, and talk stays on stderr', async () => {
    const agent = await openStandIn((_request, response) =>
      sendJson(response, 202, { ...REPLY, warnings: ['mind the gap'] }),
    )
    const args = ['emit', '--type', 'job.done', '--url', agent.url]
    const json = await runCli(makeHome(), [...args, '--json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ id: 'evt_1', seq: 7 })
    expect(json.stderr).toBe('')
    const plain = await runCli(makeHome(), args)
    expect(plain).toMatchObject({ code: 0, stdout: 'evt_1\n' })
    expect(plain.stderr).toBe('accepted as number 7; it goes out by ws\nnote: mind the gap\n')
    expect(await runCli(makeHome(), [...args, '-q'])).toMatchObject({ stdout: 'evt_1\n', stderr: '' })
  })

  it('ends quietly when nobody reads it, with exit code 0', async () => {
    const home = makeHome()
    const page = { keys: Array.from({ length: 20_000 }, (_, i) => keyRow(i)), next: null }
    const agent = await openStandIn((_request, response) => sendJson(response, 200, page))
    const child = startCli(home, ['keys', 'list', '--url', agent.url])
    const [first] = await once(createInterface({ input: child.stdout }), 'line')
    expect(first).toContain('NAME')
    child.stdout.destroy()
    let stderr = ''
    child.stderr.on('data', chunk => (stderr += String(chunk)))
    await once(child, 'close')
    expect({ code: child.exitCode, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it('is whole before the process ends, however much it is', async () => {
    const page = { keys: Array.from({ length: 20_000 }, (_, i) => keyRow(i)), next: null }
    const agent = await openStandIn((_request, response) => sendJson(response, 200, page))
    const { code, stdout } = await runCli(makeHome(), ['keys', 'list', '--url', agent.url, '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout).keys).toHaveLength(20_000)
  })

  it.skipIf(process.platform !== 'linux')('that cannot be written is an error', async () => {
    // /dev/full exists on Linux alone.
    const home = makeHome()
    const child = spawnSync('sh', ['-c', `"${process.execPath}" bin/ec.js help > /dev/full`], {
      env: home.env,
      encoding: 'utf8',
    })
    expect(child.status).toBe(1)
    expect(child.stderr).toContain('the output cannot be written (EC_FILE)')
  })

  it('lets nothing from outside steer the terminal', async () => {
    const name = 'evil\u001b[2J\u0007\u009b1m\nname'
    const agent = await openStandIn((_request, response) =>
      sendJson(response, 200, { keys: [{ ...keyRow(1), name }], next: null }),
    )
    const { stdout } = await runCli(makeHome(), ['keys', 'list', '--url', agent.url])
    // oxlint-disable-next-line no-control-regex -- these are what must not come through
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    expect(stdout.split('\n')[1]).toMatch(/^evil name /)
  })
})

describe('colours', () => {
  const events = {
    keys: [{ name: 'k', scope: ['emit'], types: [], users: [], created_at: '', revoked_at: null, id: 'i' }],
    next: null,
  }
  const cases: readonly [string, readonly string[], Record<string, string>, boolean][] = [
    ['a pipe', [], {}, false],
    ['--color in a pipe', ['--color'], {}, true],
    ['FORCE_COLOR in a pipe', [], { FORCE_COLOR: '1' }, true],
    ['NO_COLOR beside FORCE_COLOR', [], { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    ['--color beside NO_COLOR', ['--color'], { NO_COLOR: '1' }, true],
    ['--no-color beside FORCE_COLOR', ['--no-color'], { FORCE_COLOR: '1' }, false],
  ]

  it.each(cases)('of %s', async (_name, flags, env, expected) => {
    const agent = await openStandIn((_request, response) => sendJson(response, 200, events))
    const { stdout, stderr } = await runCli(makeHome(), ['keys', 'list', '--url', agent.url, ...flags], { env })
    expect(stdout.includes(ESCAPE)).toBe(expected)
    expect(stderr).toBe('')
  })

  it.skipIf(spawnSync('script', ['--version']).status !== 0)('of a terminal, and of a dumb one', async () => {
    // `script` gives the process a terminal; where it is not installed nothing else here can.
    const home = makeHome()
    const agent = await openStandIn((_request, response) => sendJson(response, 200, events))
    const command = `"${process.execPath}" bin/ec.js keys list --url ${agent.url}`
    const inTerminal = async (env: Record<string, string>) => {
      const { spawn } = await import('node:child_process')
      return finish(spawn('script', ['-qec', command, '/dev/null'], { env: { ...home.env, ...env } }))
    }
    expect((await inTerminal({ TERM: 'xterm-256color' })).stdout).toContain(ESCAPE)
    expect((await inTerminal({ TERM: 'dumb' })).stdout).not.toContain(ESCAPE)
    expect((await inTerminal({ TERM: 'xterm-256color', NO_COLOR: '1' })).stdout).not.toContain(ESCAPE)
  })
})

describe('Ctrl-C', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends a command that waits, without a complaint', async (signal, code) => {
    const home = makeHome()
    const agent = await openStandIn(() => {})
    const asked = once(agent.server, 'request')
    const child = startCli(home, ['status', '--url', agent.url])
    const result = finish(child)
    await asked
    child.kill(signal)
    expect(await result).toEqual({ code, stdout: '', stderr: '' })
  })

  it('ends a stream', async () => {
    const agent = await openStandIn((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: {"t":"hello","epoch":"e","head":0,"recovered":true}\n\ndata: {"t":"live"}\n\n')
    })
    const child = startCli(makeHome(), ['events', 'tail', '--json', '--url', agent.url])
    const [line] = await once(createInterface({ input: child.stdout }), 'line')
    expect(JSON.parse(String(line))).toEqual({ type: 'live' })
    child.kill('SIGINT')
    await once(child, 'close')
    expect(child.exitCode).toBe(130)
  })

  it('is not needed while the agent is away, which is said once each time', async () => {
    const agent = await openStandIn((_request, response, nth) => {
      if (nth !== 1 && nth !== 5) {
        return sendJson(response, 503, { code: 'EC_DRAINING', detail: 'it stops' }, { 'retry-after': '0.1' })
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end('data: {"t":"hello","epoch":"e","head":0,"recovered":true}\n\ndata: {"t":"live"}\n\n')
    })
    const child = startCli(makeHome(), ['events', 'tail', '--url', agent.url])
    const result = finish(child)
    await expect.poll(() => agent.seen.length, { timeout: 30_000 }).toBeGreaterThan(7)
    child.kill('SIGINT')
    const { stderr } = await result
    expect(stderr.match(/waiting for events/g)).toHaveLength(2)
    expect(stderr.match(/the agent is away/g)).toHaveLength(2)
  })
})

describe('events from a file', () => {
  it('go out with the flags laid over them, and the user of the configuration where none is named', async () => {
    const home = makeHome()
    writeFileSync(join(home.configDir, 'ec.config.yaml'), 'user: ana\n')
    const agent = await openEcho()
    const input = '{"type":"a.b","title":"T","body":""}\n{"user_id":"ben","type":"a.b","title":"U","body":""}\n'
    const args = ['emit', '--file', '-', '--level', 'error', '--url', agent.url]
    expect(await runCli(home, args, { input })).toMatchObject({ code: 0, stdout: 'evt_1\nevt_1\n' })
    expect(JSON.parse(agent.seen[0]!.body)).toEqual([
      { user_id: 'ana', type: 'a.b', title: 'T', body: '', level: 'error' },
      { user_id: 'ben', type: 'a.b', title: 'U', body: '', level: 'error' },
    ])
  })

  it('that are refused in part make exit code 4, and say which', async () => {
    const home = makeHome()
    const agent = await openEcho()
    writeFileSync(join(home.cwd, 'events.json'), '[{"user_id":"a","type":"a.b"},{"user_id":"a","type":"bad"}]')
    const args = ['emit', '--file', 'events.json', '--url', agent.url]
    const plain = await runCli(home, args)
    expect(plain).toMatchObject({ code: 4, stdout: 'evt_1\n' })
    expect(plain.stderr).toContain('event 2: no good (EC_EVENT_INVALID)')
    const json = await runCli(home, [...args, '--json'])
    expect(json.code).toBe(4)
    expect(JSON.parse(json.stdout)).toMatchObject({ accepted: 1, rejected: 1 })
  })

  it('are sent alone and answered alone when there is one', async () => {
    const agent = await openEcho()
    const input = '{\n "user_id": 7,\n "type": "a.b", "title": "T", "body": ""}'
    const { stdout } = await runCli(makeHome(), ['emit', '--file', '-', '--json', '--url', agent.url], { input })
    expect(JSON.parse(stdout)).toMatchObject({ id: 'evt_1' })
    expect(JSON.parse(agent.seen[0]!.body)).toMatchObject({ user_id: 7 })
  })
})

describe('configuration', () => {
  it('is listed with where each value comes from, secrets masked', async () => {
    const home = makeHome()
    writeFileSync(join(home.configDir, 'ec.config.yaml'), 'user: ana\nretention: { events: 36h }\n')
    const { code, stdout } = await runCli(home, ['config', 'list', '--json'], { env: { EC_HTTP_PORT: '9000' } })
    expect(code).toBe(0)
    const { values }: { values: readonly { readonly key: string }[] } = JSON.parse(stdout)
    const file = join(home.configDir, 'ec.config.yaml')
    expect(values).toContainEqual({ key: 'user', value: 'ana', layer: 'user', source: `${file}:1` })
    expect(values).toContainEqual({ key: 'retention.events', value: '36h', layer: 'user', source: `${file}:2` })
    expect(values).toContainEqual({ key: 'http.port', value: 9000, layer: 'environment', source: 'EC_HTTP_PORT' })
    expect(values).toContainEqual({ key: 'log.level', value: 'info', layer: 'default', source: null })
  })

  it('with mistakes is refused by check with all of them, and by every command', async () => {
    const home = makeHome()
    writeFileSync(join(home.configDir, 'ec.config.yaml'), 'http:\n  prot: 1\nlog: { level: loud }\n')
    const env = { EC_HTPP_PORT: '1' }
    const check = await runCli(home, ['config', 'check'], { env })
    expect(check.code).toBe(3)
    expect(check.stderr).toContain('ec.config.yaml:2: http.prot is no setting; did you mean http.port?')
    expect(check.stderr).toContain('ec.config.yaml:3: log.level takes one of debug')
    expect(check.stderr).toContain('EC_HTPP_PORT is no variable of ec; did you mean EC_HTTP_PORT?')
    expect(await runCli(home, ['status'])).toMatchObject({ code: 3, stdout: '' })
    const json = await runCli(home, ['config', 'check', '--json'], { env })
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      problems: [{ path: 'http.prot' }, { path: 'log.level' }],
    })
  })

  it('of the working directory opens no door before it is trusted, and until it changes', async () => {
    const home = makeHome()
    const file = join(home.cwd, 'ec.config.yaml')
    writeFileSync(file, 'public: { url: "https://ec.example.org" }\n')
    const refused = await runCli(home, ['config', 'list'])
    expect(refused).toMatchObject({ code: 3, stdout: '' })
    expect(refused.stderr).toContain(`(EC_CONFIG_UNTRUSTED)\nnext: read the file, then \`ec config trust ${file}\`\n`)
    expect(await runCli(home, ['emit', '--type', 'job.done'])).toMatchObject({ code: 3 })
    expect(await runCli(home, ['config', 'check'])).toMatchObject({ code: 3 })
    expect(await runCli(home, ['config', 'trust', 'ec.config.yaml'])).toMatchObject({ code: 0 })
    expect(statSync(join(home.configDir, 'trust.json')).mode & 0o777).toBe(0o600)
    expect(await runCli(home, ['config', 'list'])).toMatchObject({ code: 0 })
    writeFileSync(file, 'public: { url: "https://evil.example.org" }\n')
    expect(await runCli(home, ['config', 'list'])).toMatchObject({ code: 3 })
  })
})

describe('the first lines of the program', () => {
  it('say what to do when it is not built', () => {
    const dir = tempDir()
    mkdirSync(join(dir, 'bin'))
    cpSync('bin/ec.js', join(dir, 'bin', 'ec.js'))
    writeFileSync(join(dir, 'package.json'), '{"type":"module"}')
    const { status, stderr } = spawnSync(process.execPath, [join(dir, 'bin', 'ec.js')], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 3, stderr: 'ec: the program is not built yet\nnext: npm run build\n' })
  })

  it('are executable', () => {
    expect(statSync('bin/ec.js').mode & 0o111).not.toBe(0)
  })
})

function keyRow(i: number) {
  const row = { id: `key_${i}`, name: `name ${i}`, scope: ['emit'], types: [], users: [] }
  return { ...row, max_level: null, callback: null, created_at: '2026-01-05T09:00:00.000Z', revoked_at: null }
}

/** Answers each emit as an agent would that only refuses events of type `bad`. */
function openEcho(): Promise<StandIn> {
  return openStandIn((request, response) => {
    const body: unknown = JSON.parse(request.body)
    if (!Array.isArray(body)) return sendJson(response, 202, REPLY)
    const results = body.map((event: { type: string }) =>
      event.type === 'bad' ? { error: { code: 'EC_EVENT_INVALID', detail: 'no good' } } : REPLY,
    )
    const rejected = body.filter((event: { type: string }) => event.type === 'bad').length
    return sendJson(response, 202, { results, accepted: results.length - rejected, rejected })
  })
}
