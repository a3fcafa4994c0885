import type { CheckCode, FixName, Outcome } from './check.ts'
import type { DiagnosticContext } from './context.ts'

/** What a button does. */
export interface Fix {
  readonly name: FixName
  /** Looked at again afterwards, with all that needs it. */
  readonly again: readonly CheckCode[]
  readonly deadlineMs: number
  /** `tell` says what it finds out meanwhile. What throws is why it did not work. */
  run(ctx: DiagnosticContext, tell: (code: CheckCode, outcome: Outcome) => void, signal: AbortSignal): Promise<void>
}
