import type { CheckCode } from '../../core/check-codes.ts'
import type { CheckResult } from '../../core/check.ts'

/** A result that the doctor can do something about. */
export interface Finding extends CheckResult {
  readonly mend?: Mend
}

/** What `--fix` would do. It never touches what is in a file, and removes only what nobody stands behind. */
export interface Mend {
  /** `chmod 600 /path (now 644)`, one a step. */
  readonly steps: readonly string[]
  /** Does it; what was done, as `/path: 644 -> 600`. Throws when it cannot. */
  run(): Promise<readonly string[]>
}

/** Checks that look at one thing and end together. */
export interface Examination {
  /** The codes that it can give; they are told as skipped when it does not end in time. */
  readonly codes: readonly [CheckCode, ...CheckCode[]]
  readonly deadlineMs: number
  examine(signal: AbortSignal): Promise<readonly Finding[]>
}
