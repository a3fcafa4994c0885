import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

export interface Tracing {
  /** Lets go of the process, which goes on; resolves when all that was seen has been written. */
  detach(): Promise<void>
}

/**
 * Lays hold of a running process and all its threads. `args` are strace's own: what to trace, what to inject. Resolves
 * once every thread is held, rejects with strace's own words when that is not permitted.
 */
export async function attach(pid: number, args: readonly string[]): Promise<Tracing> {
  const strace = spawn('strace', ['-f', '-p', String(pid), ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  const endWithUs = (): void => void strace.kill('SIGTERM')
  process.once('exit', endWithUs)
  const closed = once(strace, 'close').finally(() => process.off('exit', endWithUs))
  await untilAttached(strace)
  return {
    async detach() {
      strace.kill('SIGTERM')
      await closed
    },
  }
}

/** Why nothing can be traced here; null when it can. */
export function whyNoTracing(): string | null {
  const found = spawnSync('strace', ['-o', '/dev/null', '-e', 'trace=none', 'true'], { encoding: 'utf8' })
  if (found.error) return 'strace is not installed'
  if (found.status !== 0) return `strace may not trace here: ${found.stderr.trim()}`
  // Holding a process that is not a child of strace takes more rights than tracing a child.
  const attached = spawnSync(
    'sh',
    [
      '-c',
      'sleep 5 & strace -o /dev/null -e trace=none -p $! & sleep 0.5; kill -0 $! 2>/dev/null && held=yes; kill $! %1; [ "$held" = yes ]',
    ],
    {
      encoding: 'utf8',
    },
  )
  return attached.status === 0 ? null : `strace may not attach here: ${attached.stderr.trim()}`
}

function untilAttached(strace: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    strace.once('error', reject)
    strace.once('close', () => reject(new Error(`strace ended: ${said.trim()}`)))
    strace.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (/Process \d+ attached(?: with \d+ threads)?\n/.test(said)) resolve()
    })
  })
}
