import { isErrno } from './errno.ts'
import { EcError } from './errors.ts'

/** What to say when `what` could not be written: `EC_STORAGE_FULL` when there is no room for it, else `EC_FILE`. */
export function writeError(what: string, cause: unknown): EcError {
  const full = isErrno(cause, 'ENOSPC') || isErrno(cause, 'EDQUOT')
  if (!full) return new EcError('EC_FILE', `${what} cannot be written`, { cause })
  const hint = 'free some space, then try again'
  return new EcError('EC_STORAGE_FULL', `${what} cannot be written: the disk is full`, { cause, hint })
}
