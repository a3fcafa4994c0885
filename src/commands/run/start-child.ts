import { spawn, type ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../core/clock.ts'
import type { Streams } from '../context.ts'
import { openOutlets, type Outlet } from './open-outlets.ts'
import type { Ending } from './tell-run.ts'

export interface ChildInput {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly streams: Streams
  /** Read what goes to a terminal too; the program then sees a pipe. */
  readonly pipe: boolean
  readonly clock: Clock
  /** Sees what is passed through. */
  readonly watch: (chunk: Buffer, from: 'stdout' | 'stderr') => void
}

/** A program that runs in our place. */
export interface Child {
  /** Passes a signal on. */
  signal(signal: NodeJS.Signals): void
  /**
   * Resolves once it has ended, all that it wrote is passed on, and what it left in its process group has ended too.
   * Rejects with the system's error when it cannot be started.
   */
  readonly ended: Promise<Ending>
}

/** For what was started in the background to end by itself, as a `tee` does that has to write the rest. */
const GRACE_MS = 1_000
/** Between SIGTERM and SIGKILL. */
const TERM_MS = 2_000
const LOOK_MS = 20

/**
 * Starts a program that sees what it would see without us: its stdin is ours, and so is each of its outputs that is a
 * terminal. An output that is none goes through a pipe, byte for byte and no faster than it is read.
 *
 * Without a terminal it gets a process group of its own, so that a signal reaches all of it, and a signal that comes a
 * second time ends it. At a terminal it stays in ours: the keys (Ctrl-C, Ctrl-Z) reach it by themselves, and it can ask
 * for a password.
 */
export function startChild({ argv, env, streams, pipe, clock, watch }: ChildInput): Child {
  const { stdout, stderr, stdinIsTTY } = streams
  const atTerminal = stdinIsTTY || stdout.isTTY === true || stderr.isTTY === true
  const hasGroup = !atTerminal && process.platform !== 'win32'
  const [file = '', ...args] = argv
  const signalled = new Set<NodeJS.Signals>()
  /** Outputs whose reader has to make room first. */
  const waiting = new Set<Readable>()
  let open = 0
  let movedAt = clock.monotonic()

  const ways = openOutlets(streams, pipe)
  let child: ChildProcess
  try {
    child = spawn(file, args, { env, stdio: ['inherit', ways.stdout, ways.stderr], detached: hasGroup })
  } catch (thrown) {
    // Some of what can be wrong is thrown, the rest comes as an event.
    ways.attach(null)
    return { signal: () => {}, ended: Promise.reject(thrown) }
  }
  const outlets = ways.attach(child)
  outlets.forEach(passThrough)
  return { signal, ended: untilEnded() }

  function passThrough({ source, target, name }: Outlet): void {
    open += 1
    source.on('data', (chunk: Buffer) => {
      if (target.destroyed) return void source.destroy()
      movedAt = clock.monotonic()
      watch(chunk, name)
      if (target.write(chunk)) return
      source.pause()
      waiting.add(source)
      target.once('drain', () => {
        movedAt = clock.monotonic()
        waiting.delete(source)
        source.resume()
      })
    })
    // Nobody reads it any more: the program is to learn that as it would without us, by SIGPIPE at its next write.
    target.once('close', () => source.destroy())
    source.once('error', () => source.destroy())
    source.once('close', () => {
      open -= 1
      waiting.delete(source)
    })
  }

  function signal(name: NodeJS.Signals): void {
    // The terminal has sent these to all of its foreground, the program too.
    if (atTerminal && (name === 'SIGINT' || name === 'SIGQUIT')) return
    const next = signalled.has(name) ? 'SIGKILL' : name
    signalled.add(name)
    if (hasGroup) signalGroup(child, next)
    else child.kill(next)
  }

  async function untilEnded(): Promise<Ending> {
    const ending = await new Promise<Ending>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code, signal) => resolve({ code, signal }))
    })
    if (hasGroup && !(await until(() => open === 0 && !hasMembers(child), GRACE_MS))) {
      signalGroup(child, 'SIGTERM')
      if (!(await until(() => !hasMembers(child), TERM_MS))) signalGroup(child, 'SIGKILL')
    }
    // Whoever has left the group and holds the pipe is not waited for.
    await until(() => open === 0, GRACE_MS)
    for (const { source } of outlets) source.destroy()
    return ending
  }

  /** Whether it comes true; no when nothing has moved for `ms`, though the time in which a reader makes room is not counted. */
  async function until(isTrue: () => boolean, ms: number): Promise<boolean> {
    let since = clock.monotonic()
    while (!isTrue()) {
      if (waiting.size > 0) since = clock.monotonic()
      if (clock.monotonic() - Math.max(since, movedAt) > ms) return false
      await sleep(LOOK_MS)
    }
    return true
  }
}

function signalGroup({ pid }: ChildProcess, name: NodeJS.Signals | 0): boolean {
  try {
    return pid !== undefined && process.kill(-pid, name)
  } catch {
    // It has ended meanwhile.
    return false
  }
}

function hasMembers(child: ChildProcess): boolean {
  return signalGroup(child, 0)
}
