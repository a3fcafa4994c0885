import { createHash } from 'node:crypto'
import type { EventInput } from '../../../core/event-schema.ts'
import type { Trouble } from './outcome-of.ts'

/** An alert to the operator, but for whose it is. Its id says what it is about: one of the same id is told once. */
export type OperatorAlert = Omit<EventInput, 'user_id'> & { readonly id: string }

/** By mail nobody would hear of it. */
const CHANNELS = ['ws', 'push'] as const

/** The mail server does not want our mail; one for each cause and day. */
export function troubleAlert(cause: Trouble, reason: string, now: number): OperatorAlert {
  const day = new Date(now).toISOString().slice(0, 10)
  return {
    id: `evt_smtp-${cause}-${day}`,
    type: 'system.alert',
    level: 'error',
    title: 'The mail server does not take our mail',
    body: `${reason}\nMail is tried again for a while. See \`ec doctor\`.`,
    service: 'ec',
    channels: CHANNELS,
    collapse_key: `smtp:${cause}`,
    data: { cause },
  }
}

/** An address gets nothing more; one for each time that it comes to that. */
export function suppressedAlert(address: string, reason: string, now: number): OperatorAlert {
  const about = createHash('sha256').update(address).digest('hex').slice(0, 12)
  return {
    id: `evt_suppressed-${about}-${now}`,
    type: 'system.alert',
    level: 'warning',
    title: 'An address takes no mail any more',
    body: `${address}: ${reason}\nNothing more is sent there. \`ec email lift ${address}\` tries it again.`,
    service: 'ec',
    channels: CHANNELS,
    collapse_key: `suppressed:${about}`,
    data: { address },
  }
}
