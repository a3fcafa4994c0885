import { spawn, type ChildProcess } from 'node:child_process'
import { parse } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Clock } from '../../core/clock.ts'

export interface TunnelProcessOptions {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly clock: Clock
  readonly onLine: (line: string) => void
}

/** One life of a tunnel's program. */
export interface TunnelProcess {
  /** Why it ended, in words; never rejects. `EC_COMMAND` stands in it when the program is not there. */
  readonly ended: Promise<TunnelEnd>
  /** Asks it to end, and ends it when it does not. Idempotent. */
  stop(): Promise<void>
}

export interface TunnelEnd {
  /** It could not be started: no other try changes that. */
  readonly missing: boolean
  readonly reason: string
}

const TERM_MS = 3_000
/** Longer lines are no address. */
const MAX_LINE = 8_192

/** Starts the program without a shell, with the environment that it is given and nothing on its stdin. */
export function startTunnelProcess(options: TunnelProcessOptions): TunnelProcess {
  const { argv, env, clock, onLine } = options
  const [file = '', ...args] = argv
  const child = spawn(file, args, { env, cwd: parse(process.execPath).root, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<TunnelEnd>(resolve => {
    child.once('error', error => resolve(toEnd(error)))
    child.once('exit', (code, signal) =>
      resolve({
        missing: false,
        reason: code === null ? `it was ended by ${String(signal)}` : `it ended with ${code}`,
      }),
    )
  })
  for (const stream of [child.stdout, child.stderr]) follow(stream, onLine)
  return { ended, stop: () => stop(child, ended, clock) }
}

function follow(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream }).on('line', line => {
    if (line.length <= MAX_LINE) onLine(line)
  })
}

async function stop(child: ChildProcess, ended: Promise<TunnelEnd>, clock: Clock): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const timer = clock.setTimer(() => child.kill('SIGKILL'), TERM_MS)
  await ended
  timer.cancel()
}

function toEnd(error: Error): TunnelEnd {
  const code = 'code' in error ? String(error.code) : error.message
  return { missing: code === 'ENOENT' || code === 'EACCES', reason: `it cannot be started (${code})` }
}
