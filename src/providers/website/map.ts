import { cleanLine } from '../../core/clean-text.ts'
import { draftEvent, dottedType, type EventDraft } from '../../core/event-draft.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { NotificationRecord } from '../../core/notification.ts'
import { peekExcerpt, peekInteger, peekLine, peekString, type JsonRecord } from '../../core/peek.ts'
import type { Resource } from '../../core/resource.ts'
import { readPayload } from './webhook.ts'

/**
 * One event for the owner per notification: `website.` and the sender's own type. What `data` says under the usual
 * names (`title` or `name`, `message` or `description`, `url`, and `resource`, `id`, `action`) is told.
 */
export function describe(notification: NotificationRecord, resource: Resource): readonly EventInput[] {
  const payload = payloadOf(notification)
  const { kind, receivedAt } = notification
  const name = peekLine(payload, 'data', 'title') || peekLine(payload, 'data', 'name')
  const thing = [peekLine(payload, 'data', 'resource'), idOf(payload)].filter(part => part !== '').join(' ')
  const event: EventDraft = {
    type: typeOf(kind),
    title: [inWords(kind), name || thing].filter(part => part !== '').join(': '),
    body: bodyOf(payload, resource),
    url: peekString(payload, 'data', 'url'),
    urlLabel: 'Open the page',
    thread: thing,
    at: peekString(payload, 'timestamp'),
    data: {
      notification_id: notification.id,
      webhook_id: notification.key,
      type: kind,
      resource: peekLine(payload, 'data', 'resource'),
      id: idOf(payload),
      action: peekLine(payload, 'data', 'action'),
    },
  }
  return [draftEvent(event, { userId: resource.userId, provider: 'website', receivedAt })]
}

/** Three parts at most, so that every type is a legal one. */
function typeOf(kind: string): string {
  const [first = '', ...rest] = kind.split('.')
  return dottedType('website', first, rest.join('_'))
}

/** `content.updated` -> `Content updated` */
function inWords(kind: string): string {
  const words = cleanLine(kind.replace(/[._-]+/g, ' '), 100) || 'a notification'
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

function idOf(payload: JsonRecord | null): string {
  const number = peekInteger(payload, 'data', 'id')
  return number === null ? peekLine(payload, 'data', 'id') : String(number)
}

function bodyOf(payload: JsonRecord | null, resource: Resource): string {
  if (payload === null) return 'The details are no longer kept.'
  const told = peekExcerpt(payload, 'data', 'message') || peekExcerpt(payload, 'data', 'description')
  return told || resource.name || 'Website'
}

function payloadOf({ body }: NotificationRecord): JsonRecord | null {
  const payload = body === null ? null : readPayload(body)
  return payload?.ok ? payload.value : null
}
