import Database from 'better-sqlite3'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { privateDisk, whyNoPrivateDisk } from '../durability/private-disk.ts'
import { tell } from '../durability/tell.ts'
import { finish, makeHome, runCli, startAgentProcess, type Home } from '../support/cli.ts'
import { diagnose, FREE_PORT, type Row } from '../support/doctor.ts'
import { tempDir } from '../support/temp-dir.ts'

const noDisk = whyNoPrivateDisk()
if (noDisk !== null) tell(`no full, read-only or dead disk is looked at: ${noDisk}`)
const isRoot = process.getuid?.() === 0
if (!isRoot) tell('no folder of another user is looked at: it takes root to give one away')

describe('`ec doctor` without an agent', () => {
  it('finds nothing wrong on a machine where nothing was started yet, and makes nothing', async () => {
    const home = makeHome()
    const port = await freePort()
    const found = await diagnose(home, [], { env: { EC_HTTP_PORT: String(port) } })
    expect(found.ok).toBe(true)
    expect(found.find('node.version')).toMatchObject({ status: 'ok', detail: process.versions.node })
    expect(found.find('node.sqlite')).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/^better-sqlite3 \d/),
    })
    expect(found.find('data.folder')).toMatchObject({ status: 'warn' })
    expect(found.find('agent.reachable')).toMatchObject({ status: 'skip', hint: expect.stringContaining('`ec agent`') })
    expect(found.find('port.http')).toMatchObject({ status: 'ok', detail: `127.0.0.1:${port}` })
    expect(existsSync(home.dataDir)).toBe(false)
    expect(found.stderr).toBe('')
  })

  it('prints a line a check, one next step under what is not right, and sums up in the last line', async () => {
    const home = makeHome()
    mkdirSync(home.dataDir, { recursive: true, mode: 0o755 })
    chmodSync(home.dataDir, 0o755)
    const { code, stdout } = await runCli(home, ['doctor'], { env: FREE_PORT })
    expect(code).toBe(0)
    expect(stdout).toContain(`warn  the data folder is closed to others: ${home.dataDir} is 755, not 700\n`)
    expect(stdout).toContain('      next: run `ec doctor --fix`\n')
    expect(stdout).toMatch(/\n\n\d+ checks: \d+ ok, 1 warn, \d+ skip\n$/)
    expect(statSync(home.dataDir).mode & 0o777).toBe(0o755)
  })

  it('exits with 5 when a check fails, and says on stderr which step comes next', async () => {
    const home = makeHome()
    writeFileSync(join(home.configDir, 'ec.config.yaml'), 'htp: { port: 9000 }\n')
    const plain = await runCli(home, ['doctor'], { env: FREE_PORT })
    expect(plain.code).toBe(5)
    expect(plain.stdout).toMatch(/\d+ checks: .*1 fail.*\n$/)
    expect(plain.stderr).toContain('(EC_CHECK_FAILED)\nnext: correct ')
    const json = await diagnose(home)
    expect(JSON.parse(json.stderr)).toMatchObject({ code: 'EC_CHECK_FAILED', exit: 5, failed: ['config.valid'] })
  })
})

