import type { SandboxControl } from '#ec/sandbox/control/control.js'
import type { HistoryStep } from './history-steps.ts'

const ANSWERS = [
  { status: 503, reason: 'backendError' },
  { status: 500, reason: null },
  { status: 429, reason: 'rateLimitExceeded', retry_after: 30 },
  { status: 403, reason: 'rateLimitExceeded' },
  { status: 403, reason: 'userRateLimitExceeded' },
  { status: 502, reason: null },
] as const

const OPERATIONS = [
  {},
  { operation: 'calendar.events.list' },
  { operation: 'calendar.events.watch' },
  { operation: 'calendar.channels.stop' },
  { operation: 'gmail.*' },
  { operation: 'oauth.token' },
] as const

const DELAY_MS = 25_000
/** The sandbox takes a hundred. */
const MAX_FAULTS = 60

/** Orders what a step says. */
export function orderFault(control: SandboxControl, step: Extract<HistoryStep, { readonly kind: 'fault' }>): void {
  if (control.faults.list().length < MAX_FAULTS) control.fault({ ...specOf(step), delay_ms: DELAY_MS })
}

function specOf({ of: on, how: kind, at, answer, rate, times }: Extract<HistoryStep, { readonly kind: 'fault' }>) {
  if (on === 'push') return { on, kind, rate, times, status: answer % 2 === 0 ? 503 : 429 }
  const match = OPERATIONS[at] ?? {}
  // What is never answered costs its deadline of half a minute.
  if (kind === 'drop') return { kind, times: Math.min(2, times), match }
  const how = ANSWERS[answer]
  if (how !== undefined) return { kind, rate, times, ...how, match }
  // A token that is no longer taken is told of in the middle of a list, too.
  const gone = { status: 410, reason: 'fullSyncRequired', match: { operation: 'calendar.events.list' } }
  return { kind, rate, times: Math.min(3, times), ...gone }
}

/** Things go wrong while everything is read for the first time. */
export function orderRoughStart(control: SandboxControl): void {
  control.fault({ kind: 'status', status: 503, rate: 0.3, times: 40 })
  control.fault({ kind: 'status', status: 410, rate: 0.2, times: 6, match: { operation: 'calendar.events.list' } })
  control.fault({ kind: 'cut', rate: 0.1, times: 20 })
}

/** Nothing goes wrong any more, but that nobody is reached while the machine sleeps. */
export function healFaults(control: SandboxControl): void {
  for (const { id, on, kind, times } of control.faults.list()) {
    if (on !== 'push' || kind !== 'refuse' || times !== null) control.faults.cancel(id)
  }
  control.manners({ quota_user_per_minute: 600, quota_refusal: 403 })
}
