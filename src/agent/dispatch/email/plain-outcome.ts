import type { Outcome } from '../dispatcher.ts'
import type { MailOutcome } from './outcome-of.ts'

/** What came of a mail, as the stage asks: whoever else has to know of it was told. */
export function plainOutcome(outcome: MailOutcome): Outcome {
  switch (outcome.type) {
    case 'bad_address':
      return { type: 'rejected', reason: outcome.reason }
    case 'our_trouble':
      return { type: 'retry', afterMs: null, reason: outcome.reason }
    default:
      return outcome
  }
}
