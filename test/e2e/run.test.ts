import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { tell } from '../durability/tell.ts'
import { finish, makeHome, runCli, startAgentProcess, startCli, withEcOnPath, type Home } from '../support/cli.ts'
import { openTerminal, whyNoTerminal } from '../support/terminal.ts'

const noTerminal = whyNoTerminal()
if (noTerminal !== null) tell(`ec run in a terminal is not tried: ${noTerminal}`)

let home: Home
beforeEach(() => {
  home = withEcOnPath(makeHome())
})

describe('the exit code', () => {
  it.each([
    ['exit 0', 0],
    ['exit 3', 3],
    ['exit 255', 255],
    ['kill -TERM $$', 143],
    ['kill -KILL $$', 137],
  ])('of `%s` passes through', async (script, code) => {
    const result = await runCli(home, ['run', '-q', '--', 'sh', '-c', script])
    expect(result).toEqual({ code, stdout: '', stderr: '' })
  })

  it('is 127 for a command that is not there, and 126 for what is none', async () => {
    writeFileSync(join(home.cwd, 'plain'), 'text')
    for (const [name, code] of [
      ['nosuch', 127],
      ['./nosuch', 127],
      ['./plain/x', 127],
      ['./plain', 126],
      ['.', 126],
    ] as const) {
      const result = await runCli(home, ['run', '-q', '--', name])
      expect({ name, code: result.code, stdout: result.stdout }).toEqual({ name, code, stdout: '' })
      expect(result.stderr).toMatch(/^ec: .+ \(EC_COMMAND\)\nnext: .+\n$/)
    }
  })

  it('is 75 where an agent is required and none answers, 125 where it cannot be asked, and nothing was started', async () => {
    const line = ['run', '--require-agent', '--', 'touch', 'started']
    expect(await runCli(home, line)).toMatchObject({ code: 75 })
    writeFileSync(join(home.configDir, 'ec.config.yaml'), 'no_such_setting: 1\n')
    const { code, stderr } = await runCli(home, line)
    expect(code).toBe(125)
    expect(stderr).toContain('EC_CONFIG_INVALID')
    expect(existsSync(join(home.cwd, 'started'))).toBe(false)
    // Where none is required, what is wrong with ec is no reason to leave the work undone.
    expect(await runCli(home, ['run', '-q', '--', 'touch', 'started'])).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(existsSync(join(home.cwd, 'started'))).toBe(true)
  })

  it.each([['--json'], ['--token-file', '-'], ['--title', ''], ['--user', 'a b'], ['--type-done', 'done']])(
    'is 2 for `%s %s`, and nothing was started',
    async (...flags) => {
      expect(await runCli(home, ['run', ...flags, '--', 'touch', 'started'])).toMatchObject({ code: 2 })
      expect(existsSync(join(home.cwd, 'started'))).toBe(false)
    },
  )
})

describe('what the command sees', () => {
  it('is its stdin and its two outputs, byte for byte', async () => {
    const bytes = randomBytes(10_000_000)
    writeFileSync(join(home.cwd, 'bytes'), bytes)
    const child = startCli(home, ['run', '-q', '--', 'sh', '-c', 'tee /dev/stderr < bytes; cat'])
    const outputs = [child.stdout, child.stderr].map(async stream => {
      const hash = createHash('sha256')
      for await (const chunk of stream) hash.update(chunk)
      return hash.digest('hex')
    })
    child.stdin.end(bytes)
    const once = createHash('sha256').update(bytes)
    const twice = once.copy().update(bytes)
    expect(await Promise.all(outputs)).toEqual([twice.digest('hex'), once.digest('hex')])
  })

  it('is a reader that leaves, as it would be without us', async () => {
    const { stdout, stderr } = await inShell(home, '{ ec run -q -- yes; echo $? > code; } | head -n 1; cat code')
    expect({ stdout, stderr }).toEqual({ stdout: 'y\n141\n', stderr: '' })
  })

  it('is pipes that it can open, in order where they are one', async () => {
    const script = 'for i in 1 2 3 4 5; do echo out$i > /dev/stdout; echo err$i > /dev/stderr; done'
    const { stdout } = await inShell(home, `ec run -q -- sh -c '${script}' 2>&1`)
    expect(stdout).toBe([1, 2, 3, 4, 5].map(i => `out${i}\nerr${i}\n`).join(''))
  })

  it('is its environment, with nothing of ours', async () => {
    const env = { NO_COLOR: '1', TERM: 'dumb', SOME: 'a=b\nc' }
    const direct = await inShell(home, 'exec env', env)
    const { stdout } = await inShell(home, 'exec ec run -q -- env', env)
    expect(variablesIn(stdout)).toEqual(variablesIn(direct.stdout))
    expect(stdout).not.toContain('FORCE_COLOR')
  })
})

