import Database from 'better-sqlite3'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ask, call } from '../durability/operator.ts'
import { privateDisk, whyNoPrivateDisk } from '../durability/private-disk.ts'
import { createRandom } from '../durability/random.ts'
import { tell } from '../durability/tell.ts'
import { spawnAgent, type AgentProcess, type AgentProcessOptions, type Exit } from '../support/agent-process.ts'
import { tempDir } from '../support/temp-dir.ts'

const noDisk = whyNoPrivateDisk()
if (noDisk !== null) tell(`no start on a read-only disk is tried: ${noDisk}`)

describe('a start that cannot be', { timeout: 60_000 }, () => {
  it('leaves a folder alone that another agent uses', async () => {
    const dataDir = tempDir()
    const first = start({ dataDir })
    const { socket, url } = await first.ready
    const before = hashes(dataDir, ['agent.json', 'master.key'])
    const made = await ask({ socket }, 'POST', '/api/events', anEvent('before'))

    const second = await end(start({ dataDir }))
    expect(second).toMatchObject({ code: 1, stdout: '' })
    expect(second.stderr).toContain('EC_AGENT_RUNNING')
    expectPlain(second.stderr)

    expect(hashes(dataDir, ['agent.json', 'master.key'])).toEqual(before)
    expect(await call({ url }, 'GET', '/health')).toMatchObject({ status: 200 })
    expect(await ask({ socket }, 'GET', `/api/events/${String(made['id'])}`)).toMatchObject({ title: 'before' })
    await ask({ socket }, 'POST', '/api/events', anEvent('after'))
  })

  it('lets one of many that start at once on a folder serve, and tells the others', async () => {
    const dataDir = tempDir()
    const agents = Array.from({ length: 4 }, () => start({ dataDir }))
    const outcomes = await Promise.all(
      agents.map(agent => Promise.race([agent.ready.then(() => 'serves'), agent.exited.then(({ code }) => code)])),
    )
    expect(outcomes.filter(outcome => outcome === 'serves')).toHaveLength(1)
    expect(outcomes.filter(outcome => outcome === 1)).toHaveLength(3)
    const serving = agents[outcomes.indexOf('serves')]
    const { socket, pid } = await (serving ?? start({ dataDir })).ready
    expect(await ask({ socket }, 'GET', '/api/status')).toMatchObject({ jobs: {} })
    expect(JSON.parse(readFileSync(join(dataDir, 'agent.json'), 'utf8'))).toMatchObject({ pid })
  })

  it('says that a port is taken, and lets go of the folder', async () => {
    const dataDir = tempDir()
    const port = await takePort()
    const refused = await end(start({ dataDir, port }))
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain('EC_PORT_BUSY')
    expect(refused.stderr).toContain(String(port))
    expectPlain(refused.stderr)
    expect(readdirSync(dataDir)).not.toContain('agent.json')
    expect(readdirSync(dataDir)).not.toContain('agent.sock')

    const { socket } = await start({ dataDir }).ready
    expect(await ask({ socket }, 'GET', '/api/status')).toMatchObject({ version: '0.1.0' })
  })

  it.each([
    { left: 'in good order', signal: 'SIGTERM' },
    { left: 'by a crash, its log still beside it', signal: 'SIGKILL' },
  ] as const)('does not touch a store from the future that was left $left', async ({ signal }) => {
    const dataDir = tempDir()
    const agent = start({ dataDir })
    const { socket } = await agent.ready
    await ask({ socket }, 'POST', '/api/events', anEvent('kept'))
    await agent.kill(signal)
    ageIntoTheFuture(join(dataDir, 'ec.db'), signal === 'SIGKILL')
    const before = hashes(dataDir, ['ec.db', 'ec.db-wal'])
    if (signal === 'SIGKILL') expect(before['ec.db-wal']).not.toBe('none')

    const refused = await end(start({ dataDir }))
    expect(refused).toMatchObject({ code: 3, stdout: '' })
    expect(refused.stderr).toContain('EC_STORE_NEWER')
    expectPlain(refused.stderr)
    expect(hashes(dataDir, ['ec.db', 'ec.db-wal'])).toEqual(before)
  })

  it('leaves the database of another program alone', async () => {
    const dataDir = tempDir()
    const db = new Database(join(dataDir, 'ec.db'))
    db.exec('create table songs (title text)')
    db.close()
    const before = hashes(dataDir, ['ec.db'])
    const refused = await end(start({ dataDir }))
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain('EC_STORE_CORRUPT')
    expect(refused.stderr).toContain('next: choose another data folder with --data-dir')
    expectPlain(refused.stderr)
    expect(hashes(dataDir, ['ec.db'])).toEqual(before)
  })

  it('says the way back from a file that is damaged', async () => {
    const dataDir = tempDir()
    writeFileSync(join(dataDir, 'ec.db'), 'no database at all, '.repeat(500))
    const before = hashes(dataDir, ['ec.db'])
    const refused = await end(start({ dataDir }))
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain('EC_STORE_CORRUPT')
    // Only a running agent restores, so the way back has to begin with a start.
    expect(refused.stderr).toContain('next: move the file away, start the agent again, then `ec restore BACKUP`')
    expectPlain(refused.stderr)
    expect(hashes(dataDir, ['ec.db'])).toEqual(before)
  })

  it.skipIf(noDisk !== null)('says that the data folder cannot be written', async () => {
    const dataDir = tempDir()
    const refused = await end(start({ dataDir, ...privateDisk(dataDir, 'ro') }))
    expect(refused).toMatchObject({ code: 3, stdout: '' })
    expect(refused.stderr).toContain('EC_DATA_DIR')
    expect(refused.stderr).toContain(dataDir)
    expectPlain(refused.stderr)
  })

  it('says that the data folder is a file', async () => {
    const file = join(tempDir(), 'data')
    writeFileSync(file, '')
    const refused = await end(start({ dataDir: file }))
    expect(refused).toMatchObject({ code: 3, stdout: '' })
    expect(refused.stderr).toContain('EC_DATA_DIR')
  })
})