describe('the configuration', () => {
  it('names the mistake, its line and the word that was meant, and looks at everything else', async () => {
    const home = makeHome()
    const file = join(home.configDir, 'ec.config.yaml')
    writeFileSync(file, 'user: ana\nhtpp:\n  port: 9000\n')
    const found = await diagnose(home)
    expect(found.find('config.valid')).toMatchObject({
      status: 'fail',
      detail: `${file}:2: htpp is no setting; did you mean http?`,
      hint: `correct ${file}:2`,
    })
    expect(found.find('data.folder').status).toBe('warn')
    expect(found.find('port.http')).toMatchObject({ status: 'skip', hint: 'see `ec config check`' })
  })

  it('counts further mistakes, and leaves telling them to `ec config check`', async () => {
    const home = makeHome()
    writeFileSync(join(home.configDir, 'ec.config.yaml'), 'htpp: {}\nusr: ana\n')
    expect((await diagnose(home)).find('config.valid')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining(', and 1 more'),
      hint: 'see `ec config check`',
    })
  })

  it('says of a file in the working directory what it may not set, until it is trusted', async () => {
    const home = makeHome()
    const file = join(home.cwd, 'ec.config.yaml')
    writeFileSync(file, 'public: { url: https://evil.example }\n')
    const { hint } = (await diagnose(home)).find('config.trust')
    expect((await diagnose(home)).find('config.trust')).toMatchObject({
      status: 'fail',
      detail: `${file} is not trusted to set public.url`,
    })
    await follow(home, hint)
    expect((await diagnose(home)).find('config.trust').status).toBe('ok')
  })

  it('names a variable that nothing reads, and the one that was meant', async () => {
    const found = await diagnose(makeHome(), [], { env: { EC_HTPP_PORT: '9000' } })
    expect(found.find('config.variables')).toMatchObject({
      status: 'warn',
      detail: 'EC_HTPP_PORT is no variable of ec; did you mean EC_HTTP_PORT?',
      hint: 'correct the name, or unset it',
    })
    expect(found.code).toBe(0)
  })

  it('warns of a service that is asked elsewhere, and fails for one in plain http', async () => {
    const home = makeHome()
    const elsewhere = await diagnose(home, [], { env: { EC_GITHUB_BASE_URL: 'https://git.example.org/api/v3' } })
    expect(elsewhere.find('config.endpoints')).toMatchObject({ status: 'warn' })
    const plain = await diagnose(home, [], { env: { EC_GOOGLE_CERTS_URL: 'http://keys.example.org/certs' } })
    expect(plain.find('config.endpoints')).toMatchObject({
      status: 'fail',
      detail: 'EC_GOOGLE_CERTS_URL is http://keys.example.org',
      hint: 'give EC_GOOGLE_CERTS_URL an https URL, or unset it',
    })
  })
})

