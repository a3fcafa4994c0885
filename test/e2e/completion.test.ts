import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { SHELLS } from '#ec/core/shells.js'
import { tell } from '../durability/tell.ts'
import { makeHome, runCli, startAgentProcess, withEcOnPath, type Home } from '../support/cli.ts'
import { openTerminal, whyNoTerminal, type Terminal } from '../support/terminal.ts'

/** A name as somebody might choose it who knows that it is shown in a shell. */
const EVIL_NAME = '$(touch pwned) `touch pwned` "double" \'single\' ; touch pwned\n\u001b[2J\u009b1m | touch pwned #'
const SHOWN_NAME = '$(touch pwned) `touch pwned` "double" \'single\' ; touch pwned | touch pwned #'

const has = (program: string) => spawnSync(program, ['--version']).status === 0
const noTerminal = whyNoTerminal()
for (const shell of ['bash', 'zsh', 'fish'])
  if (!has(shell)) tell(`completion is not tried in ${shell}: it is not here`)
if (noTerminal !== null) tell(`completion is not tried in bash and zsh: ${noTerminal}`)

/** On a machine that is busy the agent takes longer than a person would wait for. */
const PATIENT = { EC_COMPLETE_WAIT: '20s' }

let home: Home
beforeEach(() => {
  const made = withEcOnPath(makeHome())
  home = { ...made, env: { ...made.env, ...PATIENT } }
})

describe('ec completion', () => {
  it.each(SHELLS)('prints a script for %s and writes no file', async shell => {
    const before = readdirSync(home.dir, { recursive: true })
    const { code, stdout, stderr } = await runCli(home, ['completion', shell])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('complete')
    expect(readdirSync(home.dir, { recursive: true })).toEqual(before)
  })

  it('tells the line that installs it for every shell', async () => {
    const { stdout } = await runCli(home, ['completion', '--help'])
    for (const shell of SHELLS) expect(stdout).toMatch(new RegExp(`ec completion ${shell} >`))
  })

  it('knows no other shell', async () => {
    const { code, stderr } = await runCli(home, ['completion', 'tcsh'])
    expect(code).toBe(2)
    expect(stderr).toContain('bash, zsh, fish, powershell')
  })
})

