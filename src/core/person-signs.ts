import { OUTLET_CHANNELS, type Channel } from './event.ts'
import type { Sign } from './plan.ts'

/** What the person did with an event so far. */
export interface PersonSigns {
  readonly seen: boolean
  readonly read: boolean
  readonly answered: boolean
  readonly archived: boolean
  readonly retracted: boolean
  /** Until when the person wants to hear nothing of it (ms); null or past = now. */
  readonly snoozedUntil: number | null
}

/** What a person did that ends the sending of an event. */
export type Stop = Exclude<keyof PersonSigns, 'snoozedUntil'>

/**
 * Which sign makes it needless to send an event on; null while it is wanted. What a person put away is never brought up
 * again; beyond that a step of a ladder says what stops it (`unless`), and any other ends with the first sign that the
 * person saw the event. That a client received it (`ack`) is no such sign.
 */
export function findStop(signs: PersonSigns, unless: Sign | null): Stop | null {
  const { seen, read, answered, archived, retracted } = signs
  if (retracted) return 'retracted'
  if (answered) return 'answered'
  if (archived) return 'archived'
  if (read && unless !== 'answered') return 'read'
  return seen && (unless === null || unless === 'seen') ? 'seen' : null
}

/** Whether what a person does stops a step at all: a command or webhook does not care who saw an event, unless a ladder asks. */
export function heedsSigns(channel: Channel, unless: Sign | null): boolean {
  return unless !== null || !OUTLET_CHANNELS.some(outlet => outlet === channel)
}
