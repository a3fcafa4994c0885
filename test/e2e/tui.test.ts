import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createClient } from '#ec/client.js'
import { makeHome, runCli, startAgentProcess, type Home } from '../support/cli.ts'
import { ask, secretOf } from '../support/page.ts'
import {
  afterScreens,
  isClean,
  openPseudoTerminal,
  whyNoPseudoTerminal,
  type PseudoTerminal,
} from '../support/pseudo-terminal.ts'

const EC = join(import.meta.dirname, '..', '..', 'bin', 'ec.js')
const FIXTURE = join(import.meta.dirname, '..', '..', 'fixtures', 'github', 'push.json')
const MISSING = whyNoPseudoTerminal()
if (MISSING !== null) console.log(`the screens are not tried in a terminal: ${MISSING}`)

// oxlint-disable-next-line no-control-regex -- colours are what is looked for
const STYLE = /\u001b\[[\d;]*m/

function open(
  home: Home,
  args: readonly string[],
  options?: Parameters<typeof openPseudoTerminal>[2],
): Promise<PseudoTerminal> {
  return openPseudoTerminal(home, [process.execPath, EC, ...args], options)
}

async function emit(home: Home, title: string): Promise<void> {
  expect(await runCli(home, ['emit', '--type', 'task.created', '--title', title])).toMatchObject({ code: 0 })
}

async function health(url: string): Promise<number> {
  return (await fetch(`${url}/health`)).status
}

describe.skipIf(MISSING !== null)('`ec top` on a terminal', () => {
  it('shows what happens, and leaves the terminal as it was, with a line about it', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const terminal = await open(home, ['top'])
    await terminal.until(/connected/)
    await emit(home, 'Look at me')
    await terminal.until(/> .* Look at me/)
    terminal.write('q')
    expect(await terminal.exited).toBe(0)
    expect(isClean(terminal.output())).toBe(true)
    expect(afterScreens(terminal.output())).toMatch(
      /\d+ s: 0 notifications, 1 event, 0 refused, 0 dead jobs, 0 API calls\r\n/,
    )
    expect(await health(agent.ready.url)).toBe(200)
  })

  it('shows where the inbox is, and makes a sign-in link for the person', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const terminal = await open(home, ['top'], { columns: 120 })
    await terminal.until(/connected +http:\/\/127\.0\.0\.1:\d+\/inbox/)
    terminal.write('i')
    await terminal.until(/#in=ecl_[A-Za-z0-9_-]{43}\s[^]*signed in as me/)
    const url = /http\S+#in=\S+/.exec(terminal.screen())?.[0] ?? ''
    const answer = await ask(`${agent.ready.url}/api/session`, { method: 'POST', json: { link: secretOf(url) } })
    expect(answer.body).toMatchObject({ user: 'me' })
    terminal.write('\u001b')
    await terminal.until(/TIME .*TITLE|nothing/)
    terminal.write('q')
    expect(await terminal.exited).toBe(0)
    // It went with the screen, and is not left on the terminal.
    expect(afterScreens(terminal.output())).not.toContain('ecl_')
  })

  it('goes through its tabs and looks closely at an event', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const terminal = await open(home, ['top'])
    await terminal.until(/connected/)
    await emit(home, 'Look at me')
    await terminal.until(/Look at me/)
    terminal.write('\r')
    await terminal.until(/WHY[^]*was handed|WHY\n\S/)
    terminal.write('\u001b')
    await terminal.until(/TIME .*TITLE/)
    for (const [key, shown] of [
      ['2', /the store is whole/],
      ['3', /no calendar or mailbox is read/],
      ['4', /no dead jobs/],
      ['?', /KEYS/],
    ] as const) {
      terminal.write(key)
      await terminal.until(shown)
    }
    terminal.write('\u0003')
    expect(await terminal.exited).toBe(0)
    expect(isClean(terminal.output())).toBe(true)
  })

  it('sends a notification again, and saves it as a fixture once', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const added = await runCli(home, ['resources', 'add', 'github', '--user', 'me', '--name', 'demo', '--json'])
    const { id } = JSON.parse(added.stdout)
    expect(await runCli(home, ['replay', FIXTURE, '--resource', id, '--re-sign'])).toMatchObject({
      code: expect.any(Number),
    })
    const terminal = await open(home, ['top'])
    await terminal.until(/in +github +push/)
    terminal.write('/push')
    terminal.write('\r')
    await terminal.until(/\/push: 2 of 2/)
    terminal.write('k')
    await terminal.until(/> .* in +github/)
    terminal.write('f')
    await terminal.until(/saved as fixtures\/github\/ntf_1\.json/)
    const file = join(home.cwd, 'fixtures', 'github', 'ntf_1.json')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ provider: 'github', description: 'Captured: push.' })
    writeFileSync(file, 'mine')
    terminal.write('f')
    await terminal.until(/ntf_1\.json is there already/)
    expect(readFileSync(file, 'utf8')).toBe('mine')
    terminal.write('r')
    await terminal.until(/ntf_1 sent again: 202; duplicate/)
    terminal.write('R')
    await terminal.until(/ntf_1 sent again: 202; accepted; 1 event/)
    terminal.write('q')
    expect(await terminal.exited).toBe(0)
  })

  it('answers what a script asks, and the script goes on', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const terminal = await open(home, ['top'])
    await terminal.until(/connected/)
    const ask = runCli(home, ['ask', '--title', 'Deploy v2?', '--option', 'yes', '--option', 'no'])
    await terminal.until(/> \S+ \? .* Deploy v2\?/)
    terminal.write('\r')
    await terminal.until(/> 1 yes[^]*1-2 or arrows choose/)
    terminal.write('2')
    await terminal.until(/Answer "no"\? Enter \/ Esc/)
    terminal.write('\r')
    await terminal.until(/answered: "no"/)
    expect(await ask).toMatchObject({ code: 0, stdout: 'no\n' })
    await terminal.until(/QUESTION[^]*state +answered/)
    terminal.write('\u001b')
    await terminal.until(/> \S+ ev .* Deploy v2\? +answered/)
    terminal.write('q')
    expect(await terminal.exited).toBe(0)
    expect(isClean(terminal.output())).toBe(true)
  })

  it('says who was quicker with an answer, and which', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const terminal = await open(home, ['top'], { columns: 60, env: { NO_COLOR: '1' } })
    await terminal.until(/connected/)
    const ask = runCli(home, ['ask', '--title', 'Deploy?', '--option', 'yes', '--option', 'no'])
    await terminal.until(/> \S+ \? .*Deploy\?/)
    terminal.write('\r')
    await terminal.until(/> 1 yes/)
    terminal.write('1')
    await terminal.until(/Answer "yes"\?/)
    const { questions } = JSON.parse((await runCli(home, ['questions', 'list', '--json'])).stdout)
    expect(await runCli(home, ['answer', questions[0].id, 'no'])).toMatchObject({ code: 0 })
    await terminal.until(/already answered by an operator with "no"/)
    terminal.write('\r')
    terminal.write('q')
    expect(await terminal.exited).toBe(0)
    expect(await ask).toMatchObject({ code: 0, stdout: 'no\n' })
  })

  it('shows in its rows what became of them', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const terminal = await open(home, ['top'])
    await terminal.until(/connected/)
    expect(await runCli(home, ['emit', '--type', 'task.created', '--title', 'Look', '--id', 'look'])).toMatchObject({
      code: 0,
    })
    await terminal.until(/Look +unread/)
    expect(await runCli(home, ['events', 'read', 'look'])).toMatchObject({ code: 0 })
    await terminal.until(/Look +read/)
    terminal.write('q')
    expect(await terminal.exited).toBe(0)
  })

  it('draws anew on a terminal of another size', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const terminal = await open(home, ['top'])
    await terminal.until(/FROM, FOR/)
    terminal.resize(40, 12)
    await terminal.until(/^ {2}TIME +TITLE +$/m)
    expect(terminal.screen().split('\n').length).toBeLessThanOrEqual(12)
    terminal.resize(160, 40)
    await terminal.until(/FROM, FOR .* ID/)
    terminal.write('q')
    expect(await terminal.exited).toBe(0)
  })

  it('has no colours under NO_COLOR, and is as useful', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const terminal = await open(home, ['top'], { env: { NO_COLOR: '1' } })
    await terminal.until(/connected/)
    await emit(home, 'Plain')
    await terminal.until(/> .* Plain/)
    terminal.write('q')
    expect(await terminal.exited).toBe(0)
    expect(terminal.output()).not.toMatch(STYLE)
    const colourful = await open(home, ['top'])
    await colourful.until(/Plain/)
    expect(colourful.output()).toMatch(STYLE)
  })

  it('says that the agent is gone, and finds the next one', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const terminal = await open(home, ['top'])
    await terminal.until(/connected/)
    await agent.stop()
    await terminal.until(/LOST, trying again/)
    await startAgentProcess(home)
    await terminal.until(/ {2}connected/)
    await emit(home, 'After the restart')
    await terminal.until(/After the restart/)
    terminal.write('q')
    expect(await terminal.exited).toBe(0)
  })

  it('gives the terminal back at SIGTERM, exit 143', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const terminal = await open(home, ['top'])
    await terminal.until(/connected/)
    terminal.kill('SIGTERM')
    expect(await terminal.exited).toBe(143)
    expect(isClean(terminal.output())).toBe(true)
    expect(afterScreens(terminal.output())).toContain('0 notifications')
  })

  it('gives the terminal back before it tells of a crash', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const bomb = join(home.dir, 'bomb.mjs')
    writeFileSync(bomb, "process.on('SIGUSR2', () => { throw new Error('a crash of the test') })\n")
    const terminal = await open(home, ['top'], { env: { NODE_OPTIONS: `--import ${bomb}` } })
    await terminal.until(/connected/)
    terminal.kill('SIGUSR2')
    expect(await terminal.exited).toBe(1)
    expect(isClean(terminal.output())).toBe(true)
    expect(afterScreens(terminal.output())).toContain('a crash of the test')
  })

  it('is attached to an agent elsewhere with an operator’s key, and with no other', async () => {
    const agent = await startAgentProcess(makeHome())
    const there = ['--url', agent.ready.url]
    const operator = makeHome()
    const made = await makeKey(agent.ready.socket)
    const file = join(operator.dir, 'key')
    writeFileSync(file, made.key)
    const terminal = await open(operator, ['top', ...there, '--token-file', file])
    await terminal.until(/connected/)
    terminal.write('2')
    await terminal.until(/the store is whole/)
    terminal.write('q')
    expect(await terminal.exited).toBe(0)

    writeFileSync(file, 'ec_wrong')
    const refused = await open(operator, ['top', ...there, '--token-file', file])
    expect(await refused.exited).toBe(3)
    expect(refused.output()).not.toContain('\u001b[?1049h')
  })

  it('takes no screen when the agent is away, exit 75', async () => {
    const terminal = await open(makeHome(), ['top'])
    expect(await terminal.exited).toBe(75)
    expect(terminal.output()).not.toContain('\u001b[?1049h')
    expect(terminal.output()).toContain('(EC_AGENT_UNREACHABLE)')
  })

  it.each([
    ['TERM=dumb', { TERM: 'dumb' }],
    ['a build', { CI: 'true' }],
  ])('refuses %s, exit 2', async (_, env) => {
    const terminal = await open(makeHome(), ['top'], { env })
    expect(await terminal.exited).toBe(2)
    expect(terminal.output()).toContain('(EC_USAGE)')
  })
})

