import type { Account } from '../../core/account.ts'
import { draftEvent } from '../../core/event-draft.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { ItemChange } from '../../core/item.ts'
import type { Resource } from '../../core/resource.ts'
import { decodeEntities } from './decode-entities.ts'
import { mailSchema } from './read-mail.ts'
import { readSender } from './read-sender.ts'

/** Where Gmail puts what shops and networks send; people look there when they want to. */
const QUIET_TABS = ['CATEGORY_PROMOTIONS', 'CATEGORY_SOCIAL'] as const
const ELSEWHERE = ['SENT', 'DRAFT', 'SPAM', 'TRASH'] as const

/**
 * One event `mail.received` for a mail that is new to us. None for what the person has read already, wrote himself, or
 * keeps out of the inbox; none for promotions and social mail, unless the resource's setting `announce` is `all`.
 */
export function describeMail(
  { before, after }: ItemChange,
  resource: Resource,
  account: Account,
): readonly EventInput[] {
  if (before !== null || after === null) return []
  const read = mailSchema.safeParse(after.json)
  if (!read.success) return []
  const { id, threadId, labelIds, snippet, internalDate, payload } = read.data
  const has = (label: string): boolean => labelIds.includes(label)
  if (!has('INBOX') || !has('UNREAD') || ELSEWHERE.some(has)) return []
  if (resource.settings['announce'] !== 'all' && QUIET_TABS.some(has)) return []

  const header = (wanted: string): string =>
    payload.headers.find(({ name }) => name.toLowerCase() === wanted)?.value ?? ''
  const sender = readSender(header('from'))
  if (sender.address.toLowerCase() === account.address.toLowerCase()) return []
  const subject = header('subject').trim() || '(no subject)'
  const receivedAt = Number(internalDate)
  const draft = {
    type: 'mail.received',
    title: `${sender.name || sender.address || 'Somebody'}: ${subject}`,
    body: decodeEntities(snippet),
    url: `https://mail.google.com/mail/?authuser=${encodeURIComponent(account.address)}#all/${threadId || id}`,
    urlLabel: 'Open the mail',
    thread: `mail:${threadId || id}`,
    actor: sender.address,
    data: {
      message_id: id,
      thread_id: threadId,
      mailbox: account.address,
      from: sender.address,
      from_name: sender.name,
      subject,
      list: header('list-id'),
    },
  }
  return [draftEvent(draft, { userId: resource.userId, provider: 'gmail', receivedAt })]
}