describe('what a shell asks', () => {
  it('is answered with nothing where there is no agent, and never with an error', async () => {
    expect(await complete(home, 'resources', 'show', '')).toEqual({ code: 0, stdout: ':36\n', stderr: '' })
    const env = { EC_DATA_DIR: '/nowhere/at all', EC_HTPP_PORT: '1', EC_URL: 'no url' }
    expect(await complete(home, 'events', 'show', '', env)).toEqual({ code: 0, stdout: ':36\n', stderr: '' })
    writeFileSync(join(home.configDir, 'ec.config.yaml'), '{ this is: no yaml')
    expect(await complete(home, 'users', 'show', '')).toEqual({ code: 0, stdout: ':36\n', stderr: '' })
  })

  it('is still answered with what needs no agent', async () => {
    expect((await complete(home, 'emit', '--type', 'job.d')).stdout).toMatch(/^job\.done\t.+\n:36\n$/)
    expect((await complete(home, 'resources', 'add', 'git')).stdout).toBe('github\tGitHub\n:36\n')
    expect((await complete(home, 'resources', 'add', 'microsoft', '--set', '')).stdout).toMatch(
      /^subscription_id=\t.+\nclient_state=\t.+\n:38\n$/,
    )
    expect((await complete(home, 'features', 'off', '')).stdout).toBe('webhooks\n:36\n')
    expect((await complete(home, 'users', 'set', 'ana', '--tz', 'Europe/Madr')).stdout).toBe('Europe/Madrid\n:36\n')
    expect((await complete(home, 'emit', '--file', '')).stdout).toBe(':0\n')
    expect((await complete(home, 'status', '--data-dir', '')).stdout).toBe(':16\n')
  })

  // The client itself would wait 30 s.
  it('is answered soon when the agent does not answer', { timeout: 15_000 }, async () => {
    const socket = join(home.dir, 'mute.sock')
    const server = createServer(() => {}).listen(socket)
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    mkdirSync(home.dataDir, { recursive: true, mode: 0o700 })
    const agent = { url: 'http://127.0.0.1:1', socket, version: '0', pid: 1, secret: null }
    writeFileSync(join(home.dataDir, 'agent.json'), JSON.stringify(agent))
    const asked = once(server, 'connection')
    const usual = { EC_COMPLETE_WAIT: '' }
    expect(await complete(home, 'resources', 'show', '', usual)).toEqual({ code: 0, stdout: ':36\n', stderr: '' })
    await asked
  })

  it('sends nothing to an agent elsewhere', async () => {
    const server = createServer(() => expect.unreachable('a key press was sent over the network'))
    onTestFinished(() => void server.close())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    expect(await complete(home, '--url', url, 'events', 'show', '')).toMatchObject({ code: 0, stdout: ':36\n' })
    expect(await complete(home, 'events', 'show', '', { EC_URL: url })).toMatchObject({ code: 0, stdout: ':36\n' })
  })

  it('is answered with what the agent knows, the newest first and told apart', async () => {
    await startAgentProcess(home)
    const resource = await addResource(home, EVIL_NAME)
    const first = await runCli(home, ['emit', '--user', 'ana', '--type', 'task.created', '--title', EVIL_NAME])
    await runCli(home, ['emit', '--user', 'ben', '--type', 'task.done', '--title', 'B', '--data', 'service=shop'])
    await runCli(home, ['users', 'set', 'ana', '--name', 'Ana\u001b[1m'])
    const lines = async (...words: string[]) => (await complete(home, ...words)).stdout.split('\n').slice(0, -2)

    expect(await lines('resources', 'pause', '')).toEqual([`${resource}\tgithub ${SHOWN_NAME}`.slice(0, 117)])
    expect(await lines('notifications', 'list', '--resource=')).toHaveLength(1)
    expect(await lines('resources', 'set', resource, '--set', '')).toEqual([expect.stringMatching(/^repository=\t/)])
    expect(await lines('emit', '--type', 'task.')).toEqual(['task.done\tB', expect.stringMatching(/^task\.created\t/)])
    const events = await lines('events', 'seen', '')
    expect(events[0]).toMatch(/^evt_\S+\ttask\.done B$/)
    expect(events[1]).toBe(`${first.stdout.trim()}\ttask.created ${SHOWN_NAME}`.slice(0, first.stdout.length + 80))
    expect(await lines('events', 'list', '--service', '')).toEqual(['shop'])
    expect(await lines('token', '')).toEqual(['me', 'ana\tAna', 'ben'])
    expect(await lines('keys', 'create', '--users', 'ana,be')).toEqual(['ana,ben'])
    // oxlint-disable-next-line no-control-regex -- these are what must not come through
    expect([...events, resource].join('')).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/)
  })
})

