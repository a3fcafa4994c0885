import { EcError } from './errors.ts'

/** Whether a read failed for the store's sake: it is damaged, or its disk does not give it. */
export function isUnreadable(error: unknown): error is EcError {
  return error instanceof EcError && (error.code === 'EC_STORE_CORRUPT' || error.code === 'EC_STORAGE_FAILED')
}
