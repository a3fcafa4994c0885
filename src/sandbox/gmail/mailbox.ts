import type { Random } from '../random.ts'
import { createHistory, type History, type MessageRef } from './history.ts'

export interface Mail {
  /** Hex digits. */
  readonly id: string
  readonly threadId: string
  readonly labelIds: readonly string[]
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly text: string
  /** ms since 1970. */
  readonly receivedAt: number
  readonly historyId: bigint
}

export interface NewMail {
  readonly headers: Mail['headers']
  readonly text: string
  readonly labelIds: readonly string[]
  /** Null = a thread of its own. */
  readonly threadId: string | null
}

/** One person's mail. Every change is written into its history. */
export interface Mailbox {
  readonly email: string
  readonly history: History
  readonly mails: ReadonlyMap<string, Mail>
  readonly labels: ReadonlyMap<string, string>
  readonly drafts: Map<string, string>
  add(mail: NewMail, now: number): Mail
  /** Undefined when there is no such message. */
  relabel(id: string, add: readonly string[], remove: readonly string[], now: number): Mail | undefined
  remove(id: string, now: number): boolean
  /** Gives its id. */
  addLabel(name: string): string
  newId(): string
}

/** The oldest go, as if the person had deleted them for good. */
const MAX_MAILS = 5_000

const SYSTEM_LABELS = [
  'INBOX',
  'SENT',
  'DRAFT',
  'TRASH',
  'SPAM',
  'UNREAD',
  'STARRED',
  'IMPORTANT',
  'CATEGORY_PERSONAL',
  'CATEGORY_UPDATES',
]

export function createMailbox(email: string, random: Random, firstHistoryId: bigint): Mailbox {
  const mails = new Map<string, Mail>()
  const labels = new Map(SYSTEM_LABELS.map(id => [id, id]))
  const drafts = new Map<string, string>()
  const history = createHistory(random, firstHistoryId)
  let lastId = 0x19b0000000000000n + BigInt(random.between(0, 1_000_000))
  let lastLabel = 0

  function newId(): string {
    lastId += BigInt(random.between(1, 5_000))
    return lastId.toString(16)
  }

  function remove(id: string, now: number): boolean {
    const mail = mails.get(id)
    if (mail === undefined) return false
    mails.delete(id)
    for (const [draft, message] of drafts) if (message === id) drafts.delete(draft)
    history.add({ type: 'messageDeleted', message: refOf(mail), labelIds: [] }, now)
    return true
  }

  return {
    email,
    history,
    mails,
    labels,
    drafts,
    newId,
    remove,
    add({ threadId, ...rest }, now) {
      const id = newId()
      const mail = { ...rest, id, threadId: threadId ?? id, receivedAt: now }
      const historyId = history.add({ type: 'messageAdded', message: refOf(mail), labelIds: [] }, now)
      const made = { ...mail, historyId }
      mails.set(id, made)
      const [oldest] = mails.keys()
      if (mails.size > MAX_MAILS && oldest !== undefined) remove(oldest, now)
      return made
    },
    relabel(id, add, drop, now) {
      const before = mails.get(id)
      if (before === undefined) return undefined
      const added = add.filter(label => !before.labelIds.includes(label))
      const removed = drop.filter(label => before.labelIds.includes(label))
      const labelIds = [...before.labelIds.filter(label => !removed.includes(label)), ...added]
      const message = refOf({ ...before, labelIds })
      let { historyId } = before
      if (added.length > 0) historyId = history.add({ type: 'labelAdded', message, labelIds: added }, now)
      if (removed.length > 0) historyId = history.add({ type: 'labelRemoved', message, labelIds: removed }, now)
      const mail = { ...before, labelIds, historyId }
      mails.set(id, mail)
      return mail
    },
    addLabel(name) {
      const id = `Label_${++lastLabel}`
      labels.set(id, name)
      return id
    },
  }
}

function refOf({ id, threadId, labelIds }: Pick<Mail, 'id' | 'threadId' | 'labelIds'>): MessageRef {
  return { id, threadId, labelIds }
}
