import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { PROVIDERS } from '#ec/providers/index.js'
import { finish, makeHome, runCli, startAgentProcess, startCli, type Home } from '../support/cli.ts'
import { readFixtures, type FixtureFile } from '../support/fixture-files.ts'
import { openStandIn } from '../support/stand-in.ts'
import { tempDir } from '../support/temp-dir.ts'

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures')
const PUSH = join(FIXTURES, 'github', 'push.json')
const push = JSON.parse(readFileSync(PUSH, 'utf8'))

/** The lines of a replay with `--json`, the summary apart. */
async function replay(home: Home, ...args: readonly string[]) {
  const { code, stdout, stderr } = await runCli(home, ['replay', ...args, '--json'])
  const lines = stdout === '' ? [] : stdout.trimEnd().split('\n')
  const all = lines.map(line => JSON.parse(line))
  return { code, stderr, lines: all.filter(line => line.type === 'request'), summary: all.at(-1) }
}

async function json(home: Home, ...args: readonly string[]) {
  const result = await runCli(home, [...args, '--json'])
  expect(result).toMatchObject({ code: 0 })
  return JSON.parse(result.stdout)
}

/** A resource with the secret of the GitHub fixtures. */
async function addResource(home: Home, secret = push.secret): Promise<string> {
  const file = join(home.dir, 'secret')
  writeFileSync(file, secret)
  return (await json(home, 'resources', 'add', 'github', '--secret-file', file)).id
}

function isTaken({ fixture: { expect: wanted, secret } }: FixtureFile): boolean {
  return wanted.status < 300 && wanted.notifications?.length === 1 && secret !== undefined
}

function writeFixture(change: (fixture: typeof push) => unknown): string {
  const file = join(tempDir(), 'changed.json')
  writeFileSync(file, JSON.stringify(change(structuredClone(push))))
  return file
}

