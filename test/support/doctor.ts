import { expect } from 'vitest'
import { runCli, type CliOptions, type CliResult, type Home } from './cli.ts'

/** One row of `ec doctor --json`. */
export interface Row {
  readonly code: string
  readonly status: 'ok' | 'warn' | 'fail' | 'skip'
  readonly title: string
  readonly detail?: string
  readonly hint?: string
  readonly fix?: { readonly done: boolean; readonly steps: readonly string[]; readonly error?: string }
}

export interface Diagnosis extends CliResult {
  readonly ok: boolean
  readonly checks: readonly Row[]
  /** The row of a code; there is one at most. */
  find(code: string): Row
}

/** An agent of somebody else's on this machine may have the usual port. */
export const FREE_PORT = { EC_HTTP_PORT: '0' } as const

/** Runs `ec doctor --json` and holds it to its contract: exit code, one row a code, a next step wherever it is not ok. */
export async function diagnose(home: Home, args: readonly string[] = [], options: CliOptions = {}): Promise<Diagnosis> {
  const result = await runCli(home, ['doctor', '--json', ...args], {
    ...options,
    env: { ...FREE_PORT, ...options.env },
  })
  if (result.stdout === '') throw new Error(`ec doctor has printed nothing: ${result.stderr}`)
  const { ok, checks }: { ok: boolean; checks: Row[] } = JSON.parse(result.stdout)
  expect(ok).toBe(checks.every(({ status }) => status !== 'fail'))
  expect(result.code).toBe(ok ? 0 : 5)
  expect(new Set(checks.map(({ code }) => code)).size).toBe(checks.length)
  for (const { code, status, hint = '' } of checks) expect(`${code} ${hint}`).toMatch(status === 'ok' ? / $/ : / ..../)
  return {
    ...result,
    ok,
    checks,
    find(code) {
      const row = checks.find(check => check.code === code)
      if (row === undefined) throw new Error(`ec doctor has no ${code}: ${result.stdout}`)
      return row
    },
  }
}
