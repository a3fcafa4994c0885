import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { tempDir } from './temp-dir.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const EC = join(ROOT, 'bin', 'ec.js')

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly input?: string
  /** What stands before `node` on the command line, as `unshare --mount`. */
  readonly wrapper?: readonly string[]
  /** The package whose `ec` it is; this one unless given. */
  readonly root?: string
}

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A home of its own: no configuration, data or variable of the machine reaches the process. */
export interface Home {
  readonly dir: string
  readonly cwd: string
  readonly configDir: string
  readonly dataDir: string
  readonly env: Readonly<Record<string, string>>
}

export function makeHome(): Home {
  const dir = tempDir()
  const cwd = join(dir, 'work')
  const configDir = join(dir, 'config', 'eventcenter')
  mkdirSync(cwd)
  mkdirSync(configDir, { recursive: true })
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: dir,
    XDG_CONFIG_HOME: join(dir, 'config'),
    XDG_DATA_HOME: join(dir, 'data'),
    XDG_RUNTIME_DIR: dir,
    TZ: 'UTC',
  }
  return { dir, cwd, configDir, dataDir: join(dir, 'data', 'eventcenter'), env }
}

/** A home whose agent has run and ended. */
export async function makeUsedHome(): Promise<Home> {
  const home = makeHome()
  const agent = await startAgentProcess(home)
  await agent.stop()
  return home
}

/** The home with an `ec` on the path that is the one under test, for shells that call it by name. */
export function withEcOnPath(home: Home): Home {
  const bin = join(home.dir, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'ec'), `#!/bin/sh\nexec '${process.execPath}' '${EC}' "$@"\n`, { mode: 0o755 })
  return { ...home, env: { ...home.env, PATH: `${bin}:${home.env['PATH']}` } }
}

/** Starts `ec` in a home; it is killed with the test. */
export function startCli(
  home: Home,
  args: readonly string[],
  options: CliOptions = {},
): ChildProcessWithoutNullStreams {
  const { cwd = home.cwd, root = ROOT, wrapper = [] } = options
  const [command = '', ...words] = [...wrapper, process.execPath, join(root, 'bin', 'ec.js'), ...args]
  const child = spawn(command, words, { cwd, env: { ...home.env, ...options.env } })
  onTestFinished(() => void child.kill('SIGKILL'))
  if (options.input !== undefined) child.stdin.end(options.input)
  return child
}

/** Runs `ec` to its end. */
export async function runCli(home: Home, args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return finish(startCli(home, args, { input: '', ...options }))
}

export async function finish(child: ChildProcessWithoutNullStreams): Promise<CliResult> {
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  await once(child, 'close')
  return { code: child.exitCode, stdout, stderr }
}

export interface AgentProcess {
  readonly child: ChildProcessWithoutNullStreams
  readonly ready: {
    readonly type: string
    readonly url: string
    readonly socket: string
    readonly version: string
    readonly pid: number
  }
  /** What comes on stdout after the first line. */
  readonly lines: string[]
  readonly errors: string[]
  /** Asks it to stop and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** A real agent in a process of its own, on a free port; resolves when it serves. */
export async function startAgentProcess(
  home: Home,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  wrapper: readonly string[] = [],
): Promise<AgentProcess> {
  const child = startCli(home, ['agent', '--port', '0', ...args], { env, wrapper })
  const lines: string[] = []
  const errors: string[] = []
  createInterface({ input: child.stderr }).on('line', line => void errors.push(line))
  const output = createInterface({ input: child.stdout })
  const first = await Promise.race([once(output, 'line'), once(child, 'exit')])
  output.on('line', line => void lines.push(line))
  if (typeof first[0] !== 'string') throw new Error(`the agent ended: ${errors.join('\n')}`)
  return {
    child,
    ready: JSON.parse(first[0]),
    lines,
    errors,
    async stop(signal = 'SIGTERM') {
      const ended = once(child, 'close')
      child.kill(signal)
      await ended
      return child.exitCode
    },
  }
}
