import { draftEvent, type EventDraft } from '../../core/event-draft.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { NotificationRecord } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'
import { readMessage, type MailMessage } from './message.ts'

/** One event `mail.changed` for the owner per notification. Gmail says that a mailbox changed, never what. */
export function describe(notification: NotificationRecord, resource: Resource): readonly EventInput[] {
  const { id, body, headers, receivedAt } = notification
  const read = body === null ? null : readMessage(body, headers)
  const draft = read?.ok ? describeMessage(id, read.message) : describeForgotten(id, resource)
  return [draftEvent(draft, { userId: resource.userId, provider: 'gmail', receivedAt })]
}

function describeMessage(id: string, message: MailMessage): EventDraft {
  const { email, historyId, messageId, publishedAt, subscription } = message
  return {
    type: 'mail.changed',
    title: `Something changed in the mailbox ${email}`,
    body: 'Gmail does not say what: a message came, or one was read, moved or deleted.',
    url: `https://mail.google.com/mail/?authuser=${encodeURIComponent(email)}`,
    urlLabel: 'Open Gmail',
    thread: `mailbox:${email.toLowerCase()}`,
    at: publishedAt,
    data: { notification_id: id, email, history_id: historyId, message_id: messageId, subscription },
  }
}

/** Retention has dropped the body before its turn came, as after a long pause; that is said, not passed over. */
function describeForgotten(id: string, { name }: Resource): EventDraft {
  return {
    type: 'mail.changed',
    title: `Something changed in ${name}`,
    body: 'The details are no longer kept.',
    data: { notification_id: id },
  }
}
