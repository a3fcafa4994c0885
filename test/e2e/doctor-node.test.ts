import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { makeHome, runCli, startAgentProcess } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'
import { tempDir } from '../support/temp-dir.ts'

const ROOT = join(import.meta.dirname, '..', '..')

describe('an old Node', () => {
  const Manifest = z.object({ engines: z.object({ node: z.string().regex(/^>=\d+\.\d+\.0$/) }) })
  const { engines } = Manifest.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')))
  const least = engines.node.slice('>='.length)
  const [major = 0, minor = 0] = least.split('.').map(Number)

  it.each([`${major}.${minor - 1}.9`, `${major - 1}.99.0`, '9.0.0'])('%s runs no command, not even this', async old => {
    const home = makeHome()
    // scripts/node-matrix.js shows the same with Node 12, 14, 16 and 18.
    for (const args of [['doctor'], ['agent'], ['--help'], ['run', '--', 'true', '--json']]) {
      expect(await runCli(home, args, as(old))).toEqual({
        code: 3,
        stdout: '',
        stderr: `ec: this is Node ${old}; ec needs ${major}.${minor} or newer (EC_NODE_VERSION)\nnext: install Node ${major}.${minor} or newer, and run ec with it\n`,
      })
    }
    const { code, stdout, stderr } = await runCli(home, ['doctor', '--json'], as(old))
    expect([code, stdout]).toEqual([3, ''])
    expect(JSON.parse(stderr)).toMatchObject({
      type: 'urn:eventcenter:error:EC_NODE_VERSION',
      title: 'this Node is too old',
      code: 'EC_NODE_VERSION',
      exit: 3,
      hint: `install Node ${major}.${minor} or newer, and run ec with it`,
    })
  })

  it.each([least, `${major}.${minor + 1}.0`, `${major + 1}.0.0`])('is not %s', async version => {
    const found = await diagnose(makeHome(), [], as(version))
    expect(found.find('node.version')).toMatchObject({ status: 'ok', detail: version })
  })
})

describe('the SQLite module', () => {
  const isOldNode = Number(process.versions.node.split('.')[0]) < 22
  const breakages = { withoutBinary, ofAnotherNode, withoutModule, ...(isOldNode ? { forNewerNodes } : {}) }

  it.each(Object.entries(breakages))('%s: is told, with what to run', async (_, breakIt) => {
    const found = await diagnose(makeHome(), [], { root: breakIt(copyOfProgram()) })
    expect(found.find('node.sqlite')).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(/better-sqlite3|bindings/),
      hint: 'run `npm rebuild better-sqlite3`, or install ec again with this Node',
    })
  })
})

describe('the version of ec', () => {
  it('is another one than that of the running agent', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const program = copyOfProgram()
    const manifest = join(program, 'package.json')
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/"version": "[^"]*"/, '"version": "9.9.9"'))
    const found = await diagnose(home, [], { root: program })
    expect(found.find('agent.version')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('this ec is 9.9.9'),
      hint: 'restart the agent',
    })
  })
})

/** This Node under the name of another. */
function as(version: string) {
  const file = join(tempDir(), 'pretend.cjs')
  writeFileSync(
    file,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`,
  )
  return { env: { NODE_OPTIONS: `--require=${file}` } }
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
