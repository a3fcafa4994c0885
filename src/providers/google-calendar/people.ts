import type { Account } from '../../core/account.ts'
import type { JsonObject } from '../../core/json.ts'
import { peekFlag, peekLine, peekList, peekString } from '../../core/peek.ts'
import type { Resource } from '../../core/resource.ts'

/** What the person answered to the invitation: `needsAction`, `declined`, `tentative`, `accepted`; '' = not invited. */
export function ownAnswer(json: JsonObject): string {
  const own = peekList(json, 'attendees').find(person => peekFlag(person, 'self'))
  return peekString(own, 'responseStatus')
}

/**
 * Whether somebody whom an event names is the account itself. `self` says that he is the calendar on which this copy lies
 * (the reference): on the person's own that is he, on a shared one it is the calendar.
 */
export function isOwn(person: unknown, { target }: Resource, { address }: Account): boolean {
  const email = peekString(person, 'email').toLowerCase()
  if (email !== '' && email === address.toLowerCase()) return true
  return peekFlag(person, 'self') && isSameAddress(target, address)
}

/** Of the account itself, not one that it shares with others. */
export function isSameAddress(target: string | null, address: string): boolean {
  return target === 'primary' || target?.toLowerCase() === address.toLowerCase()
}

/** By name, else by address; '' when it is not told. */
export function nameOf(person: unknown): string {
  return peekLine(person, 'displayName') || peekLine(person, 'email')
}
