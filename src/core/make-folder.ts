import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { isErrno } from './errno.ts'

/**
 * Makes a folder, 0700, and those above it that lack; one that is there is left as it is. Throws the system's error.
 *
 * Not `mkdirSync({ recursive })`: where a folder that exists answers ENOENT to everything made in it, as /proc does,
 * Node 20 tries for ever and hears no signal.
 */
export function makeFolder(dir: string): void {
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return
  try {
    mkdirSync(dir, { mode: 0o700 })
  } catch (cause) {
    if (isErrno(cause, 'EEXIST')) return
    const parent = dirname(dir)
    if (!isErrno(cause, 'ENOENT') || existsSync(parent)) throw cause
    makeFolder(parent)
    makeFolder(dir)
  }
}
