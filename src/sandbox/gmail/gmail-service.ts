import type { Clock } from '../../core/clock.ts'
import { peekList, peekString, type JsonRecord } from '../../core/peek.ts'
import { ApiError, badRequest, forbidden, notFound } from '../http/api-error.ts'
import type { Manners } from '../manners.ts'
import type { Gate } from '../oauth/gate.ts'
import type { PubSubService } from '../pubsub/pubsub-service.ts'
import { GMAIL_PUBLISHER, isGranted } from '../pubsub/topics.ts'
import { TOPIC } from '../pubsub/subscription.ts'
import type { Random } from '../random.ts'
import { createMailbox, type Mail, type Mailbox } from './mailbox.ts'

/** Where Gmail tells that a mailbox has changed. One at a time for each mailbox. */
interface Watch {
  readonly topic: string
  readonly labelIds: readonly string[]
  readonly isExclusion: boolean
  readonly expiration: number
}

/** All that Gmail is, here. */
export interface GmailService {
  readonly clock: Clock
  readonly gate: Gate
  readonly manners: () => Manners
  addMailbox(email: string, firstHistoryId?: bigint): Mailbox
  find(email: string): Mailbox | undefined
  /** The mailbox of `me`, or of the account itself by name; 403 for anybody else's. */
  open(account: string, user: string): Mailbox
  mailboxes(): Iterable<Mailbox>
  watch(mailbox: Mailbox, body: JsonRecord): JsonRecord
  stop(mailbox: Mailbox): void
  watchOf(mailbox: Mailbox): Watch | null
  /** Tells of a change to a message, where somebody watches it. */
  changed(mailbox: Mailbox, labelIds: Mail['labelIds']): void
}

export interface GmailParts {
  readonly clock: Clock
  readonly random: Random
  readonly manners: () => Manners
  readonly gate: Gate
  readonly pubsub: PubSubService
}

export function createGmail({ clock, random, manners, gate, pubsub }: GmailParts): GmailService {
  const mailboxes = new Map<string, Mailbox>()
  const watches = new Map<string, Watch>()
  const toldAt = new Map<string, number>()

  function watchOf({ email }: Mailbox): Watch | null {
    const watch = watches.get(email)
    return watch !== undefined && clock.now() < watch.expiration ? watch : null
  }

  function publish(mailbox: Mailbox, { topic }: Watch): void {
    const { email, history } = mailbox
    toldAt.set(email, clock.monotonic())
    // Digits as they are: a number of JSON may be larger than JavaScript reads exactly.
    const id = manners().history_id_form === 'string' ? `"${history.head}"` : String(history.head)
    const text = `{"emailAddress":${JSON.stringify(email)},"historyId":${id}}`
    try {
      pubsub.publish(topic, [{ data: Buffer.from(text).toString('base64'), attributes: {} }])
    } catch (error) {
      // The topic has gone since: Gmail says nothing more, to nobody.
      if (!(error instanceof ApiError)) throw error
    }
  }

  return {
    clock,
    gate,
    manners,
    watchOf,
    addMailbox(email, firstHistoryId = BigInt(9_000 + random.between(0, 999))) {
      const made = createMailbox(email, random.fork(), firstHistoryId)
      mailboxes.set(email, made)
      return made
    },
    find: email => mailboxes.get(email),
    open(account, user) {
      const name = user === 'me' ? account : user
      if (name !== account) throw forbidden(`Delegation denied for ${account}`)
      const found = mailboxes.get(name)
      if (found !== undefined) return found
      throw new ApiError(400, {
        reason: 'failedPrecondition',
        message: 'Mail service not enabled',
        rpc: 'FAILED_PRECONDITION',
      })
    },
    mailboxes: () => mailboxes.values(),
    watch(mailbox, body) {
      const topic = peekString(body, 'topicName')
      checkTopic(pubsub, topic)
      const before = watchOf(mailbox)
      if (before !== null && before.topic !== topic) {
        throw badRequest('Only one user push notification client allowed per developer (call /stop then try again)')
      }
      const behaviour = peekString(body, 'labelFilterBehavior') || peekString(body, 'labelFilterAction')
      const labelIds = peekList(body, 'labelIds').map(String)
      const unknown = labelIds.find(id => !mailbox.labels.has(id))
      if (unknown !== undefined) throw badRequest(`Invalid label: ${unknown}`)
      const expiration = clock.now() + manners().watch_life_ms
      const watch = { topic, labelIds, isExclusion: behaviour.toUpperCase() === 'EXCLUDE', expiration }
      watches.set(mailbox.email, watch)
      publish(mailbox, watch)
      return { historyId: String(mailbox.history.head), expiration: String(expiration) }
    },
    stop: ({ email }) => void watches.delete(email),
    changed(mailbox, labelIds) {
      const watch = watchOf(mailbox)
      if (watch === null || !isMeant(watch, labelIds)) return
      const last = toldAt.get(mailbox.email) ?? Number.NEGATIVE_INFINITY
      if (clock.monotonic() - last >= manners().gmail_gap_ms) publish(mailbox, watch)
    },
  }
}

function checkTopic(pubsub: PubSubService, topic: string): void {
  if (!TOPIC.test(topic)) {
    throw badRequest('Invalid topicName does not match projects/sandbox/topics/*', 'topicName', 'invalidArgument')
  }
  try {
    pubsub.topic(topic)
  } catch {
    throw notFound(`Error sending test message to Cloud PubSub ${topic} : Resource not found.`)
  }
  if (isGranted(pubsub.policy(topic), GMAIL_PUBLISHER, 'publisher')) return
  throw forbidden(`Error sending test message to Cloud PubSub ${topic} : User not authorized to perform this action.`)
}

function isMeant({ labelIds, isExclusion }: Watch, found: readonly string[]): boolean {
  if (labelIds.length === 0) return true
  return labelIds.some(label => found.includes(label)) !== isExclusion
}