describe('a person', () => {
  it('learns that it is done', async () => {
    await startAgentProcess(home)
    const result = await runCli(home, ['run', '--user', 'ana', '--', 'sh', '-c', 'echo built; echo 3 files >&2'])
    expect(result).toEqual({ code: 0, stdout: 'built\n', stderr: '3 files\n' })
    const [event, ...more] = await eventsOf(home, 'ana')
    expect(more).toEqual([])
    expect(event).toMatchObject({
      type: 'job.done',
      level: 'info',
      title: expect.stringMatching(/^sh -c echo built; echo 3 files >&2: done in \d+\.\d s$/),
      data: { exit_code: 0, signal: null, tail: expect.arrayContaining(['built', '3 files']) },
    })
    expect(event?.data['job_id']).toBe(event?.id)
    expect(event?.id).toMatch(/^run_[0-9a-f-]{36}$/)
  })

  it('reads in an alert how it failed, and none of its secrets', async () => {
    await startAgentProcess(home)
    const script = 'echo "\u001b[31mcompiling\u001b[0m"; printf "1%%\\r99%%\\n"; echo "error: no such file" >&2; exit 2'
    const flags = ['--title', 'Nightly build', '--type-failed', 'build.failed']
    const line = ['run', ...flags, '--', 'sh', '-c', script, 'a-secret-argument']
    expect(await runCli(home, line, { env: { DEPLOY_TOKEN: 'a-secret-variable' } })).toMatchObject({ code: 2 })
    const [event] = await eventsOf(home, 'me')
    expect(event).toMatchObject({
      type: 'build.failed',
      level: 'error',
      title: expect.stringMatching(/^Nightly build: failed after /),
      data: { command: 'sh', exit_code: 2, signal: null },
    })
    expect(event?.body.split('\n').slice(0, 2)).toEqual(['Exit code 2.', ''])
    expect(event?.body.split('\n').slice(2).toSorted()).toEqual(['99%', 'compiling', 'error: no such file'])
    expect(JSON.stringify(event)).not.toContain('a-secret')
  })

  it('learns of a command that is not there, or was killed', async () => {
    await startAgentProcess(home)
    await runCli(home, ['run', '--', 'nosuch'])
    await runCli(home, ['run', '--', 'sh', '-c', 'kill -KILL $$'])
    const [missing, killed] = await eventsOf(home, 'me')
    expect(missing).toMatchObject({ type: 'system.alert', title: 'nosuch: not started' })
    expect(missing?.body).toBe('there is no command nosuch')
    expect(killed).toMatchObject({ type: 'system.alert', body: 'Ended by SIGKILL.', data: { signal: 'SIGKILL' } })
  })

  it('sees progress at most twice a second, and the newest', async () => {
    await startAgentProcess(home)
    const script = 'i=0; while [ $i -lt 1000 ]; do i=$((i+1)); echo "step $i/1000"; sleep 0.002; done'
    expect(await runCli(home, ['run', '--', 'sh', '-c', script])).toMatchObject({ code: 0, stderr: '' })
    const events = await eventsOf(home, 'me')
    const progress = events.filter(({ type }) => type === 'job.progress')
    const done = events.at(-1)
    expect(done?.type).toBe('job.done')
    expect(progress.length).toBeGreaterThan(0)
    const seconds = Number(done?.data['duration_ms']) / 1000
    expect(progress.length).toBeLessThanOrEqual(2 * seconds + 1)
    for (const { body, data } of progress) {
      expect(body).toBe(`step ${data['done']}/1000`)
      expect(data['job_id']).toBe(done?.id)
    }
    const steps = progress.map(({ data }) => Number(data['done']))
    expect(steps).toEqual(steps.toSorted((a, b) => a - b))
  })
})

describe('an agent that is away', () => {
  it('costs one calm line and nothing else', async () => {
    const { code, stdout, stderr } = await runCli(home, ['run', '--', 'sh', '-c', 'echo out; exit 5'])
    expect({ code, stdout }).toEqual({ code: 5, stdout: 'out\n' })
    expect(stderr).toMatch(
      /^ec: nobody was told how it ended: no agent answers .+\(EC_AGENT_UNREACHABLE\); next: .+\n$/,
    )
  })

  it('is told of the end when it is back', async () => {
    const agent = await startAgentProcess(home)
    const script = 'echo begun; while [ ! -e go ]; do sleep 0.05; done; echo over'
    const run = startCli(home, ['run', '--', 'sh', '-c', script], { input: '' })
    const result = finish(run)
    await until(async () => (await eventsOf(home, 'me')).some(({ body }) => body === 'begun'))
    await agent.stop()
    await startAgentProcess(home)
    writeFileSync(join(home.cwd, 'go'), '')
    expect(await result).toEqual({ code: 0, stdout: 'begun\nover\n', stderr: '' })
    expect((await eventsOf(home, 'me')).at(-1)).toMatchObject({ type: 'job.done', body: 'begun\nover' })
  })

  it('may hang: the command does not wait for it', async () => {
    const agent = await startAgentProcess(home)
    agent.child.kill('SIGSTOP')
    onTestFinished(() => void agent.child.kill('SIGCONT'))
    const script = 'for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.2; done; touch over'
    const run = startCli(home, ['run', '--', 'sh', '-c', script], { input: '' })
    const result = finish(run)
    await until(() => existsSync(join(home.cwd, 'over')))
    agent.child.kill('SIGCONT')
    expect(await result).toMatchObject({ code: 0, stderr: '' })
    expect((await eventsOf(home, 'me')).filter(({ type }) => type === 'job.done')).toHaveLength(1)
  })
})