describe('`ec replay` of fixtures', () => {
  it(
    'is green on a fresh agent, and again on the same one, and leaves nothing behind',
    { timeout: 60_000 },
    async () => {
      const home = makeHome()
      await startAgentProcess(home)
      for (const turn of [1, 2]) {
        const { code, lines, summary } = await replay(home, FIXTURES)
        expect({ turn, wrong: lines.filter(line => line.differences.length > 0) }).toEqual({ turn, wrong: [] })
        expect(code).toBe(0)
        expect(summary).toMatchObject({ type: 'summary', requests: lines.length, differs: 0, failed: 0 })
        expect(lines.map(line => line.name)).toEqual(lines.map(line => line.name).toSorted())
      }
      expect((await json(home, 'resources', 'list')).resources).toEqual([])
    },
  )

  it('prints a table, without a terminal too, and ends quietly when nobody reads on', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const { code, stdout, stderr } = await runCli(home, ['replay', PUSH])
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^REQUEST +STATUS +EXPECTED +NOTIFICATIONS +EVENTS +RESULT\n.*push\.json +202 +202 .*github\.push +ok\n$/,
    )
    expect(stderr).toBe('1 sent: 1 ok, 0 duplicate, 0 differ, 0 failed\n')
    const child = startCli(home, ['replay', join(FIXTURES, 'github'), '--json'])
    await once(createInterface({ input: child.stdout }), 'line')
    child.stdout.destroy()
    expect(await finish(child)).toMatchObject({ code: 0, stderr: '' })
    expect((await json(home, 'resources', 'list')).resources).toEqual([])
  })

  it('says in words what differs, and exits with 5', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const file = writeFixture(fixture => ({
      ...fixture,
      expect: { status: 200, notifications: [{ kind: 'ping' }], events: [] },
    }))
    const { code, stdout, stderr } = await runCli(home, ['replay', file])
    expect(code).toBe(5)
    expect(stdout).toContain('changed.json: the status is 202; expected is 200\n')
    expect(stdout).toContain(
      `the notification kind ping is missing; there is key ${push.request.headers['x-github-delivery']}, kind push\n`,
    )
    expect(stdout).toContain('no event is expected; there is type github.push\n')
    expect(stderr).toContain('(EC_REPLAY_DIFFERS)')
  })

  it('changes what `--set` says and signs it again', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const { lines, code } = await replay(home, PUSH, '--set', 'body.ref=refs/heads/dev', '--set', 'body.size=3')
    expect({ code, lines }).toMatchObject({ code: 0, lines: [{ status: 202, result: 'ok' }] })
    const { events } = await json(home, 'events', 'list')
    expect(events.at(-1).title).toContain('dev')
    const other = await replay(home, PUSH, '--set', 'headers.X-GitHub-Event=ping')
    expect(other).toMatchObject({ code: 5, lines: [{ status: 202, notifications: [{ kind: 'ping' }] }] })
  })

  it('with --dry-run shows what would be sent, without signatures, and sends nothing', async () => {
    const { code, stdout } = await runCli(makeHome(), ['replay', PUSH, '--dry-run'])
    expect(code).toBe(0)
    expect(stdout).toContain('POST /webhooks/github/{resource}')
    expect(stdout).toContain('x-hub-signature-256: (redacted)')
    expect(stdout).toContain(`${Buffer.byteLength(push.request.body)} bytes`)
  })

  it('refuses a broken file by its path and problem before anything is sent', async () => {
    const home = makeHome()
    const folder = tempDir()
    cpSync(PUSH, join(folder, 'a.json'))
    writeFileSync(join(folder, 'b.json'), '{"provider":"github"')
    expect(await runCli(home, ['replay', folder])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/b\.json is not JSON: /),
    })
    writeFileSync(join(folder, 'b.json'), '{"provider":"github"}')
    expect(await runCli(home, ['replay', folder])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/b\.json is no fixture: description: /),
    })
  })

  it.each([
    [[], 2],
    [['missing.json'], 2],
    [[PUSH, '--since', '2h'], 2],
    [['--since', 'tomorrow'], 2],
    [[PUSH, '--times', '0'], 2],
    [[PUSH, '--set', 'query.x=1'], 2],
    [[PUSH, '--to', 'localhost:3000'], 2],
    [[PUSH], 75],
    [['ntf_1'], 75],
  ])('%j exits with %i where no agent runs', async (args, code) => {
    expect(await runCli(makeHome(), ['replay', ...args])).toMatchObject({ code, stdout: '' })
  })

  it('says at once that the resource which all are for is none, and sends nothing', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const { code, stdout, stderr } = await runCli(home, ['replay', FIXTURES, '--resource', 'nobody'])
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' })
    expect(stderr).toContain('no such resource')
  })

  it('guesses a provider that is spelled wrong', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const { code, stderr } = await runCli(home, ['replay', '--provider', 'gihub'])
    expect({ code, stderr }).toMatchObject({ code: 6, stderr: expect.stringContaining('--provider github?') })
  })

  it('exits with 6 when nothing matches', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    mkdirSync(join(home.cwd, 'empty'))
    for (const args of [['empty'], ['--since', '2h'], [PUSH, '--provider', 'calcom'], ['ntf_1']]) {
      expect({ args, ...(await runCli(home, ['replay', ...args])) }).toMatchObject({ args, code: 6, stdout: '' })
    }
  })

  it('sends to any address without an agent, and compares the status', async () => {
    const server = await openStandIn((_request, response, nth) => response.writeHead(nth === 1 ? 202 : 500).end())
    const to = `${server.url}/hook?a=1`
    expect(await replay(makeHome(), PUSH, '--to', to)).toMatchObject({
      code: 0,
      lines: [{ status: 202, result: 'ok', outcome: null }],
    })
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      url: '/hook?a=1',
      headers: push.request.headers,
      body: push.request.body,
    })
    expect(await replay(makeHome(), PUSH, '--to', to, '--re-sign')).toMatchObject({
      code: 5,
      lines: [{ status: 500, result: 'differs' }],
    })
    expect(server.seen[1]?.headers['x-hub-signature-256']).toBe(push.request.headers['x-hub-signature-256'])
  })

  it('to an address where nobody answers is a failure, not a crash', async () => {
    expect(await replay(makeHome(), PUSH, '--to', 'http://127.0.0.1:9/')).toMatchObject({
      code: 5,
      lines: [{ status: null, result: 'failed' }],
    })
  })

  it('removes what it made in passing when it is stopped', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const child = startCli(home, ['replay', PUSH, '--times', '10000', '--json'])
    await once(createInterface({ input: child.stdout }), 'line')
    child.kill('SIGINT')
    expect((await finish(child)).code).toBe(130)
    expect((await json(home, 'resources', 'list')).resources).toEqual([])
  })
})

