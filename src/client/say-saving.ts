import { formatSpan } from '../core/format-span.ts'
import type { BaselineRow, SavingRow } from './call-rows.ts'

/** What was saved against one baseline: the share first, where there is one. */
export interface SavingWords {
  readonly share: string | null
  readonly isMore: boolean
  readonly rest: string
}

/** What was compared with what, in a line; then the two baselines, each with its formula. Null when nothing is polled. */
export function saySaving({ watched, made, pace, old, honest }: SavingRow): {
  readonly head: string
  readonly baselines: readonly SavingWords[]
} | null {
  if (watched === 0) return null
  const what = `${watched} calendar${watched === 1 ? '' : 's'} or mailbox${watched === 1 ? '' : 'es'}`
  return {
    head: `${made} read, renewal and probe calls for ${what}${sayPace(pace)}`,
    baselines: [sayBaseline('the old system', old), sayBaseline('an honest poller', honest)],
  }
}

function sayBaseline(name: string, { formula, calls, saved_percent: saved }: BaselineRow): SavingWords {
  if (calls === 0) return plain(`${name} (${formula}): read too short a time to compare`)
  if (saved === null) return plain(`nothing was read here; ${name} (${formula}) makes ${calls} calls`)
  const rest = ` than ${name} (${formula}: ${calls} calls)`
  if (saved < 0) return { share: `${(-saved).toFixed(1)} % MORE`, isMore: true, rest }
  return { share: `${saved.toFixed(1)} % fewer`, isMore: false, rest }
}

function sayPace(pace: number): string {
  return pace === 1 ? '' : ` (a day of the sandbox takes ${formatSpan(SECONDS_A_DAY / pace)})`
}

const SECONDS_A_DAY = 86_400

function plain(rest: string): SavingWords {
  return { share: null, isMore: false, rest }
}
