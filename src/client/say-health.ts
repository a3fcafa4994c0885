import type { HealthState } from '../core/resource.ts'
import type { ResourceRow } from './rows.ts'
import type { SyncPassRow, SyncRow } from './sync-rows.ts'

/** Each word for how a resource is doing, and whether that is as it should be. */
const TONES = {
  paused: 'warn',
  asks: 'bad',
  stopped: 'bad',
  failing: 'warn',
  'first read': 'plain',
  polled: 'plain',
  starting: 'plain',
  healthy: 'good',
  quiet: 'plain',
  degraded: 'warn',
  suspended: 'bad',
  disabled: 'bad',
} as const satisfies Readonly<Record<string, 'good' | 'plain' | 'warn' | 'bad'>> & Record<HealthState, string>

export type HealthWord = keyof typeof TONES
export type Tone = (typeof TONES)[HealthWord]

/** What counts most comes first: a resource is told as what a person would have to know of it. */
export function sayHealth({ paused, state, sync }: Pick<ResourceRow, 'paused' | 'state' | 'sync'>): HealthWord {
  if (paused) return 'paused'
  if (sync?.held_deletion) return 'asks'
  // Nobody reads it, as when its account is signed out, whatever its last read came to.
  if (sync?.mode === 'none') return 'stopped'
  if (sync?.error) return 'failing'
  if (sync && !sync.complete) return 'first read'
  return sync && isPolledAsItHasTo(state, sync) ? 'polled' : state
}

/** Nothing tells of its changes, and nothing was given up. */
function isPolledAsItHasTo(state: HealthState, sync: SyncRow): boolean {
  const { mode, subscription, failure_count: failures, next_step: next } = sync
  if (mode !== 'polling') return false
  return (state === 'starting' && subscription === null && failures === 0) || (state === 'disabled' && next === null)
}

export function toneOf(word: HealthWord): Tone {
  return TONES[word]
}

/** How far a read is. */
export function sayPass({ phase, read, pages, expected }: SyncPassRow): string {
  if (phase === 'sweep') return `${read} read, looking for what has gone`
  const of = expected === null || expected < read ? '' : ` of about ${expected}`
  return `${read}${of} read, ${pages} page${pages === 1 ? '' : 's'}`
}

/** What stands against it, in a sentence; null when nothing does. */
export function sayHeldDeletion(
  held: { readonly gone: number; readonly of: number } | null | undefined,
): string | null {
  if (!held) return null
  return `${held.gone} of ${held.of} are gone at the provider, and kept here until you say so`
}
