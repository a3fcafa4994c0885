import { CHECK_CODES, type CheckCode } from './check-codes.ts'

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

const RANK = { skip: 0, ok: 1, warn: 2, fail: 3 } as const satisfies Record<CheckStatus, number>

/** A result with the words of the catalogue; `hint` where a better next step is known than the catalogue's. */
export function judge(code: CheckCode, status: CheckStatus, detail: string | null = null, hint?: string): CheckResult {
  const { title, next } = CHECK_CODES[code]
  return {
    code,
    status,
    title,
    ...(detail === null ? {} : { detail }),
    ...(status === 'ok' ? {} : { hint: hint ?? next }),
  }
}

/** The worst status of all; `ok` of none. */
export function worstStatus(checks: readonly CheckResult[]): 'ok' | 'warn' | 'fail' {
  const rank = Math.max(RANK.ok, ...checks.map(check => RANK[check.status]))
  return rank === RANK.fail ? 'fail' : rank === RANK.warn ? 'warn' : 'ok'
}

/** One result for each code, in order of the first: where two have looked at the same, the worse word counts. */
export function mergeChecks<Result extends CheckResult>(checks: readonly Result[]): readonly Result[] {
  const byCode = new Map<string, Result>()
  for (const check of checks) {
    const known = byCode.get(check.code)
    if (known === undefined || RANK[check.status] > RANK[known.status]) byCode.set(check.code, check)
  }
  return [...byCode.values()]
}