describe.skipIf(!has('bash') || noTerminal !== null)('bash', () => {
  it('completes at the prompt, and runs nothing of what is typed or told', async () => {
    await startAgentProcess(home)
    const ids = [await addResource(home, EVIL_NAME), await addResource(home, 'other')]
    const bash = await openBash()
    expect(await tab(bash, 'ec emit --level wa')).toEqual(['warning'])
    expect(await tab(bash, 'ec emit --level=wa')).toEqual(['warning'])
    expect(await tab(bash, 'ec ev')).toEqual(['events'])
    expect(await tab(bash, 'ec emit --channels ws,')).toEqual(['ws,push', 'ws,email', 'ws,exec', 'ws,webhook'])
    expect(await tab(bash, 'ec --data-dir "a b" events expl')).toEqual(['explain'])
    expect(await tab(bash, 'ec resources add github --set ')).toEqual(['repository='])
    expect(await tab(bash, 'ec resources add github --set=repo')).toEqual(['repository='])
    expect(await tab(bash, 'ec resources show ')).toEqual(ids)
    expect(await tab(bash, `ec resources show "${ids[0]}`)).toEqual([ids[0]])
    for (const typed of ['"$(touch pwned) x"', '"`touch pwned`"', "'a; touch pwned;'", '$(touch pwned)']) {
      expect(await tab(bash, `ec emit --title ${typed} --level cr`)).toEqual(['critical'])
    }
    expect(pwned()).toBe(false)
  })

  it('tells what an id stands for when it lists them', async () => {
    await startAgentProcess(home)
    const ids = [await addResource(home, EVIL_NAME), await addResource(home, 'other')]
    const bash = await openBash()
    const answer = await tab(bash, `ec resources show ${commonStart(ids)}`, '\t\t')
    expect(answer).toEqual([`${ids[0]}  (github ${SHOWN_NAME}`.slice(0, 80), `${ids[1]}  (github other)`])
    expect(bash.screen()).not.toContain('\u001b[2J')
    expect(pwned()).toBe(false)
  })

  it('completes files where a file is wanted, with blanks in their names', async () => {
    writeFileSync(join(home.cwd, 'two words.json'), '')
    writeFileSync(join(home.cwd, '$(touch pwned).json'), '')
    const bash = await openBash()
    expect(await tab(bash, 'ec emit --file two')).toEqual(['two words.json'])
    expect(await tab(bash, 'ec emit --file=two')).toEqual(['two words.json'])
    expect(await tab(bash, 'ec emit --file ')).toContain('$(touch pwned).json')
    expect(pwned()).toBe(false)
  })

  it('puts the value on the line as a shell reads it back', async () => {
    const bash = await openBash()
    const from = bash.screen().length
    bash.type('ec emit --level wa\t--type=job.d\t--channels em\t\n')
    await bash.until('<emit><--level><warning><--type=job.done><--channels><email>', from)
  })
})

describe.skipIf(!has('zsh') || noTerminal !== null)('zsh', () => {
  it('completes at the prompt, and runs nothing of what is typed or told', async () => {
    await startAgentProcess(home)
    const id = await addResource(home, EVIL_NAME)
    writeFileSync(join(home.cwd, 'two words.json'), '')
    const zsh = await openZsh()
    await ran(zsh, 'ec emit --level wa\t', '<emit><--level><warning>')
    await ran(zsh, 'ec emit --level=wa\t', '<emit><--level=warning>')
    await ran(zsh, 'ec ev\texpl\tx', '<events><explain><x>')
    await ran(zsh, 'ec emit --channels ws,em\t', '<emit><--channels><ws,email>')
    await ran(zsh, 'ec resources add github --set repo\tx/y', '<resources><add><github><--set><repository=x/y>')
    await ran(zsh, 'ec resources show \t', `<resources><show><${id}>`)
    await ran(zsh, 'ec emit --file tw\t', '<emit><--file><two words.json>')
    await ran(
      zsh,
      "ec emit --title '$(touch pwned)' --level cr\t",
      '<emit><--title><$(touch pwned)><--level><critical>',
    )
    expect(pwned()).toBe(false)
  })

  it('tells what an id stands for when it lists them, colons and backslashes too', async () => {
    await startAgentProcess(home)
    const ids = [await addResource(home, EVIL_NAME), await addResource(home, 'b:c\\d %F{red}')]
    const zsh = await openZsh({ columns: 160 })
    const from = zsh.screen().length
    zsh.type(`ec resources show ${commonStart(ids)}\t`)
    await zsh.until(`-- github ${SHOWN_NAME.slice(0, 70)}`, from)
    await zsh.until('-- github b:c\\d %F{red}', from)
    zsh.type('\u0003')
    expect(zsh.screen().slice(from)).not.toContain('\u001b[2J')
    expect(pwned()).toBe(false)
  })

  it('takes the file from fpath as well', async () => {
    const functions = join(home.dir, 'functions')
    mkdirSync(functions)
    writeFileSync(join(functions, '_ec'), (await runCli(home, ['completion', 'zsh'])).stdout)
    const zsh = await openZsh({ setup: `fpath=(${functions} $fpath); autoload -Uz compinit && compinit -i` })
    await ran(zsh, 'ec emit --level wa\t', '<emit><--level><warning>')
  })
})