describe.skipIf(MISSING !== null)('`ec agent` on a terminal', () => {
  it('shows the same screens with its log, and `q` stops it in good order', async () => {
    const home = makeHome()
    const terminal = await open(home, ['agent', '--port', '0'])
    await terminal.until(/ {2}connected/)
    await emit(home, 'From another terminal')
    await terminal.until(/From another terminal/)
    terminal.write('5')
    await terminal.until(/info +the agent serves/)
    terminal.write('q')
    expect(await terminal.exited).toBe(0)
    const output = terminal.output()
    expect(isClean(output)).toBe(true)
    expect(output.slice(0, output.indexOf('\u001b[?1049h'))).toContain(' at http://')
    expect(afterScreens(output)).toMatch(/0 notifications, 1 event, [^]*stopping: what is in hand/)
    expect(existsSync(join(home.dataDir, 'agent.json'))).toBe(false)
  })

  it('ends at once at the second Ctrl-C, and the terminal is as it was', async () => {
    const home = makeHome()
    const terminal = await open(home, ['agent', '--port', '0'])
    await terminal.until(/ {2}connected/)
    const [, port = ''] = / at http:\/\/127\.0\.0\.1:(\d+)/.exec(terminal.output()) ?? []
    await beginRequest(Number(port))
    terminal.write('\u0003')
    await terminal.untilOutput(/stopping: /)
    terminal.write('\u0003')
    expect(await terminal.exited).toBe(130)
    expect(isClean(terminal.output())).toBe(true)
  })

  it('stops at SIGTERM, as without screens', async () => {
    const terminal = await open(makeHome(), ['agent', '--port', '0'])
    await terminal.until(/ {2}connected/)
    terminal.kill('SIGTERM')
    expect(await terminal.exited).toBe(0)
    expect(isClean(terminal.output())).toBe(true)
  })

  it.each([
    ['--no-tui', ['--no-tui'], {}],
    ['TERM=dumb', [], { TERM: 'dumb' }],
    ['a build', [], { CI: '1' }],
    ['--json', ['--json'], {}],
  ])('says plain lines with %s', async (_, args, env) => {
    const terminal = await open(makeHome(), ['agent', '--port', '0', ...args], { env })
    await terminal.untilOutput(/ready/)
    terminal.kill('SIGTERM')
    expect(await terminal.exited).toBe(0)
    expect(terminal.output()).not.toContain('\u001b[?1049h')
  })
})

describe('`ec top` without a terminal', () => {
  it.each([[[]], [['--json']]])('is refused and names what gives data, exit 2 (%j)', async args => {
    const { code, stdout, stderr } = await runCli(makeHome(), ['top', ...args])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('ec status --json')
    expect(stderr).toContain('ec events tail --json')
  })
})

/** A service key with an operator's rights, by the operator's socket. */
async function makeKey(socket: string): Promise<{ readonly id: string; readonly key: string }> {
  const client = createClient({ socket })
  onTestFinished(() => client.close())
  return client.keys.create({ name: 'operator', scope: ['operate'] })
}

/** A request that never comes to its end: what the agent then has in hand keeps it from stopping at once. */
async function beginRequest(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write('GET /health HTTP/1.1\r\nhost: loc')
  // By the time that a later request is answered, the agent has read this one too.
  await health(`http://127.0.0.1:${port}`)
}