describe('the data folder', () => {
  it('says that it is a file', async () => {
    const home = makeHome()
    const path = join(home.dir, 'file')
    writeFileSync(path, '')
    const found = await diagnose(home, ['--data-dir', path])
    expect(found.find('data.folder')).toMatchObject({
      status: 'fail',
      detail: `${path} is a file`,
      hint: 'choose another with --data-dir',
    })
  })

  it('makes a missing one with --fix, and finds nothing the second time', async () => {
    const home = makeHome()
    const mended = await diagnose(home, ['--fix'])
    expect(mended.find('data.folder')).toMatchObject({
      status: 'ok',
      fix: { done: true, steps: [`${home.dataDir}: none -> made, mode 700`] },
    })
    expect(mended.stderr).toContain(`mended: ${home.dataDir}: none -> made, mode 700`)
    expect(statSync(home.dataDir).mode & 0o777).toBe(0o700)
    expect((await diagnose(home)).checks.filter(({ status }) => status === 'warn' || status === 'fail')).toEqual([])
  })

  it('says what it could not mend, and why', async () => {
    const missing = '/proc/nobody/data'
    const found = await diagnose(makeHome(), ['--fix', '--data-dir', missing])
    expect(found.find('data.folder')).toMatchObject({
      status: 'warn',
      fix: { done: false, steps: [`make ${missing}, mode 700`], error: expect.stringContaining('ENOENT') },
    })
    expect(found.stderr).toContain(`not mended: make ${missing}, mode 700: `)
  })

  it('closes the folder and the files with secrets, with --fix, and touches nothing that is in them', async () => {
    const home = await usedHome()
    const open = ['ec.db', 'master.key'].map(name => join(home.dataDir, name))
    chmodSync(home.dataDir, 0o750)
    for (const path of open) chmodSync(path, 0o644)
    const before = contents(home)

    const found = await diagnose(home)
    expect(found.find('data.mode')).toMatchObject({ status: 'warn', hint: 'run `ec doctor --fix`' })
    const files = found.find('files.private')
    expect(files).toMatchObject({ status: 'fail', hint: 'run `ec doctor --fix`', fix: { done: false } })
    expect(files.detail).toContain(`${open[1]} is 644`)
    // What it looks like when the agent meets it: it does not start.
    expect(found.find('key.present')).toMatchObject({ status: 'fail', hint: `chmod 600 ${open[1]}` })

    const mended = await diagnose(home, ['--fix'])
    expect(mended.find('files.private')).toMatchObject({ status: 'ok', fix: { done: true } })
    expect(mended.stderr).toContain(`mended: ${open[1]}: 644 -> 600`)
    expect(mended.stderr).toContain(`mended: ${home.dataDir}: 750 -> 700`)
    for (const path of open) expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(contents(home)).toMatchObject(before)

    const clean = await diagnose(home, ['--fix'])
    expect(clean.ok).toBe(true)
    expect(clean.stderr).toBe('')
    expect(clean.checks.filter(({ fix }) => fix !== undefined)).toEqual([])
  })

  it('does not follow a link out of the folder', async () => {
    const home = await usedHome()
    const outside = join(home.dir, 'outside')
    writeFileSync(outside, '', { mode: 0o644 })
    symlinkSync(outside, join(home.dataDir, 'link'))
    await diagnose(home, ['--fix'])
    expect(statSync(outside).mode & 0o777).toBe(0o644)
  })

  it('finds a configuration with a password in it, and the key for --url, readable by others', async () => {
    const home = makeHome()
    const key = join(home.dir, 'ec.secret')
    writeFileSync(key, 'a key', { mode: 0o640 })
    chmodSync(key, 0o640)
    const found = await diagnose(home, ['--token-file', key])
    expect(found.find('files.private')).toMatchObject({ status: 'warn', detail: `${key} is 640` })
    expect((await diagnose(home, ['--token-file', key, '--fix'])).find('files.private').status).toBe('ok')
    expect(readFileSync(key, 'utf8')).toBe('a key')
  })

  it.skipIf(!isRoot)('says whose it is, when it is not ours', async () => {
    const home = await usedHome()
    chownSync(home.dataDir, 12_345, 12_345)
    expect((await diagnose(home)).find('data.owner')).toMatchObject({
      status: 'warn',
      detail: `${home.dataDir} belongs to user 12345, and this is user 0`,
      hint: expect.stringContaining('user 12345'),
    })
  })

  it.skipIf(!isRoot)('fails for a user who may not write there', async () => {
    const home = await usedHome()
    const found = await onWrapped(home, ['setpriv', '--reuid=12345', '--regid=12345', '--clear-groups', '--'], [], true)
    expect(find(found.checks, 'data.owner').status).toBe('fail')
    expect(find(found.checks, 'data.writable')).toMatchObject({
      status: 'fail',
      hint: expect.stringContaining('--data-dir'),
    })
    // What this user may not see is not missing.
    expect(find(found.checks, 'store.file')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('EACCES'),
    })
    expect(find(found.checks, 'key.present').status).toBe('fail')
    expect(find(found.checks, 'agent.leftovers').status).not.toBe('warn')
    expect(found.code).toBe(5)
  })

  it.skipIf(noDisk !== null)('fails on a read-only disk', async () => {
    const home = makeHome()
    mkdirSync(home.dataDir, { recursive: true })
    const found = await onWrapped(home, privateDisk(home.dataDir, 'ro').wrapper)
    expect(find(found.checks, 'data.writable')).toMatchObject({
      status: 'fail',
      detail: `${home.dataDir}: the disk is read-only`,
      hint: expect.stringContaining('--data-dir'),
    })
  })

  it.skipIf(noDisk !== null)('fails on a disk with little room, and on one without inodes', async () => {
    const home = makeHome()
    mkdirSync(home.dataDir, { recursive: true })
    const { wrapper } = privateDisk(home.dataDir, 'size=32m,nr_inodes=500,mode=700')
    const found = await onWrapped(home, wrapper)
    expect(find(found.checks, 'store.disk.space')).toMatchObject({
      status: 'fail',
      detail: '32 MiB free',
      hint: 'free some space on the disk of the data folder',
    })
    expect(find(found.checks, 'store.disk.inodes')).toMatchObject({
      status: 'fail',
      detail: '499 inodes free',
      hint: 'remove small files on the disk of the data folder',
    })
  })

  it.skipIf(noDisk !== null)('warns where there is less than a GiB', async () => {
    const home = makeHome()
    mkdirSync(home.dataDir, { recursive: true })
    const { wrapper } = privateDisk(home.dataDir, 'size=500m,mode=700')
    expect(find((await onWrapped(home, wrapper)).checks, 'store.disk.space')).toMatchObject({ status: 'warn' })
  })
})

