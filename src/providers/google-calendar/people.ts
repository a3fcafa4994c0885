import type { JsonObject } from '../../core/json.ts'
import { peekFlag, peekLine, peekList, peekString } from '../../core/peek.ts'

/** What the person answered to the invitation: `needsAction`, `declined`, `tentative`, `accepted`; '' = not invited. */
export function ownAnswer(json: JsonObject): string {
  const own = peekList(json, 'attendees').find(person => peekFlag(person, 'self'))
  return peekString(own, 'responseStatus')
}

/** By name, else by address; '' when it is not told. */
export function nameOf(person: unknown): string {
  return peekLine(person, 'displayName') || peekLine(person, 'email')
}