describe('`ec replay` of stored notifications', () => {
  it('is a duplicate until --again gives it a new key and repeats its effects', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const resource = await addResource(home)
    expect(await replay(home, PUSH, '--resource', resource)).toMatchObject({ code: 0, lines: [{ result: 'ok' }] })
    expect(await replay(home, PUSH, '--resource', resource)).toMatchObject({
      code: 0,
      lines: [{ result: 'duplicate' }],
    })
    const { notifications } = await json(home, 'notifications', 'list')
    expect(notifications).toHaveLength(1)
    expect(await replay(home, notifications[0].id)).toMatchObject({ code: 0, lines: [{ result: 'duplicate' }] })
    expect(await replay(home, '--since', '1h')).toMatchObject({ code: 0, lines: [{ result: 'duplicate' }] })
    expect(await replay(home, notifications[0].id, '--again', '--times', '2')).toMatchObject({
      code: 0,
      lines: [
        { result: 'ok', outcome: 'accepted', events: [{ type: 'github.push' }] },
        { result: 'ok', outcome: 'accepted', events: [{ type: 'github.push' }] },
      ],
    })
    expect((await json(home, 'events', 'list')).events).toHaveLength(3)
  })

  it('leaves out what a replay of fixtures left behind, and says how many that are', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    expect(await replay(home, join(FIXTURES, 'website'))).toMatchObject({ code: 0 })
    const nothing = await runCli(home, ['replay', '--since', '1h'])
    expect(nothing).toMatchObject({
      code: 6,
      stdout: '',
      stderr: expect.stringMatching(/^\d+ left out, whose resource/),
    })
    const resource = await addResource(home)
    expect(await replay(home, PUSH, '--resource', resource)).toMatchObject({ code: 0 })
    expect(await replay(home, '--since', '1h')).toMatchObject({ code: 0, lines: [{ result: 'duplicate' }] })
    // To another resource, or somewhere else, they can go all the same.
    const server = await openStandIn((_request, response) => response.writeHead(202).end())
    const elsewhere = await replay(home, '--since', '1h', '--provider', 'website', '--to', server.url)
    expect(elsewhere.code).toBe(0)
    expect(elsewhere.lines.length).toBeGreaterThan(10)
  })

  it('never signs what was refused because a filter found it; named, it does', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const resource = await addResource(home)
    const forged = join(FIXTURES, 'github', 'wrong-signature.json')
    expect(await replay(home, forged, '--resource', resource)).toMatchObject({ code: 0, lines: [{ status: 401 }] })
    for (const asked of [['--again'], ['--re-sign'], ['--set', 'body.ref=refs/heads/x'], ['--again', '--re-sign']]) {
      const found = await replay(home, '--since', '1h', '--provider', 'github', ...asked)
      expect(found.lines.length).toBeGreaterThan(0)
      for (const line of found.lines) expect({ asked, ...line }).toMatchObject({ asked, status: 401, events: [] })
      expect(found.stderr).toContain('went as it came')
    }
    expect(await replay(home, 'ntf_1', '--again')).toMatchObject({ code: 5, lines: [{ status: 401 }] })
    expect((await json(home, 'events', 'list')).events).toEqual([])
    expect(await replay(home, 'ntf_1', '--re-sign')).toMatchObject({ code: 0, lines: [{ status: 202, result: 'ok' }] })
  })

  it('is found again by every service, and is another one with a new key', { timeout: 60_000 }, async () => {
    const home = makeHome()
    await startAgentProcess(home)
    for (const provider of Object.keys(PROVIDERS).filter(id => id !== 'calcom')) {
      const { name, fixture } = readFixtures(provider).find(isTaken) ?? { name: '', fixture: push }
      const secret = join(home.dir, 'secret')
      writeFileSync(secret, fixture.secret ?? '')
      const set = Object.entries(fixture.resource.set).flatMap(([key, value]) => ['--set', `${key}=${String(value)}`])
      const { id } = await json(home, 'resources', 'add', provider, '--secret-file', secret, ...set)
      const path = join(FIXTURES, provider, `${name}.json`)
      expect(await replay(home, path, '--resource', id, '--re-sign')).toMatchObject({
        code: 0,
        lines: [{ result: 'ok' }],
      })
      const { notifications } = await json(home, 'notifications', 'list', '--resource', id)
      const stored = String(notifications[0].id)
      expect(await replay(home, stored)).toMatchObject({ code: 0, lines: [{ provider, result: 'duplicate' }] })
      expect(await replay(home, stored, '--again')).toMatchObject({
        code: 0,
        lines: [{ provider, result: 'ok', outcome: 'accepted' }],
      })
    }
  })

  it('says that a body which is its own key must change to be another notification', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const fixture = join(FIXTURES, 'calcom', 'booking-created.json')
    const secret = join(home.dir, 'secret')
    writeFileSync(secret, JSON.parse(readFileSync(fixture, 'utf8')).secret)
    const { id } = await json(home, 'resources', 'add', 'calcom', '--secret-file', secret)
    await replay(home, fixture, '--resource', id)
    const refused = await runCli(home, ['replay', 'ntf_1', '--again'])
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--set body.note=again') })
    expect(await replay(home, 'ntf_1', '--set', 'body.payload.title=Lunch')).toMatchObject({
      code: 0,
      lines: [{ result: 'ok', outcome: 'accepted', events: [{ type: 'calcom.booking.created' }] }],
    })
  })
})

describe('`ec notifications why`', () => {
  it('says when a mended secret would take what was refused, and replay takes it', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const resource = await addResource(home, 'a secret that was typed wrong')
    expect(await replay(home, PUSH, '--resource', resource)).toMatchObject({ code: 5, lines: [{ status: 401 }] })
    const why = async () => (await runCli(home, ['notifications', 'why', 'ntf_1'])).stdout
    expect(await why()).toContain('Most likely the secret at the provider is another one')
    const { key } = await json(home, 'keys', 'create', '--name', 'k', '--scope', 'operate')
    const patched = await fetch(`${agent.ready.url}/api/resources/${resource}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ secret: push.secret }),
    })
    expect(patched.status).toBe(200)
    expect(await why()).toContain('With the present secret it verifies: have it sent again, or run `ec replay ntf_1`.')
    expect(await replay(home, 'ntf_1')).toMatchObject({ code: 0, lines: [{ result: 'ok', outcome: 'accepted' }] })
    expect((await json(home, 'events', 'list')).events).toMatchObject([{ type: 'github.push' }])
  })
})