describe('SQLite and the store', () => {
  it('says that the SQLite module is not built, or of another Node, and what to run', async () => {
    const isOldNode = Number(process.versions.node.split('.')[0]) < 22
    for (const breakIt of [withoutBinary, ofAnotherNode, withoutModule, ...(isOldNode ? [forNewerNodes] : [])]) {
      const home = makeHome()
      const { code, stdout } = await runProgram(home, breakIt(copyOfProgram()), ['doctor', '--json'])
      expect(code).toBe(5)
      const { checks }: { checks: Row[] } = JSON.parse(stdout)
      expect(find(checks, 'node.sqlite')).toMatchObject({
        status: 'fail',
        detail: expect.stringMatching(/better-sqlite3|bindings/),
        hint: 'run `npm rebuild better-sqlite3`, or install ec again with this Node',
      })
    }
  })

  it('finds a damaged page, leaves the file as it is, and says the way back', async () => {
    const home = await usedHome()
    const file = join(home.dataDir, 'ec.db')
    fold(file)
    damage(file)
    const before = contents(home)['ec.db']
    const found = await diagnose(home)
    expect(found.find('store.file')).toMatchObject({ status: 'fail', hint: expect.stringContaining('`ec restore') })
    expect(contents(home)['ec.db']).toBe(before)
  })

  it('says that a file is no store at all', async () => {
    const home = makeHome()
    mkdirSync(home.dataDir, { recursive: true, mode: 0o700 })
    writeFileSync(join(home.dataDir, 'ec.db'), 'no database at all, '.repeat(500), { mode: 0o600 })
    expect((await diagnose(home)).find('store.file')).toMatchObject({
      status: 'fail',
      hint: 'move the file away, start the agent again, then `ec restore BACKUP`',
    })
  })

  it('says that a newer ec has written the store', async () => {
    const home = await usedHome()
    const file = join(home.dataDir, 'ec.db')
    const db = new Database(file)
    db.pragma('user_version = 9999')
    db.close()
    expect((await diagnose(home)).find('store.schema')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('the store has schema 9999'),
      hint: expect.stringContaining('install the newer version'),
    })
  })
})

describe('ports', () => {
  it('says who holds the port, and what to choose instead', async () => {
    const home = makeHome()
    const server = await listen()
    const { port } = server.address() as AddressInfo
    const found = await diagnose(home, [], { env: { EC_HTTP_PORT: String(port), EC_PUBLIC_PORT: String(port) } })
    expect(found.find('port.http')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining(`listens on 127.0.0.1:${port}`),
      hint: 'choose another with --port or `http.port`',
    })
    expect(found.find('port.public')).toMatchObject({ status: 'fail', hint: 'choose another with `public.port`' })
    if (process.platform === 'linux') {
      expect(found.find('port.http').detail).toContain(`(process ${process.pid})`)
    }
  })

  it('says that another agent has it', async () => {
    const other = await startAgentProcess(makeHome())
    const { port } = new URL(other.ready.url)
    expect((await diagnose(makeHome(), [], { env: { EC_HTTP_PORT: port } })).find('port.http')).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(/^another ec agent .*listens on/),
      hint: 'stop it, or choose another port with --port or `http.port`',
    })
  })

  it('finds both of its ports taken by its own agent', async () => {
    const home = makeHome()
    const [http, open] = [await freePort(), await freePort()]
    await startAgentProcess(home, ['--port', String(http)], { EC_PUBLIC_PORT: String(open) })
    const found = await diagnose(home, [], { env: { EC_HTTP_PORT: String(http), EC_PUBLIC_PORT: String(open) } })
    expect(found.find('port.http')).toMatchObject({ status: 'ok', detail: `our agent listens on ${http}` })
    expect(found.find('port.public')).toMatchObject({ status: 'ok', detail: `our agent listens on ${open}` })
  })

  it('says that an address is not of this machine', async () => {
    const found = await diagnose(makeHome(), [], { env: { EC_HTTP_HOST: '192.0.2.1' } })
    expect(found.find('port.http')).toMatchObject({
      status: 'fail',
      detail: '192.0.2.1 is no address of this machine',
      hint: 'choose another with --host or `http.host`',
    })
  })
})

