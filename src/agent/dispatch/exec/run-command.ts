import { spawn, type ChildProcess } from 'node:child_process'
import { parse } from 'node:path'
import type { Clock } from '../../../core/clock.ts'
import type { OutputTail } from '../../../core/output-tail.ts'
import type { Ending } from './ending.ts'

export interface CommandInput {
  readonly argv: readonly string[]
  /** All of it: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
  /** What it can read on its stdin. */
  readonly input: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly clock: Clock
  /** Takes what it writes. */
  readonly tail: OutputTail
}

/** Between SIGTERM and SIGKILL. */
const TERM_MS = 5_000
/** For what was started in the background to end by itself. */
const GRACE_MS = 1_000
/** For the system to take away what it has killed; one that hangs in the kernel is left to it. */
const REAP_MS = 2_000
const LOOK_MS = 20

/**
 * Runs a command in a process group of its own and in the root folder; resolves once all of the group has ended, however
 * that came. When its time is over or `signal` aborts, the whole group is ended. Never rejects.
 */
export function runCommand({ argv, env, input, timeoutMs, signal, clock, tail }: CommandInput): Promise<Ending> {
  const [file = '', ...args] = argv
  const hasGroup = process.platform !== 'win32'
  if (signal.aborted) return Promise.resolve({ type: 'stopped' })
  let child: ChildProcess
  try {
    child = spawn(file, args, { env, cwd: parse(process.execPath).root, stdio: 'pipe', detached: hasGroup })
  } catch (thrown) {
    return Promise.resolve(unstartable(thrown))
  }
  return follow()

  async function follow(): Promise<Ending> {
    const progress = watch(child)
    child.stdout?.on('data', (chunk: Buffer) => tail.push(chunk, 'stdout'))
    child.stderr?.on('data', (chunk: Buffer) => tail.push(chunk, 'stderr'))
    // A command need not read what it is given.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)

    const cut = createCut(signal, timeoutMs, clock)
    const first = await Promise.race([progress.ended, cut.happened])
    cut.cancel()
    if (first.type === 'unstartable') return first
    // What ends just before its time is over has ended by itself.
    const byItself = first.type !== 'late' && first.type !== 'stopped'
    if (byItself) await Promise.race([progress.closed, sleep(GRACE_MS)])
    if (!byItself || !(await until(() => progress.isClosed() && !hasMembers(), GRACE_MS))) await endGroup(progress)
    child.stdout?.destroy()
    child.stderr?.destroy()
    return first
  }

  async function endGroup(progress: Progress): Promise<void> {
    kill('SIGTERM')
    if (await until(() => progress.hasEnded() && !hasMembers(), TERM_MS)) return
    kill('SIGKILL')
    await until(progress.hasEnded, REAP_MS)
  }

  function kill(name: NodeJS.Signals): void {
    if (hasGroup) signalGroup(child, name)
    else child.kill(name)
  }

  function hasMembers(): boolean {
    return hasGroup && signalGroup(child, 0)
  }

  /** Whether it comes true within `ms`. */
  async function until(isTrue: () => boolean, ms: number): Promise<boolean> {
    const since = clock.monotonic()
    while (!isTrue()) {
      if (clock.monotonic() - since > ms) return false
      await sleep(LOOK_MS)
    }
    return true
  }

  function sleep(ms: number): Promise<void> {
    return new Promise(resolve => void clock.setTimer(resolve, ms))
  }
}

interface Progress {
  readonly ended: Promise<Ending>
  hasEnded(): boolean
  /** Nobody holds its outputs any more. */
  readonly closed: Promise<void>
  isClosed(): boolean
}

function watch(child: ChildProcess): Progress {
  let hasEnded = false
  let isClosed = false
  const ended = new Promise<Ending>(resolve => {
    const end = (ending: Ending): void => {
      hasEnded = true
      resolve(ending)
    }
    child.once('error', error => end(unstartable(error)))
    child.once('exit', (code, name) =>
      end(code === null ? { type: 'killed', signal: String(name) } : { type: 'exited', code }),
    )
  })
  const closed = new Promise<void>(resolve => {
    child.once('close', () => {
      isClosed = true
      resolve()
    })
  })
  return { ended, closed, hasEnded: () => hasEnded, isClosed: () => isClosed }
}

/** What ends a command before it has ended by itself. */
function createCut(signal: AbortSignal, timeoutMs: number, clock: Clock) {
  const settled = new AbortController()
  const happened = new Promise<Ending>(resolve => {
    const timer = clock.setTimer(() => resolve({ type: 'late' }), timeoutMs)
    signal.addEventListener('abort', () => resolve({ type: 'stopped' }), { once: true, signal: settled.signal })
    settled.signal.addEventListener('abort', () => timer.cancel(), { once: true })
  })
  return { happened, cancel: () => settled.abort() }
}

function unstartable(thrown: unknown): Ending {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown'
  return { type: 'unstartable', code }
}

function signalGroup({ pid }: ChildProcess, name: NodeJS.Signals | 0): boolean {
  try {
    return pid !== undefined && process.kill(-pid, name)
  } catch {
    // It has ended meanwhile.
    return false
  }
}
