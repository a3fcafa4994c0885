import { randomBytes } from 'node:crypto'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeHome, runCli, startAgentProcess, type Home } from '../support/cli.ts'
import { openStandIn } from '../support/stand-in.ts'

const EXAMPLES = join(import.meta.dirname, '..', '..', 'docs', 'examples')
const makeSecret = () => `whsec_${randomBytes(32).toString('base64')}`

function configure(home: Home, channels: object): void {
  // JSON is YAML.
  writeFileSync(join(home.configDir, 'ec.config.yaml'), JSON.stringify({ channels }), { mode: 0o600 })
}

describe('channels from the command line', () => {
  it('are listed, tested, switched off by a 410 across a restart, and enabled again', { timeout: 60_000 }, async () => {
    const home = makeHome()
    let status = 410
    const receiver = await openStandIn((_, response) => void response.writeHead(status).end())
    const file = join(home.dir, 'hook.secret')
    writeFileSync(file, makeSecret(), { mode: 0o600 })
    configure(home, {
      exec: [
        { name: 'log', command: [join(EXAMPLES, 'append-event.sh'), join(home.dir, 'events.ndjson')], users: ['ana'] },
        { name: 'lost', command: ['no-such-program-here'] },
      ],
      webhook: [
        {
          name: 'hook',
          url: `${receiver.url}/x`,
          secret_file: file,
          types: ['deploy.*'],
          allow_http: true,
          allow_private: true,
        },
      ],
    })
    const agent = await startAgentProcess(home)
    const list = async () => JSON.parse((await runCli(home, ['channels', 'list', '--json'])).stdout).channels
    expect(await list()).toEqual([
      { name: 'ws', channel: 'ws', users: null, types: null, state: 'on', detail: '0 connected' },
      expect.objectContaining({ name: 'push', channel: 'push', state: 'on' }),
      { name: 'log', channel: 'exec', users: ['ana'], types: null, state: 'on', detail: null },
      expect.objectContaining({ name: 'lost', state: 'broken', detail: expect.stringContaining('in PATH') }),
      { name: 'hook', channel: 'webhook', users: null, types: ['deploy.*'], state: 'on', detail: null },
    ])

    expect(await runCli(home, ['channels', 'test', 'log'])).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/took it/),
    })
    const event = JSON.parse(readFileSync(join(home.dir, 'events.ndjson'), 'utf8'))
    expect(event).toMatchObject({ user_id: 'ana', type: 'channel.test', service: 'ec' })

    const lost = await runCli(home, ['channels', 'test', 'lost'])
    expect(lost.code).toBe(4)
    expect(lost.stderr).toContain('no-such-program-here cannot be started: there is no such program')
    const doctor = JSON.parse((await runCli(home, ['doctor', '--json'])).stdout)
    expect(doctor.checks).toContainEqual(expect.objectContaining({ code: 'channels.exec', status: 'fail' }))

    const gone = await runCli(home, ['channels', 'test', 'hook'])
    expect(gone.code).toBe(4)
    expect(gone.stderr).toContain('it answered 410')
    expect(await agent.stop()).toBe(0)

    const second = await startAgentProcess(home)
    expect(await list()).toContainEqual(expect.objectContaining({ name: 'hook', state: 'off' }))
    status = 204
    expect((await runCli(home, ['channels', 'enable', 'hook'])).stderr).toContain('hook: takes events again')
    expect((await runCli(home, ['channels', 'test', 'hook'])).code).toBe(0)
    expect((await runCli(home, ['channels', 'disable', 'log'])).stderr).toContain('takes no events')
    expect(await list()).toContainEqual(expect.objectContaining({ name: 'log', state: 'off' }))
    const stranger = await runCli(home, ['channels', 'test', 'ws'])
    expect(stranger.code).not.toBe(0)
    expect(stranger.stderr).toContain('no command or webhook is called ws')
    expect(await second.stop()).toBe(0)
  })

  it('have secrets that others can read only until the doctor sees it', async () => {
    const home = makeHome()
    const file = join(home.dir, 'hook.secret')
    writeFileSync(file, makeSecret(), { mode: 0o644 })
    configure(home, { webhook: [{ name: 'a', url: 'https://hooks.example/', secret_file: '~/hook.secret' }] })
    const seen = JSON.parse((await runCli(home, ['doctor', '--json'])).stdout)
    const detail = expect.stringContaining(file)
    expect(seen.checks).toContainEqual(expect.objectContaining({ code: 'files.private', status: 'warn', detail }))
  })

  it('stand in the configuration without what may be a secret', async () => {
    const home = makeHome()
    const headers = { authorization: 'Bearer TOKEN' }
    configure(home, { webhook: [{ name: 'a', url: 'https://hooks.example/services/TOKEN', secret_env: 'A', headers }] })
    const listed = await runCli(home, ['config', 'list', '--json'])
    expect(listed.stdout).toContain('https://hooks.example')
    expect(listed.stdout).not.toContain('TOKEN')
  })
})

describe('the examples of docs/channels.md', () => {
  it('append-event.sh writes an event once, however often it comes', async () => {
    const file = join(makeHome().dir, 'events.ndjson')
    for (const id of ['evt_1', 'evt_2', 'evt_1']) {
      const child = spawn(join(EXAMPLES, 'append-event.sh'), [file], { env: { ...process.env, EC_EVENT_ID: id } })
      child.stdin.end(JSON.stringify({ id, title: 'x' }))
      expect(await once(child, 'exit')).toEqual([0, null])
    }
    const ids = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).id)
    expect(ids).toEqual(['evt_1', 'evt_2'])
  })

  it('receive-webhook.js believes the agent, and nobody without the secret', { timeout: 60_000 }, async () => {
    const home = makeHome()
    const [secret, other] = [makeSecret(), makeSecret()]
    const child = spawn(process.execPath, [join(EXAMPLES, 'receive-webhook.js'), '0'], {
      env: { ...process.env, HOOK_SECRET: secret },
    })
    onTestFinished(() => void child.kill())
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const { value: first } = await lines.next()
    const url = `http://127.0.0.1:${/\d+$/.exec(String(first))?.[0]}/`
    const allow = { allow_http: true, allow_private: true }
    configure(home, {
      webhook: [
        { name: 'true', url, secret_env: 'TRUE_SECRET', ...allow },
        { name: 'false', url, secret_env: 'FALSE_SECRET', ...allow },
      ],
    })
    await startAgentProcess(home, [], { TRUE_SECRET: secret, FALSE_SECRET: other })
    expect((await runCli(home, ['channels', 'test', 'true'])).code).toBe(0)
    expect((await lines.next()).value).toBe('channel.test for me: EventCenter can reach true')
    expect((await runCli(home, ['channels', 'test', 'false'])).stderr).toContain('it answered 401')
  })
})