describe('the agent', () => {
  it('merges what the agent knows, and finds its own port taken by itself', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const { port } = new URL(agent.ready.url)
    const found = await diagnose(home, [], { env: { EC_HTTP_PORT: port } })
    expect(found.ok).toBe(true)
    expect(found.find('agent.reachable')).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining(agent.ready.url),
    })
    expect(found.find('port.http')).toMatchObject({ status: 'ok', detail: `our agent listens on ${port}` })
    for (const code of ['store.integrity', 'store.writer', 'clock.steady', 'jobs.dead', 'jobs.backlog']) {
      expect(found.find(code).status).toBe('ok')
    }
    expect(found.find('store.file').status).toBe('ok')
  })

  it('removes what a killed agent left, only once nobody stands behind it, and the agent starts again', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const left = [agent.ready.socket, join(home.dataDir, 'agent.json')]
    // Under a living agent it has nothing to do with them.
    expect((await diagnose(home, ['--fix'])).find('agent.leftovers').status).toBe('ok')
    for (const path of left) expect(existsSync(path)).toBe(true)

    await agent.stop('SIGKILL')
    expect((await diagnose(home)).find('agent.leftovers')).toMatchObject({
      status: 'warn',
      detail: `an agent that was killed left ${left.join(' and ')}`,
      hint: 'run `ec doctor --fix`',
    })
    const mended = await diagnose(home, ['--fix'])
    expect(mended.find('agent.leftovers')).toMatchObject({
      status: 'ok',
      fix: { done: true, steps: left.map(path => `${path}: stale -> removed`) },
    })
    for (const path of left) expect(existsSync(path)).toBe(false)
    expect((await diagnose(home)).find('agent.leftovers').status).toBe('ok')
    await startAgentProcess(home)
  })

  it('says that an agent hangs, ends in time all the same, and leaves its files alone', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    agent.child.kill('SIGSTOP')
    const found = await diagnose(home, ['--fix'])
    expect(found.find('agent.reachable')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('does not answer in time'),
      hint: 'restart the agent',
    })
    if (process.platform === 'linux') {
      expect(found.find('agent.reachable').detail).toContain(`process ${agent.child.pid}`)
    }
    expect(existsSync(agent.ready.socket)).toBe(true)
  })

  it('says that an agent far away is not there', async () => {
    const port = await freePort()
    const found = await diagnose(makeHome(), ['--url', `http://127.0.0.1:${port}`])
    expect(found.find('agent.reachable')).toMatchObject({ status: 'fail', hint: 'check the URL' })
    expect(found.find('data.folder')).toMatchObject({ status: 'skip', hint: 'run `ec doctor` there' })
  })

  it('says that the agent is of another version', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const program = copyOfProgram()
    const manifest = join(program, 'package.json')
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/"version": "[^"]*"/, '"version": "9.9.9"'))
    const { stdout } = await runProgram(home, program, ['doctor', '--json'])
    const { checks }: { checks: Row[] } = JSON.parse(stdout)
    expect(find(checks, 'agent.version')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('this ec is 9.9.9'),
      hint: 'restart the agent',
    })
  })
})

/** A home whose agent has run and ended. */
async function usedHome(): Promise<Home> {
  const home = makeHome()
  const agent = await startAgentProcess(home)
  await agent.stop()
  return home
}