describe('a start after a crash', { timeout: 60_000 }, () => {
  it('is not held up by the socket, the file and the lock of an agent that was killed', async () => {
    const dataDir = tempDir()
    const first = start({ dataDir })
    const { socket } = await first.ready
    const { id } = await ask({ socket }, 'POST', '/api/events', anEvent('kept'))
    await first.kill()
    expect(existsSync(socket)).toBe(true)
    expect(existsSync(join(dataDir, 'agent.json'))).toBe(true)

    const second = start({ dataDir })
    const ready = await second.ready
    expect(ready.socket).toBe(socket)
    expect(await ask({ socket }, 'GET', `/api/events/${String(id)}`)).toMatchObject({ title: 'kept', seq: 1 })
    expect(JSON.parse(readFileSync(join(dataDir, 'agent.json'), 'utf8'))).toMatchObject({ pid: second.pid })
    await second.kill('SIGTERM')
    expect(existsSync(join(dataDir, 'agent.json'))).toBe(false)
    expect(existsSync(socket)).toBe(false)
  })
})

describe('a first start that is killed', { timeout: 60_000 }, () => {
  it('at any moment is no obstacle to the next', async () => {
    const dataDir = tempDir()
    const random = createRandom(9)
    // First the time that a start takes here, so that the kills fall into it.
    const began = performance.now()
    await start({ dataDir: tempDir() }).ready
    const startMs = performance.now() - began
    for (let n = 0; n < 5; n++) {
      const agent = start({ dataDir })
      await Promise.race([agent.ready, sleep(random.between(Math.floor(startMs / 2), Math.ceil(startMs)))])
      await agent.kill()
    }
    const { socket } = await start({ dataDir }).ready
    await ask({ socket }, 'POST', '/api/events', anEvent('first'))
  })

  it('in the midst of making the store is no obstacle to the next', async () => {
    const dataDir = tempDir()
    leaveHotJournal(join(dataDir, 'ec.db'))
    const { socket } = await start({ dataDir }).ready
    await ask({ socket }, 'POST', '/api/events', anEvent('first'))
  })
})

interface Ended extends Exit {
  readonly stdout: string
  readonly stderr: string
}

function start(options: AgentProcessOptions): AgentProcess {
  const agent = spawnAgent(options)
  onTestFinished(async () => void (await agent.kill()))
  return agent
}

/** What an agent leaves that ends by itself. */
async function end(agent: AgentProcess): Promise<Ended> {
  const { code, signal } = await agent.exited
  return { code, signal, stdout: agent.stdout(), stderr: agent.stderr() }
}

/** For a person: a line or two, with the next step, and nothing of the program's insides. */
function expectPlain(stderr: string): void {
  expect(stderr).not.toMatch(/\n\s+at /)
  expect(stderr).not.toMatch(/node:|SQLITE_|\.js:\d/)
  expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(3)
}

/** As a later version of ec would have left it: with `inLog`, all that says so is in the write-ahead log. */
function ageIntoTheFuture(file: string, inLog: boolean): void {
  const db = new Database(file)
  db.pragma('wal_autocheckpoint = 0')
  db.pragma('user_version = 99')
  db.exec('create table of_the_future (x)')
  // Closing would fold the log into the file, so what a crash leaves is put aside before.
  const crashed = inLog ? [file, `${file}-wal`].map(path => ({ path, bytes: readFileSync(path) })) : []
  db.close()
  for (const { path, bytes } of crashed) writeFileSync(path, bytes)
}

/** What a kill leaves while the first bytes are written: a part of a page in the file, and the journal that takes it back. */
function leaveHotJournal(file: string): void {
  const db = new Database(file)
  db.pragma('cache_size = 1')
  db.exec('create table t (x)')
  db.exec('drop table t')
  db.exec('begin immediate')
  db.exec('create table t (x)')
  db.exec('insert into t values (randomblob(1000000))')
  const crashed = [file, `${file}-journal`].map(path => ({ path, bytes: readFileSync(path) }))
  db.close()
  for (const { path, bytes } of crashed) writeFileSync(path, bytes)
}

function hashes(dir: string, files: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    files.map(name => {
      const file = join(dir, name)
      // A log without content is no log: whoever reads may leave one.
      const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0)
      return [name, bytes.length > 0 ? createHash('sha256').update(bytes).digest('hex') : 'none']
    }),
  )
}

function anEvent(title: string) {
  return { user_id: 'ana', type: 'task.created', title, body: 'of a test' }
}

async function takePort(): Promise<number> {
  const server = createServer()
  onTestFinished(() => void server.close())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address: AddressInfo | string | null = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
