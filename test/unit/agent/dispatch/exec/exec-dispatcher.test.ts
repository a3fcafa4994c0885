import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createExecDispatcher } from '#ec/agent/dispatch/exec/exec-dispatcher.js'
import type { CommandOutlet } from '#ec/core/outlet.js'
import { anItem, closing, createTestWorld, never } from '../../../../support/dispatch-world.js'
import { tempDir } from '../../../../support/temp-dir.js'

const ANN = { id: 'it', userId: 'ann', label: 'it' } as const

/** One command of the name `it`, and a folder for it to leave traces in. */
function openCommand(command: readonly string[], traits: Partial<CommandOutlet> = {}, env = process.env) {
  const world = createTestWorld(env)
  world.channels.exec.push({ name: 'it', command, timeout_s: 30, ...traits })
  const dispatcher = closing(createExecDispatcher(world))
  const give = (item = anItem('ann'), signal = never(), attempt = 1) => dispatcher.deliver(item, ANN, signal, attempt)
  return { world, dispatcher, give }
}

const sh = (script: string, ...args: readonly string[]) => ['/bin/sh', '-c', script, 'sh', ...args]

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(resolve => setTimeout(resolve, 5))
}

function isAlive(pid: number): boolean {
  try {
    // A process that has ended and waits to be reaped is not alive.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

describe('a command that is given an event', () => {
  it('reads it as JSON, and its facts in the environment', async () => {
    const dir = tempDir()
    const { give } = openCommand(sh('cat > "$1/event"; env > "$1/env"; pwd > "$1/cwd"', dir))
    const item = anItem('ann', { type: 'deploy.done', title: 'Grüße, $(touch pwned); `id`' })
    expect(await give(item, never(), 3)).toEqual({ type: 'delivered' })
    expect(readFileSync(join(dir, 'event'), 'utf8')).toBe(item.json)
    const env = readFileSync(join(dir, 'env'), 'utf8')
    for (const line of [`EC_EVENT_ID=${item.id}`, 'EC_EVENT_TYPE=deploy.done', 'EC_USER_ID=ann', 'EC_ATTEMPT=3']) {
      expect(env.split('\n')).toContain(line)
    }
    expect(readFileSync(join(dir, 'cwd'), 'utf8')).toBe('/\n')
  })

  it("sees nothing of the agent's environment but what it needs", async () => {
    const dir = tempDir()
    const secrets = {
      PATH: process.env['PATH'],
      HOME: '/home/ann',
      TZ: 'UTC',
      EC_MASTER_KEY: 'secret',
      AWS_KEY: 'secret',
    }
    const { give } = openCommand(sh('env > "$1/env"', dir), {}, secrets)
    await give()
    const names = readFileSync(join(dir, 'env'), 'utf8')
      .trim()
      .split('\n')
      .map(line => line.split('=')[0])
    const shells = new Set(['PWD', 'OLDPWD', 'SHLVL', '_'])
    const own = ['EC_ATTEMPT', 'EC_EVENT_ID', 'EC_EVENT_TYPE', 'EC_USER_ID', 'HOME', 'PATH', 'TZ']
    expect(names.filter(name => !shells.has(name ?? '')).toSorted()).toEqual(own)
  })

  it('gets its arguments as they stand, since no shell reads them', async () => {
    const dir = tempDir()
    const odd = ['*', '$HOME', '; touch pwned', 'two words', '']
    const { give } = openCommand(sh('f=$1; shift; for a; do printf "%s|" "$a"; done > "$f/args"', dir, ...odd))
    await give()
    expect(readFileSync(join(dir, 'args'), 'utf8')).toBe(`${odd.join('|')}|`)
    expect(readdirSync(dir)).toEqual(['args'])
  })

  it('need not read it, however large it is', async () => {
    const { give } = openCommand(['true'])
    const large = anItem('ann', { body: 'x'.repeat(2_000_000) })
    expect(await give(large)).toEqual({ type: 'delivered' })
  })

  it.each([
    ['exit 65', 'rejected', 'the command refused it with exit code 65'],
    ['exit 75', 'retry', 'the command ended with exit code 75'],
    ['echo one >&2; echo two >&2; exit 1', 'retry', 'the command ended with exit code 1: two'],
    ['printf "\\033[31mred\\033[0m\\007" >&2; exit 1', 'retry', 'the command ended with exit code 1: red'],
    ['kill -9 $$', 'retry', 'the command was ended by SIGKILL'],
  ])('says by its end what came of it: %s', async (script, type, reason) => {
    const { give } = openCommand(sh(script))
    expect(await give()).toMatchObject({ type, reason })
  })

  it('may write without end: its last lines are kept, and little memory', async () => {
    const { give, world } = openCommand(
      sh('head -c 50000000 /dev/zero | tr "\\0" "x"; echo; echo the last line; exit 1'),
    )
    expect(await give()).toMatchObject({ reason: 'the command ended with exit code 1: the last line' })
    const { fields } = world.logged[0] ?? {}
    expect(fields).toMatchObject({ outlet: 'it', end: 'exited' })
    expect(String(fields?.['output']).length).toBeLessThan(5_000)
  })

  it.each([
    [['no-such-program-here'], 'there is no such program'],
    [['/etc/passwd'], 'it may not be run'],
    [['/'], 'it may not be run'],
  ])('is tried again when it cannot be started: %j', async (command, why) => {
    const { give } = openCommand(command)
    expect(await give()).toEqual({ type: 'retry', afterMs: null, reason: `${command[0]} cannot be started: ${why}` })
  })
})

describe('a command that does not end', () => {
  it('is ended with all that it started when its time is over', async () => {
    const dir = tempDir()
    const { give } = openCommand(sh('sleep 300 & echo $! > "$1/pid.part"; mv "$1/pid.part" "$1/pid"; wait', dir), {
      timeout_s: 0.5,
    })
    expect(await give()).toMatchObject({ type: 'retry', reason: 'the command took too long and was ended' })
    expect(isAlive(Number(readFileSync(join(dir, 'pid'), 'utf8')))).toBe(false)
  })

  it('is killed when it does not care for SIGTERM', { timeout: 30_000 }, async () => {
    const dir = tempDir()
    const script = 'trap "" TERM; echo $$ > "$1/pid"; while :; do sleep 1; done'
    const { give } = openCommand(sh(script, dir), { timeout_s: 0.5 })
    expect(await give()).toMatchObject({ type: 'retry', reason: 'the command took too long and was ended' })
    expect(isAlive(Number(readFileSync(join(dir, 'pid'), 'utf8')))).toBe(false)
  })

  it('is ended when the channel is closed, and close waits for that', async () => {
    const dir = tempDir()
    const { give, dispatcher } = openCommand(
      sh('echo $$ > "$1/pid.part"; mv "$1/pid.part" "$1/pid"; exec sleep 300', dir),
    )
    const outcome = give()
    await until(() => existsSync(join(dir, 'pid')))
    await dispatcher.close?.()
    expect(isAlive(Number(readFileSync(join(dir, 'pid'), 'utf8')))).toBe(false)
    expect(await outcome).toEqual({ type: 'retry', afterMs: null, reason: 'the agent was stopping' })
  })

  it(
    'has delivered all the same when only what it left behind goes on, which is ended',
    { timeout: 30_000 },
    async () => {
      const dir = tempDir()
      const { give } = openCommand(sh('sleep 300 & echo $! > "$1/pid"', dir))
      expect(await give()).toEqual({ type: 'delivered' })
      expect(isAlive(Number(readFileSync(join(dir, 'pid'), 'utf8')))).toBe(false)
    },
  )
})

describe('many events for commands', () => {
  it('are given to four commands at once, and to all of them in the end', async () => {
    const dir = tempDir()
    const script =
      'touch "$1/run.$EC_EVENT_ID"; until [ -e "$1/go" ]; do sleep 0.02; done; touch "$1/done.$EC_EVENT_ID"'
    const { give } = openCommand(sh(script, dir))
    const count = (kind: string) => readdirSync(dir).filter(name => name.startsWith(`${kind}.`)).length
    const outcomes = Promise.all(Array.from({ length: 10 }, () => give(anItem('ann'))))
    await until(() => count('run') === 4)
    for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve))
    expect(count('run')).toBe(4)
    writeFileSync(join(dir, 'go'), '')
    expect((await outcomes).every(({ type }) => type === 'delivered')).toBe(true)
    expect(count('done')).toBe(10)
  })
})

describe('the check `channels.exec`', () => {
  it.each([
    [['no-such-program-here'], /there is no no-such-program-here in PATH/],
    [['/no/such/program'], /there is no \/no\/such\/program$/],
    [['./relative'], /neither a whole path nor a name/],
    [['/etc/passwd'], /may not be run; `chmod \+x` lets it/],
  ])('fails with what is wrong with %j', async (command, detail) => {
    const { dispatcher } = openCommand(command)
    const [check] = await dispatcher.checks()
    expect(check).toMatchObject({ code: 'channels.exec', status: 'fail', detail: expect.stringMatching(detail) })
  })

  it('warns of what is switched off, and is well otherwise', async () => {
    const { dispatcher } = openCommand(['sh'])
    expect(await dispatcher.checks()).toMatchObject([{ code: 'channels.exec', status: 'ok', detail: '1 set up' }])
    await dispatcher.outlets?.switch('it', false)
    const [check] = await dispatcher.checks()
    expect(check).toMatchObject({ status: 'warn', hint: expect.stringContaining('ec channels enable it') })
  })
})