/** Runs a hint that is a command. */
async function follow(home: Home, hint: string | undefined): Promise<void> {
  const [, command = ''] = /`ec ([^`]*)`/.exec(hint ?? '') ?? []
  expect(await runCli(home, command.split(' '))).toMatchObject({ code: 0 })
}

function find(checks: readonly Row[], code: string): Row {
  const row = checks.find(check => check.code === code)
  if (row === undefined) throw new Error(`there is no ${code}`)
  return row
}

const ROOT = join(import.meta.dirname, '..', '..')

/** `ec doctor --json` behind a wrapper as `unshare`. */
async function onWrapped(home: Home, wrapper: readonly string[], args: readonly string[] = [], open = false) {
  // Another user has to get as far as the folder to be refused there.
  if (open) for (const dir of [home.dir, join(home.dir, 'data'), join(home.dir, 'config')]) chmodSync(dir, 0o755)
  const [command = '', ...rest] = [
    ...wrapper,
    process.execPath,
    join(ROOT, 'bin', 'ec.js'),
    'doctor',
    '--json',
    ...args,
  ]
  const { code, stdout, stderr } = await finish(spawn(command, rest, { env: { ...home.env, ...FREE_PORT }, cwd: '/' }))
  if (stdout === '') throw new Error(`ec doctor has printed nothing: ${stderr}`)
  const { checks }: { checks: Row[] } = JSON.parse(stdout)
  return { code, checks }
}

/** A copy of the built package whose dependencies are those of this one, until one of them is broken. */
function copyOfProgram(): string {
  const dir = tempDir()
  for (const name of ['bin', 'dist', 'package.json']) cpSync(join(ROOT, name), join(dir, name), { recursive: true })
  mkdirSync(join(dir, 'node_modules'))
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    symlinkSync(join(ROOT, 'node_modules', name), join(dir, 'node_modules', name))
  }
  return dir
}

function withoutModule(program: string): string {
  rmSync(join(program, 'node_modules', 'better-sqlite3'))
  return program
}

/** As `npm install --ignore-scripts` leaves it. */
function withoutBinary(program: string): string {
  const target = join(program, 'node_modules', 'better-sqlite3')
  rmSync(target)
  cpSync(join(ROOT, 'node_modules', 'better-sqlite3'), target, {
    recursive: true,
    filter: path => !/[/\\](build|prebuilds|deps|src)$/.test(path),
  })
  return program
}

/** As npm leaves a version whose binaries crash this Node without a word. */
function forNewerNodes(program: string): string {
  withoutBinary(program)
  const manifest = join(program, 'node_modules', 'better-sqlite3', 'package.json')
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/"version": "[^"]*"/, '"version": "13.2.0"'))
  return program
}

/** A binary that was built for another Node, as far as the loader can tell. */
function ofAnotherNode(program: string): string {
  withoutBinary(program)
  // Where version 12 has what was compiled here, and 13 what it brings.
  for (const file of ['build/Release/better_sqlite3.node', `prebuilds/${process.platform}-${process.arch}.node`]) {
    const binary = join(program, 'node_modules', 'better-sqlite3', file)
    mkdirSync(dirname(binary), { recursive: true })
    writeFileSync(binary, 'no library of this machine')
  }
  return program
}

function runProgram(home: Home, program: string, args: readonly string[]) {
  const child = spawn(process.execPath, [join(program, 'bin', 'ec.js'), ...args], {
    cwd: home.cwd,
    env: { ...home.env, ...FREE_PORT },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return finish(child)
}

/** Brings the log into the file. */
function fold(file: string): void {
  const db = new Database(file)
  db.pragma('wal_checkpoint(truncate)')
  db.close()
}

/** Makes the pages behind the first into something else. */
function damage(file: string): void {
  const bytes = readFileSync(file)
  bytes.fill(0xa5, 16_384)
  writeFileSync(file, bytes)
}

/** Each file of the data folder by its hash. */
function contents(home: Home): Readonly<Record<string, string>> {
  const files = readdirSync(home.dataDir).filter(name => statSync(join(home.dataDir, name)).isFile())
  return Object.fromEntries(
    files.map(name => [
      name,
      createHash('sha256')
        .update(readFileSync(join(home.dataDir, name)))
        .digest('hex'),
    ]),
  )
}

async function freePort(): Promise<number> {
  const server = await listen()
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

async function listen(): Promise<Server> {
  const server = createServer()
  onTestFinished(() => void server.close())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return server
}
