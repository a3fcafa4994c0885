import { OUTLET_CHANNELS, type Channel } from './event.ts'
import type { Sign } from './plan.ts'

/** What the person did with an event so far. */
export interface PersonSigns {
  readonly seen: boolean
  readonly read: boolean
  readonly answered: boolean
  readonly archived: boolean
  readonly retracted: boolean
}

/**
 * Which sign makes it needless to send an event on; null while it is wanted. What a person put away is never brought up
 * again; beyond that a step of a ladder says what stops it (`unless`), and any other ends with the first sign that the
 * person saw the event. That a client received it (`ack`) is no such sign. A command or webhook does not care who saw an
 * event, unless a ladder asks.
 */
export function findStop(channel: Channel, signs: PersonSigns, unless: Sign | null): keyof PersonSigns | null {
  const { seen, read, answered, archived, retracted } = signs
  if (retracted) return 'retracted'
  if (unless === null && OUTLET_CHANNELS.some(outlet => outlet === channel)) return null
  if (answered) return 'answered'
  if (archived) return 'archived'
  if (read && unless !== 'answered') return 'read'
  return seen && (unless === null || unless === 'seen') ? 'seen' : null
}
