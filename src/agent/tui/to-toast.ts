import { toEcError } from '../../core/errors.ts'
import type { Toast } from './state.ts'

/** A failure in one line, with the next step. */
export function toToast(thrown: unknown): Toast {
  const { message, hint } = toEcError(thrown)
  return { text: hint === '' ? message : `${message}; next: ${hint}`, level: 'error' }
}