describe.skipIf(!has('fish'))('fish', () => {
  it('completes with what each value stands for, and runs nothing of it', async () => {
    await startAgentProcess(home)
    const id = await addResource(home, EVIL_NAME)
    writeFileSync(join(home.cwd, 'two words.json'), '')
    expect(fish('ec emit --type job.d')).toEqual([expect.stringMatching(/^job\.done\t./)])
    expect(fish('ec emit --level=wa')).toEqual(['--level=warning'])
    expect(fish('ec events ').map(line => line.split('\t')[0])).toContain('explain')
    expect(fish('ec emit --channels ws,em')).toEqual(['ws,email'])
    expect(fish('ec resources show ')).toEqual([`${id}\tgithub ${SHOWN_NAME}`.slice(0, 117)])
    expect(fish('ec emit --file tw')).toEqual(['two words.json'])
    expect(fish('ec emit --title "$(touch pwned) x" --level cr')).toEqual(['critical'])
    expect(fish('ec emit --title (touch pwned) --level cr')).toEqual(['critical'])
    expect(pwned()).toBe(false)
  })
})

async function complete(home: Home, ...words: (string | Record<string, string>)[]) {
  const last = words.at(-1)
  const env = typeof last === 'object' ? last : {}
  const given = words.filter(word => typeof word === 'string')
  return runCli(home, ['complete', '--', ...given], { env })
}

async function addResource(home: Home, name: string): Promise<string> {
  const { stdout } = await runCli(home, ['resources', 'add', 'github', '--name', name, '--json'])
  return String(JSON.parse(stdout).id)
}

function commonStart([a = '', b = '']: readonly string[]): string {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return a.slice(0, length)
}

function pwned(): boolean {
  return existsSync(join(home.cwd, 'pwned')) || existsSync(join(home.dir, 'pwned'))
}

async function openBash(): Promise<Terminal> {
  const rc = join(home.dir, 'bashrc')
  writeFileSync(
    rc,
    `PS1='ec> '
unset HISTFILE
source <(command ec completion bash)
ec() { printf '<%s>' "$@"; }
_probe() {
_ec_complete "$@"
printf '%s\\n' "\${COMPREPLY[@]}" > "$HOME/probe"
printf '{%s}' "$COMP_TYPE" > /dev/tty
}
complete -F _probe ec
`,
  )
  const bash = openTerminal(home, `bash --noprofile --rcfile ${rc} -i`)
  await bash.until('ec> ')
  return bash
}

/** What bash was given for this line; the line is thrown away, never run. */
async function tab(bash: Terminal, line: string, keys = '\t'): Promise<readonly string[]> {
  const from = bash.screen().length
  bash.type(line + keys)
  await bash.until(keys === '\t' ? '{9}' : '{63}', from)
  // Ctrl-U: the line is thrown away.
  bash.type('\u0015')
  const answer = readFileSync(join(home.dir, 'probe'), 'utf8').split('\n')
  return answer.slice(0, -1).filter(value => value !== '')
}

async function openZsh({ columns = 80, setup = 'source <(command ec completion zsh)' } = {}): Promise<Terminal> {
  writeFileSync(join(home.dir, '.zshrc'), `PS1='ec> '\n${setup}\nec() { printf '<%s>' "$@" }\n`)
  const zsh = openTerminal(home, 'zsh -i', { columns, env: { ZDOTDIR: home.dir } })
  await zsh.until('ec> ')
  return zsh
}

/** Types a line, lets zsh complete it and run the harmless function that shows its words. */
async function ran(zsh: Terminal, keys: string, shown: string): Promise<void> {
  const from = zsh.screen().length
  zsh.type(`${keys}\r`)
  await zsh.until(shown, from)
  await zsh.until('ec> ', from + keys.length)
}

function fish(line: string): readonly string[] {
  const script = 'source (ec completion fish | psub); complete -C "$argv[1]"'
  const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', script, line], {
    cwd: home.cwd,
    env: home.env,
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return stdout.split('\n').slice(0, -1)
}
