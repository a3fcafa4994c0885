import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

const EC = join(import.meta.dirname, '..', '..', 'bin', 'ec.js')

export interface AgentProcessOptions {
  readonly dataDir: string
  /** A free one unless given. */
  readonly port?: number
  /** What stands before `node` on the command line, as `unshare -m`; it must end in an `exec` so that the pid stays. */
  readonly wrapper?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Another program that says where it serves in the same way. */
  readonly program?: readonly string[]
}

/** What the agent says of itself when it serves. */
export interface Ready {
  readonly url: string
  readonly socket: string
  readonly pid: number
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A real agent in a process of its own, on a data folder of the test's. It never outlives the test process. */
export interface AgentProcess {
  readonly pid: number
  /** Resolves when it serves; rejects when it ended before. */
  readonly ready: Promise<Ready>
  readonly exited: Promise<Exit>
  /** What it has written, the oldest dropped when there is much. */
  stdout(): string
  stderr(): string
  /** Sends a signal, SIGKILL unless told otherwise, and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<Exit>
}

/** As much of its output as is kept: the end, where the reason stands. */
const KEPT_CHARS = 256 * 1024

export function spawnAgent(options: AgentProcessOptions): AgentProcess {
  const { dataDir, port = 0, wrapper = [], env = {} } = options
  const program = options.program ?? [EC, 'agent', '--no-tui', '--port', String(port), '--data-dir', dataDir]
  const [command = '', ...args] = [...wrapper, process.execPath, ...program]
  const child = spawn(command, args, { env: cleanEnv(dataDir, env), cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] })
  const endWithUs = (): void => void child.kill('SIGKILL')
  process.once('exit', endWithUs)

  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  const exited = untilExit(child).finally(() => process.off('exit', endWithUs))
  const ready = Promise.race([
    firstLine(child),
    exited.then(({ code, signal }): never => {
      throw new Error(`the agent ended before it served (${signal ?? code}): ${stderr().slice(-2000)}`)
    }),
  ])
  // Whoever kills it before it serves need not look.
  ready.catch(() => {})

  return {
    pid: child.pid ?? -1,
    ready,
    exited,
    stdout,
    stderr,
    kill(signal = 'SIGKILL') {
      child.kill(signal)
      return exited
    },
  }
}

/** Nothing of the developer's own configuration, keys or agents reaches a test. */
function cleanEnv(dataDir: string, more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH } = process.env
  return { PATH, HOME: `${dataDir}-nobody`, ...more }
}

/** What has come so far. */
function collect(stream: Readable): () => string {
  let text = ''
  stream.setEncoding('utf8').on('data', (more: string) => (text = (text + more).slice(-KEPT_CHARS)))
  return () => text
}

async function untilExit(child: ChildProcess): Promise<Exit> {
  return await new Promise((resolve, reject) => {
    child.once('error', reject)
    // `close`, not `exit`: all that it wrote has been read by then.
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
}

async function firstLine(
  child: ChildProcess & { readonly stdout: NonNullable<ChildProcess['stdout']> },
): Promise<Ready> {
  const lines = createInterface({ input: child.stdout })
  const [line]: string[] = await once(lines, 'line')
  const { type, url, socket, pid }: Record<string, unknown> = JSON.parse(line ?? '')
  if (type === 'ready' && typeof url === 'string' && typeof socket === 'string' && typeof pid === 'number') {
    return { url, socket, pid }
  }
  throw new Error(`the agent's first line is not its ready line: ${line}`)
}
