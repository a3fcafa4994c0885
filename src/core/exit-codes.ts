import type { EcError, ErrorCategory } from './errors.ts'

/** What a command's exit code says; scripts build on it (`docs/reference/errors.md`). */
export const EXIT_CODES = {
  done: { code: 0, means: 'done' },
  failed: { code: 1, means: 'failed' },
  usage: { code: 2, means: 'usage: the command line is not understood, nothing was sent' },
  config: { code: 3, means: 'configuration or credentials are missing or refused' },
  refused: { code: 4, means: 'the agent or a provider said no' },
  check: { code: 5, means: 'a check failed' },
  empty: { code: 6, means: 'nothing matched' },
  unreachable: { code: 75, means: 'the agent is not reachable, or asks to be tried again later' },
  interrupted: { code: 130, means: 'interrupted (SIGINT)' },
  terminated: { code: 143, means: 'terminated (SIGTERM)' },
} as const satisfies Record<
  ErrorCategory | 'done' | 'interrupted' | 'terminated',
  { readonly code: number; readonly means: string }
>

export function exitCodeOf(error: EcError): number {
  return error.exit ?? EXIT_CODES[error.category].code
}
