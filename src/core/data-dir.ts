import { accessSync, chmodSync, constants, statSync } from 'node:fs'
import { isErrno } from './errno.ts'
import { EcError } from './errors.ts'
import { makeFolder } from './make-folder.ts'

/** Makes the data folder if it lacks, 0700, and takes the rights of others away. `EC_DATA_DIR` when it cannot be used. */
export function prepareDataDir(dir: string): void {
  try {
    makeFolder(dir)
    const stats = statSync(dir)
    if (!stats.isDirectory()) throw new EcError('EC_DATA_DIR', `the data folder ${dir} is a file`)
    // A folder that was made by hand is often readable by all; on Windows the rights of the profile hold.
    if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) chmodSync(dir, 0o700)
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    if (cause instanceof EcError) throw cause
    throw new EcError('EC_DATA_DIR', `the data folder ${dir} ${reasonOf(cause)}`, { cause })
  }
}

function reasonOf(cause: unknown): string {
  if (isErrno(cause, 'EACCES') || isErrno(cause, 'EPERM')) return 'belongs to somebody else or is not writable'
  if (isErrno(cause, 'EROFS')) return 'is on a read-only disk'
  if (isErrno(cause, 'ENOTDIR')) return 'lies under something that is not a folder'
  if (isErrno(cause, 'ENOSPC')) return 'cannot be made: the disk is full'
  return 'cannot be made or used'
}
