import { EcError, toEcError } from '../../core/errors.ts'
import { RETRY_AFTER_MS } from './plain-error.ts'

/** Whether the disk has no room: nothing was written that counts. */
export function isFull(error: unknown): boolean {
  return sqliteCode(error).startsWith('SQLITE_FULL')
}

/** Whether an error is the disk's, and not that of the unit which happened to run. */
export function isDiskFault(error: unknown): boolean {
  return /^SQLITE_(FULL|IOERR|CORRUPT|NOTADB|CANTOPEN|READONLY|PERM|NOMEM|BUSY|PROTOCOL)/.test(sqliteCode(error))
}

/** Whether the file is not as SQLite has written it. */
export function isDamage(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(sqliteCode(error))
}

/** What a caller is told when a read failed. */
export function readingError(error: unknown): EcError {
  const code = sqliteCode(error)
  if (code === '') return toEcError(error)
  if (isDamage(error)) return new EcError('EC_STORE_CORRUPT', `the store is damaged (${code})`, { cause: error })
  return new EcError('EC_STORAGE_FAILED', `the store could not be read (${code})`, {
    cause: error,
    retryAfterMs: RETRY_AFTER_MS,
  })
}

/** What a caller is told when a batch was not stored. */
export function storageError(error: unknown): EcError {
  const code = sqliteCode(error)
  if (code === '') return toEcError(error)
  if (isFull(error)) return new EcError('EC_STORAGE_FULL', 'the disk is full', { cause: error })
  return new EcError('EC_STORAGE_FAILED', `the store could not be written (${code})`, { cause: error })
}

/** What a person is told when the store cannot be opened. */
export function openingError(error: unknown, file: string): EcError {
  const code = codeOf(error)
  if (/^(SQLITE_(CANTOPEN|READONLY|PERM)|ENOENT|ENOTDIR|EISDIR|EACCES|EPERM|EROFS)/.test(code)) {
    return new EcError('EC_DATA_DIR', `${file} cannot be opened for writing (${code})`, {
      cause: error,
      hint: 'check the rights of its folder, or choose another with --data-dir',
    })
  }
  if (isDamage(error)) {
    return new EcError('EC_STORE_CORRUPT', `${file} is damaged, or no store`, {
      cause: error,
      // A backup is restored by a running agent, and over this file none runs.
      hint: 'move the file away, start the agent again, then `ec restore BACKUP`',
    })
  }
  // SQLite says so when there is no room for its index of the log.
  if (code === 'ENOSPC' || code === 'SQLITE_IOERR_SHMSIZE' || isFull(error)) {
    const hint = 'free some space, then start the agent again'
    return new EcError('EC_STORAGE_FULL', 'the disk is full', { cause: error, hint })
  }
  if (code.startsWith('SQLITE_IOERR')) {
    const hint = 'look at the disk, then start the agent again'
    return new EcError('EC_STORAGE_FAILED', `${file} cannot be read or written`, { cause: error, hint })
  }
  if (code === 'ERR_DLOPEN_FAILED') {
    return new EcError('EC_NATIVE_MODULE', 'the SQLite module cannot be loaded', { cause: error })
  }
  return storageError(error)
}

function sqliteCode(error: unknown): string {
  const code = codeOf(error)
  return code.startsWith('SQLITE_') ? code : ''
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
