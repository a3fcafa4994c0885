export type CheckStatus = 'ok' | 'warn' | 'fail' | 'skip'

/**
 * One diagnostic, shared by `/health`, `ec doctor`, the screens and the diagnostics page.
 * `code` is stable and dotted (`store.disk.full`); `hint` is one next step for a person and stands with every status
 * but `ok`.
 */
export interface CheckResult {
  readonly code: string
  readonly status: CheckStatus
  readonly title: string
  readonly detail?: string
  readonly hint?: string
}

const RANK = { skip: 0, ok: 0, warn: 1, fail: 2 } as const satisfies Record<CheckStatus, number>

/** The worst status of all; `ok` of none. */
export function worstStatus(checks: readonly CheckResult[]): 'ok' | 'warn' | 'fail' {
  const rank = Math.max(0, ...checks.map(check => RANK[check.status]))
  return rank === 2 ? 'fail' : rank === 1 ? 'warn' : 'ok'
}
