import { spawnSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A pipe of the system. */
export interface Pipe {
  readonly readEnd: Socket
  /** A file descriptor, to be closed once a program has it. */
  readonly writeEnd: number
}

/**
 * Pipes as a shell makes them. Those of `spawn` are sockets: no program can open them as `/dev/stdout`, and whoever writes
 * into one that nobody reads any more is told of a reset connection instead of ended by SIGPIPE. Node has no call for
 * `pipe(2)`, so they begin as named ones. Null where none can be made.
 */
export function openPipes(count: number): readonly Pipe[] | null {
  if (count === 0) return []
  const opened: Pipe[] = []
  let folder: string | null = null
  try {
    folder = mkdtempSync(join(tmpdir(), 'ec-run-'))
    const paths = Array.from({ length: count }, (_, i) => join(folder ?? '', String(i)))
    if (spawnSync('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore' }).status !== 0) return null
    for (const path of paths) opened.push(openPipe(path))
    return opened
  } catch {
    for (const { readEnd, writeEnd } of opened) {
      readEnd.destroy()
      closeSync(writeEnd)
    }
    return null
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true })
  }
}

/** The read end first and without waiting for a writer, so that the other finds its reader. */
function openPipe(path: string): Pipe {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const readEnd = new Socket({ fd, readable: true, writable: false })
  return { readEnd, writeEnd: openSync(path, constants.O_WRONLY) }
}
