import type { EcEvent } from './event.ts'
import type { Preferences } from './preferences.ts'
import { matchesType } from './type-pattern.ts'

/** When pushes of a type are too many for what is made of them. */
export interface GovernorRule {
  /** So many must have gone out within 30 days. */
  readonly min: number
  /** Of them fewer than this part (0 to 1) were opened within a day. */
  readonly rate: number
}

/** Somebody waits for the answer, or the person asked to be called. */
const EXEMPT_TYPES: ReadonlySet<string> = new Set(['action.required', 'reminder.due'])

/** Whether pushes of this event count, and can be taken away. */
export function isGovernable({ type, level }: Pick<EcEvent, 'type' | 'level'>): boolean {
  return level !== 'critical' && !EXEMPT_TYPES.has(type)
}

/** Whether the person said that a type is to go out by push, so that nobody else takes it away. */
export function keepsPush({ keep, channels }: Pick<Preferences, 'keep' | 'channels'>, type: string): boolean {
  const kept = channels.flatMap(entry => (entry.push === true && entry.type !== undefined ? [entry.type] : []))
  return [...keep, ...kept].some(pattern => matchesType(pattern, type))
}
