import type { Outcome } from '../dispatcher.ts'
import type { SmtpAnswer, SmtpFailure } from './smtp-answer.ts'

/** What came of one try. The first four end it; the others have somebody to be told of them too. */
export type MailOutcome =
  | Outcome
  /** No mail will ever arrive at this address. */
  | { readonly type: 'bad_address'; readonly reason: string }
  /** The server does not want mail from us, whoever it is for. The operator has to mend it. */
  | { readonly type: 'our_trouble'; readonly cause: Trouble; readonly reason: string }

/** What the operator is told of once a day. */
export type Trouble = 'login' | 'sender' | 'policy' | 'tls'

const FAILURES: Readonly<Record<SmtpFailure, string>> = {
  connect: 'no connection to the mail server',
  dns: 'the name of the mail server is not found',
  cut: 'the connection to the mail server was cut',
  deadline: 'the mail server did not answer in time',
  tls: 'TLS with the mail server failed',
  login: 'the mail server has no way to log in',
  aborted: 'the agent was stopping',
  unsendable: 'the mail cannot be sent',
}

/** For servers without enhanced codes: what they say when it is about us. */
const ABOUT_US = /relay|policy|spam|spf|dkim|dmarc|blacklist|blocklist|blocked|reputation|authenticat/i

/**
 * What an answer means. Only a refusal of the recipient for a reason of its own speaks against the address: a server that
 * does not know us, or has a bad hour, must not cost a person's mail.
 */
export function outcomeOf(answer: SmtpAnswer): MailOutcome {
  switch (answer.type) {
    case 'accepted':
      return { type: 'delivered' }
    case 'failed':
      return ofFailure(answer.failure, answer.detail)
    case 'refused':
      return ofRefusal(answer)
    default:
      return answer satisfies never
  }
}

function ofFailure(failure: SmtpFailure, detail: string): MailOutcome {
  const reason = `${FAILURES[failure]} (${detail})`
  switch (failure) {
    case 'tls':
    case 'login':
      return { type: 'our_trouble', cause: failure, reason }
    case 'unsendable':
      return { type: 'rejected', reason }
    default:
      return { type: 'retry', afterMs: null, reason }
  }
}

function ofRefusal({ code, enhanced, stage, text }: Extract<SmtpAnswer, { type: 'refused' }>): MailOutcome {
  const reason = `the mail server said: ${text}`
  const [, subject] = enhanced?.split('.') ?? []
  // A login that fails for now (454) is tried again like the rest; a wrong password is 535.
  if (code < 500) return { type: 'retry', afterMs: null, reason }
  if (stage === 'login' || code === 530 || code === 534 || code === 535 || code === 538) {
    return { type: 'our_trouble', cause: 'login', reason }
  }
  if (stage === 'greeting') return { type: 'our_trouble', cause: 'policy', reason }
  // Too large, or a mailbox that is full: neither speaks against the address, and no other try would help.
  if (code === 552 || subject === '3' || enhanced === '5.2.2' || enhanced === '5.2.3') {
    return { type: 'rejected', reason }
  }
  if (stage === 'sender') return { type: 'our_trouble', cause: 'sender', reason }
  if (subject === '7' || (enhanced === null && ABOUT_US.test(text))) {
    return { type: 'our_trouble', cause: 'policy', reason }
  }
  const aboutAddress = subject === '1' || subject === '2'
  if (stage === 'recipient' ? enhanced === null || aboutAddress : aboutAddress) return { type: 'bad_address', reason }
  return { type: 'rejected', reason }
}