describe('a signal', () => {
  it('reaches all of the group, and how it ended is told', async () => {
    await startAgentProcess(home)
    const script = 'trap "echo caught; exit 7" INT; sleep 1000 & echo $!; wait'
    const { child, pids } = await startAndRead(home, script)
    child.kill('SIGINT')
    expect(await once(child, 'close')).toEqual([7, null])
    expect(isAlive(pids)).toBe(false)
    expect((await eventsOf(home, 'me')).at(-1)).toMatchObject({ type: 'system.alert', data: { exit_code: 7 } })
  })

  it('ends grandchildren too, and gives 128 and its number', async () => {
    const { child, pids } = await startAndRead(home, 'sh -c "sleep 1000 & sleep 1000 & wait" & echo $!; wait')
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([143, null])
    expect(isAlive(pids)).toBe(false)
  })

  it('ends what ignores it when it comes a second time', async () => {
    const { child, pids } = await startAndRead(home, 'trap "echo no" INT; echo $$; while :; do sleep 0.05; done')
    child.kill('SIGINT')
    await once(child.stdout, 'data')
    child.kill('SIGINT')
    expect(await once(child, 'close')).toEqual([137, null])
    expect(isAlive(pids)).toBe(false)
  })

  it('is sent to what the command has left behind', async () => {
    const { child, pids } = await startAndRead(home, 'sleep 1000 & echo $!; exit 4')
    expect(await once(child, 'close')).toEqual([4, null])
    expect(isAlive(pids)).toBe(false)
  })
})

describe.skipIf(noTerminal !== null)('in a terminal', () => {
  it('the command has the terminal, unless --pipe', async () => {
    const script = 'test -t 0 && test -t 1 && test -t 2 && echo all of it; test -t 1 || echo a pipe'
    const inherited = openTerminal(home, `ec run -q -- sh -c '${script}; exit 3'`)
    expect(await inherited.ended).toBe(3)
    expect(inherited.screen().trim()).toBe('all of it')
    const piped = openTerminal(home, `ec run -q --pipe -- sh -c '${script}; exit 3'`)
    expect(await piped.ended).toBe(3)
    expect(piped.screen().trim()).toBe('a pipe')
  })

  it('Ctrl-C comes to the command once, and it alone decides', async () => {
    const script = 'trap "echo caught" INT; echo ready; while [ ! -e go ]; do sleep 0.05; done; exit 9'
    const terminal = openTerminal(home, `ec run -q -- sh -c '${script}'`)
    await terminal.until('ready')
    terminal.type('\u0003')
    await terminal.until('caught')
    terminal.type('\u0003')
    await terminal.until(/caught[^]*caught/)
    writeFileSync(join(home.cwd, 'go'), '')
    expect(await terminal.ended).toBe(9)
    expect(terminal.screen().match(/caught/g)).toHaveLength(2)
  })
})

interface Told {
  readonly id: string
  readonly type: string
  readonly level: string
  readonly title: string
  readonly body: string
  readonly data: Readonly<Record<string, unknown>>
}

async function eventsOf(of: Home, user: string): Promise<readonly Told[]> {
  const { stdout } = await runCli(of, ['events', 'list', '--user', user, '--json'])
  return stdout === '' ? [] : JSON.parse(stdout).events
}

/** But for what each shell sets. */
function variablesIn(output: string): readonly string[] {
  return output
    .split('\n')
    .filter(line => !/^(_|SHLVL|PWD|OLDPWD)=/.test(line))
    .toSorted()
}

async function inShell(at: Home, line: string, env: Readonly<Record<string, string>> = {}) {
  const child = spawn('sh', ['-c', line], { cwd: at.cwd, env: { ...at.env, ...env } })
  child.stdin.end()
  return finish(child)
}

/** Starts `ec run` on a script whose first line is a process id. */
async function startAndRead(at: Home, script: string) {
  const child = startCli(at, ['run', '-q', '--', 'sh', '-c', script], { input: '' })
  const [first]: Buffer[] = await once(child.stdout, 'data')
  return { child, pids: Number(String(first).split('\n')[0]) }
}

/** Whether a process runs: one that is over and has not been waited for by its new parent does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  if (process.platform !== 'linux') return true
  return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise(resolve => setTimeout(resolve, 50))
}
