import type { EventItem, Store } from '../../../backends/store.ts'
import type { CheckResult } from '../../../core/check.ts'
import type { EcEvent } from '../../../core/event.ts'
import { maskAddress } from '../../../core/mailbox.ts'
import { readQuestion } from '../../../core/question.ts'
import type { Dispatcher, Outcome, Target } from '../dispatcher.ts'
import type { MailMessenger } from './mail-messenger.ts'

/** A user has one address, so the channel is enough to name it. */
const TARGET = 'email'

/** Mail as a dispatcher. The target of a user is his address as it is at the moment of sending. */
export function createEmailDispatcher(options: {
  readonly store: Pick<Store, 'getMailbox' | 'getQuestions'>
  readonly messenger: MailMessenger
  readonly checks: () => Promise<readonly CheckResult[]>
}): Dispatcher {
  const { store, messenger, checks } = options

  async function targets(userId: string): Promise<readonly Target[]> {
    const mailbox = await store.getMailbox(userId)
    if (mailbox === null || mailbox.suppressed !== null) return []
    return [{ id: TARGET, userId, label: maskAddress(mailbox.address) }]
  }

  async function deliver(item: EventItem, target: Target, signal: AbortSignal, attempt = 1): Promise<Outcome> {
    if (item.userId !== target.userId) return { type: 'rejected', reason: 'the event is for another user' }
    if (target.id !== TARGET) return { type: 'gone', reason: 'a user has one address, and this is not it' }
    const event: EcEvent = JSON.parse(item.json)
    if (event.type === 'job.progress') return { type: 'rejected', reason: 'progress never goes out by mail' }
    const mailbox = await store.getMailbox(target.userId)
    if (mailbox === null) return { type: 'gone', reason: 'there is no address to send to' }
    if (mailbox.suppressed !== null) {
      return { type: 'gone', reason: `the address takes no mail: ${mailbox.suppressed.reason}` }
    }
    if (await hasEnded(event)) return { type: 'rejected', reason: 'the question has ended' }
    const outcome = await messenger.mail(event, mailbox, attempt, signal)
    switch (outcome.type) {
      case 'bad_address':
        return { type: 'rejected', reason: outcome.reason }
      case 'our_trouble':
        return { type: 'retry', afterMs: null, reason: outcome.reason }
      default:
        return outcome
    }
  }

  /** Between the plan and the mail somebody may have answered. */
  async function hasEnded(event: EcEvent): Promise<boolean> {
    const read = readQuestion(event)
    if (!read.ok || read.terms === null) return false
    const [question] = await store.getQuestions(read.terms.id ?? event.id, event.user_id)
    return question !== undefined && question.state !== 'open'
  }

  return { channel: 'email', targets, deliver, checks }
}
