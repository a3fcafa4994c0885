import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { discardFile } from './discard-file.ts'
import { isErrno } from './errno.ts'
import { EcError } from './errors.ts'
import { makeFolder } from './make-folder.ts'
import { writeError } from './write-error.ts'

/** Replaces a file by one that only its owner reads (0600), wholly or not at all; its folder is made 0700 if it lacks. */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    makeFolder(dirname(path))
    writeNew(temporary, text)
    renameSync(temporary, path)
  } catch (cause) {
    discardFile(temporary)
    throw writeError(path, cause)
  }
}

/** The text of a file, null when there is none. `EC_FILE` when it cannot be read. */
export function readTextIfAny(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return null
    throw new EcError('EC_FILE', `${path} cannot be read`, { cause })
  }
}

/** Writes a file that is not there yet, 0600, down to the disk. */
export function writeNew(path: string, text: string): void {
  const fd = openSync(path, 'wx', 0o600)
  try {
    writeSync(fd, text)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
