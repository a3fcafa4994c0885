import type { Account } from '../../core/account.ts'
import { ERROR_CODES } from '../../core/error-codes.ts'
import type { EcError } from '../../core/errors.ts'
import type { EventInput } from '../../core/event-schema.ts'

/** Tells the owner, once a consent, that nothing is read any more and what he has to do. */
export function signedOutAlert(account: Account, familyTitle: string, error: EcError): EventInput & { id: string } {
  const { id, userId, address, family, grantedAt } = account
  return {
    id: `account:${id}:signed-out:${grantedAt}`,
    user_id: userId,
    type: 'system.alert',
    level: 'error',
    title: `${familyTitle} no longer lets us in as ${address}`,
    body:
      `${sentence(error.message)} Nothing of this account is read until it has signed in again; ` +
      `what happens meanwhile is read then. Next: ${ended(nextOf(account, error))}`,
    service: 'ec',
    collapse_key: `account:${id}`,
    data: { account: id, family, code: error.code },
  }
}

/** An error that says nothing special of the way back leaves it to the command. */
function nextOf({ family, address }: Account, { code, hint }: EcError): string {
  const isUsual = hint === ERROR_CODES[code].hint
  return isUsual ? `\`ec setup ${family} --account ${address}\`` : hint
}

function sentence(text: string): string {
  return ended(`${text.charAt(0).toUpperCase()}${text.slice(1)}`)
}

function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
