import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { finish } from '../support/cli.ts'
import { openStandIn, sendJson } from '../support/stand-in.ts'

const ROOT = join(import.meta.dirname, '..', '..')

describe('the package', () => {
  it('gives a service its client by name, and keeps no process alive', async () => {
    const agent = await openStandIn((_request, response) => sendJson(response, 202, { id: 'evt_1', seq: 1 }))
    const service = `
      import { createClient, EcError } from 'eventcenter'
      const ec = createClient({ url: process.argv[1], token: 'key' })
      const { id } = await ec.emit({ user_id: 'ana', type: 'job.done', title: 'Ready', body: '' })
      const away = createClient({ url: 'http://127.0.0.1:1', retries: 1 })
      const error = await away.status().catch(thrown => thrown)
      console.log(JSON.stringify([id, error instanceof EcError, error.code]))`
    const child = spawn(process.execPath, ['--input-type=module', '-e', service, agent.url])
    expect(await finish(child)).toEqual({ code: 0, stdout: '["evt_1",true,"EC_AGENT_UNREACHABLE"]\n', stderr: '' })
  })

  it('exports nothing but its client', async () => {
    expect(Object.keys(await import('eventcenter')).toSorted()).toEqual(['EcError', 'createClient'])
  })
})

describe('what `npm pack` makes', () => {
  let folder: string
  let files: readonly string[]

  /** A project that has it installed, as far as its types go; the build is the one that the tests run on. */
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ec-test-'))
    const modules = join(folder, 'node_modules')
    mkdirSync(modules)
    npm('pack', '--ignore-scripts', '--pack-destination', folder)
    const tarball = readdirSync(folder).find(name => name.endsWith('.tgz')) ?? ''
    execFileSync('tar', ['-xzf', tarball, '-C', 'node_modules'], { cwd: folder })
    renameSync(join(modules, 'package'), join(modules, 'eventcenter'))
    mkdirSync(join(modules, '@types'))
    symlinkSync(join(ROOT, 'node_modules', '@types', 'node'), join(modules, '@types', 'node'))
    files = readdirSync(join(modules, 'eventcenter'), { recursive: true, encoding: 'utf8' })
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('holds the program, its client and what people read, and nothing else', () => {
    for (const file of [
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'bin/ec.js',
      'dist/main.js',
      'dist/client.d.ts',
      'dist/web/client.js',
    ]) {
      expect(files).toContain(file)
    }
    const expected =
      /^(bin|dist|docs|docs\/.+|dist\/.+\.(js|sql|eta|css|html|png|svg|webmanifest|bash|zsh|fish|d\.ts)|dist\/[^.]+|bin\/ec\.js|[A-Z]+(\.md)?|package\.json)$/
    expect(files.filter(file => !expected.test(file))).toEqual([])
    const ours = files.filter(file => !/^(docs|dist\/types)\//.test(file))
    expect(ours.filter(file => /\b(test|bench|src|scripts)\b/.test(file))).toEqual([])
  })

  it.each([
    ['nodenext', 'nodenext', 'module'],
    ['node16', 'node16', 'module'],
    ['nodenext', 'nodenext', 'commonjs'],
    ['esnext', 'bundler', 'module'],
    ['esnext', 'bundler', 'commonjs'],
  ])('has types for module %s, resolution %s, in a package of type %s', (module, moduleResolution, type) => {
    const compilerOptions = { module, moduleResolution, strict: true, noEmit: true, target: 'es2022', types: ['node'] }
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }))
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['service.ts'] }))
    writeFileSync(join(folder, 'service.ts'), SERVICE)
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
    expect(spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' }).stdout).toBe('')
  })

  it('can be required by CommonJS', () => {
    const text = `console.log(typeof require('eventcenter').createClient)`
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', text], { cwd: folder, encoding: 'utf8' })
    expect([stdout, stderr]).toEqual(['function\n', ''])
  })
})

/** Types that are right, and one that must be refused: a package without types would take it. */
const SERVICE = `
import { createClient, EcError, type EcClient, type EcEvent, type StreamItem } from 'eventcenter'

export async function announce(ec: EcClient = createClient({ url: 'http://127.0.0.1:8787' })): Promise<EcEvent[]> {
  const { id }: { id: string } = await ec.emit({ user_id: 'ana', type: 'job.done', title: 'Ready', body: '' })
  // @ts-expect-error there is no such level
  await ec.emit({ user_id: 'ana', type: 'job.done', title: 'Ready', body: '', level: 'loud' })
  for await (const item of ec.stream()) handle(item)
  return []

  function handle(item: StreamItem): void {
    if (item.type === 'event' && item.event.id === id) throw new EcError('EC_TIMEOUT', 'late')
  }
}
`

function npm(...args: readonly string[]): void {
  execFileSync('npm', args, { cwd: ROOT, stdio: 'ignore' })
}
