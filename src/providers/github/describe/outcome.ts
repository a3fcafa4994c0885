import type { Level } from '../../../core/event.ts'
import { inWords } from '../words.ts'

interface Outcome {
  /** Completes `The check "lint" ...`. */
  readonly words: string
  readonly level: Level
}

/** How a check, job, workflow, status or deployment ended or stands, by GitHub's own word for it. */
export function outcomeOf(word: string): Outcome {
  return OUTCOMES.get(word) ?? { words: word === '' ? 'has changed' : `is now: ${inWords(word)}`, level: 'info' }
}

const OUTCOMES: ReadonlyMap<string, Outcome> = new Map([
  ['success', { words: 'succeeded', level: 'info' }],
  ['failure', { words: 'failed', level: 'error' }],
  ['error', { words: 'ended in an error', level: 'error' }],
  ['timed_out', { words: 'timed out', level: 'error' }],
  ['startup_failure', { words: 'could not start', level: 'error' }],
  ['cancelled', { words: 'was cancelled', level: 'warning' }],
  ['action_required', { words: 'needs somebody to act', level: 'warning' }],
  ['stale', { words: 'was given up as stale', level: 'warning' }],
  ['neutral', { words: 'ended without a verdict', level: 'info' }],
  ['skipped', { words: 'was skipped', level: 'info' }],
  ['inactive', { words: 'is no longer active', level: 'info' }],
  ['requested', { words: 'was requested', level: 'info' }],
  ['created', { words: 'was created', level: 'info' }],
  ['queued', { words: 'is queued', level: 'info' }],
  ['pending', { words: 'is pending', level: 'info' }],
  ['waiting', { words: 'is waiting', level: 'info' }],
  ['in_progress', { words: 'is running', level: 'info' }],
  ['completed', { words: 'is complete', level: 'info' }],
])
