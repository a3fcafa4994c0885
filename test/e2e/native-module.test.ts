import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { tempDir } from '../support/temp-dir.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const MODULES = join(ROOT, 'node_modules')

let folder: string
let sqlite: string

/** As `npm install eventcenter` leaves it; better-sqlite3 is a copy that a test may harm. */
beforeEach(() => {
  folder = tempDir()
  const modules = join(folder, 'node_modules')
  const own = join(modules, 'eventcenter')
  mkdirSync(own, { recursive: true })
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(ROOT, part), join(own, part), { recursive: true })
  for (const name of readdirSync(MODULES)) {
    if (!name.startsWith('.') && name !== 'better-sqlite3') symlinkSync(join(MODULES, name), join(modules, name))
  }
  sqlite = join(modules, 'better-sqlite3')
  const unneeded = /\/(deps|src|build\/(?!Release)|build\/Release\/(?!better_sqlite3\.node))/
  cpSync(join(MODULES, 'better-sqlite3'), sqlite, {
    recursive: true,
    dereference: true,
    filter: source => !unneeded.test(source.slice(MODULES.length)),
  })
})

describe('a SQLite module that does not run here', () => {
  it('is told when its install script did not run, with the command that helps', () => {
    for (const built of ['build', 'prebuilds']) rmSync(join(sqlite, built), { recursive: true, force: true })
    expectRefusal(/better-sqlite3 \d\S+ (is not built|cannot be loaded)/, `--ignore-scripts=false\` in ${folder}`)
  })

  it('is told when the binary is not one of this machine', () => {
    for (const file of binaries()) writeFileSync(file, 'not a library')
    expectRefusal(/better-sqlite3 \d\S+ cannot be loaded/, 'npm rebuild better-sqlite3')
  })

  it('is told when it is not there at all', () => {
    rmSync(sqlite, { recursive: true })
    expectRefusal(/better-sqlite3 is not installed/, 'npm install eventcenter')
  })

  it.runIf(process.versions.node.startsWith('20.'))('is told when it would crash this Node', () => {
    const file = join(sqlite, 'package.json')
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), version: '13.2.0' }))
    expectRefusal(
      /better-sqlite3 13\.2\.0 needs Node 22, this is Node 20/,
      'use Node 22 or newer, or install ec again with npm',
    )
  })

  it('is missed by no command that needs no store', () => {
    rmSync(sqlite, { recursive: true })
    for (const args of [['--version'], ['--help'], ['config', 'list'], ['help', 'agent']]) {
      expect(ec(...args)).toMatchObject({ code: 0, stderr: '' })
    }
    expect(ec('status')).toMatchObject({ code: 75, stderr: expect.stringContaining('EC_AGENT_UNREACHABLE') })
  })

  it('is not confused with one that does', () => {
    // The port is refused after SQLite was looked at, so the agent ends by itself.
    expect(ec('agent', '--host', '203.0.113.1').stderr).not.toContain('EC_NATIVE_MODULE')
  })
})

/** Two lines: what and the code, then the next step. */
function expectRefusal(reason: RegExp, step: string): void {
  const { code, stdout, stderr } = ec('agent', '--port', '0')
  expect(stdout).toBe('')
  expect(stderr).toMatch(new RegExp(`^ec: ${reason.source}.* \\(EC_NATIVE_MODULE\\)\nnext: .+\n$`))
  expect(stderr).toContain(step)
  expect(code).toBe(3)
}

function ec(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const program = join(folder, 'node_modules', 'eventcenter', 'bin', 'ec.js')
  const env = { PATH: process.env['PATH'] ?? '', HOME: join(folder, 'home'), XDG_RUNTIME_DIR: folder }
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: folder, env })
  return { code: status, stdout: stdout.toString(), stderr: stderr.toString() }
}

function binaries(): readonly string[] {
  return readdirSync(sqlite, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.node'))
    .map(name => join(sqlite, name))
}
