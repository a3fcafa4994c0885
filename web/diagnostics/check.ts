import type { BrowserCheck } from '../../src/core/browser-checks.ts'
import type { ReportStatus } from '../../src/core/browser-report.ts'
import type { Looks } from './looks.ts'
import type { StateName } from './words/en.ts'

/** What is looked at on the page: the browser itself, and what explains that a person hears nothing. */
export type CheckCode = BrowserCheck | (typeof WISH_CHECKS)[number]

/** Of the agent; they have the same codes in `ec doctor --user`. */
export const WISH_CHECKS = [
  'user.quiet',
  'user.mutes',
  'user.switches',
  'user.governor',
  'user.snoozed',
  'user.email',
] as const

/** What a button under a check does; `fixes/` has them. */
export const FIXES = [
  'enable',
  'repair',
  'update',
  'renew',
  'test',
  'seen',
  'unseen',
  'play',
  'camera',
  'microphone',
  'end-quiet',
  'unmute',
  'switch-on',
  'keep',
] as const
export type FixName = (typeof FIXES)[number]

/** How a check ended: a state that `words/` tell a person about, with what goes into the sentence. */
export interface Outcome {
  readonly status: ReportStatus
  readonly state: StateName
  readonly facts?: Readonly<Record<string, string | number>>
  /** What can be done about it here and now. */
  readonly fixes?: readonly FixName[]
}

export interface Result extends Outcome {
  readonly code: CheckCode
}

interface Look {
  readonly code: CheckCode
  /** What must be right, or nearly so, before it is worth looking; else it is skipped. */
  readonly needs: readonly CheckCode[]
}

/** One thing that is looked at by itself. */
export interface AutomaticCheck extends Look {
  /** Nothing hangs: this is how long it may take. */
  readonly deadlineMs: number
  /** What throws is what it has found. */
  run(looks: Looks, signal: AbortSignal): Promise<Outcome>
}

/** What rings, shows or listens, and so waits for a click: a fix finds it out. */
export interface ManualCheck extends Look {
  readonly unasked: Outcome
}

export type Check = AutomaticCheck | ManualCheck
