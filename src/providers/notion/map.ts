import { draftEvent, dottedType, type EventDraft } from '../../core/event-draft.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { NotificationRecord } from '../../core/notification.ts'
import { peekLine, peekList, peekString, type JsonRecord } from '../../core/peek.ts'
import type { Resource } from '../../core/resource.ts'
import { describeKind } from './describe.ts'
import { readEvent } from './webhook.ts'

/**
 * One event for the owner per notification: `page.changed`, `database.changed`, `data_source.changed` and
 * `view.changed` for all that happens to one, with what it was as `data.change`; comments and uploads keep Notion's own
 * type, as `comment.created`; others are `notion.<type>`. Notion names things by their ids alone, never by their titles.
 */
export function describe(notification: NotificationRecord, resource: Resource): readonly EventInput[] {
  const payload = payloadOf(notification)
  const [family = '', ...rest] = notification.kind.split('.')
  const change = rest.join('.')
  const entity = peekLine(payload, 'entity', 'id')
  const entityType = peekLine(payload, 'entity', 'type')
  const event: EventDraft = {
    type: typeOf(family, rest),
    title: describeKind(family, change),
    body: bodyOf(payload, resource),
    url: urlOf(family, payload ?? {}),
    urlLabel: 'Open in Notion',
    thread: entity === '' ? '' : `${family}:${entity}`,
    at: peekString(payload, 'timestamp'),
    data: {
      notification_id: notification.id,
      event_id: notification.key,
      change,
      entity_id: entity,
      entity_type: entityType,
      parent_id: peekLine(payload, 'data', 'parent', 'id'),
      page_id: peekLine(payload, 'data', 'page_id'),
      data_source_id: peekLine(payload, 'data', 'parent', 'data_source_id'),
      workspace_id: peekLine(payload, 'workspace_id'),
      author_id: peekLine(peekList(payload, 'authors')[0], 'id'),
      author_type: peekLine(peekList(payload, 'authors')[0], 'type'),
    },
  }
  return [draftEvent(event, { userId: resource.userId, provider: 'notion', receivedAt: notification.receivedAt })]
}

const FAMILIES_THAT_CHANGE: ReadonlySet<string> = new Set(['page', 'database', 'data_source', 'view'])
const FAMILIES_OF_THEIR_OWN: ReadonlySet<string> = new Set(['comment', 'file_upload'])

function typeOf(family: string, rest: readonly string[]): string {
  if (FAMILIES_THAT_CHANGE.has(family)) return `${family}.changed`
  // Three parts at most, so that every type is a legal one.
  const tail = rest.join('_')
  return FAMILIES_OF_THEIR_OWN.has(family) ? dottedType(family, tail) : dottedType('notion', family, tail)
}

function bodyOf(payload: JsonRecord | null, resource: Resource): string {
  if (payload === null) return 'The details are no longer kept.'
  return peekLine(payload, 'workspace_name') || resource.name || 'Notion'
}

/**
 * The page that shows it. A comment is shown by its page, a data source by its database; an upload has no page, and
 * whether a view has one is not documented.
 */
function urlOf(family: string, payload: JsonRecord): string {
  if (family === 'comment') return linkTo(peekString(payload, 'data', 'page_id'))
  if (family === 'page' || family === 'database') return linkTo(peekString(payload, 'entity', 'id'))
  const isInDatabase = family === 'data_source' && peekString(payload, 'data', 'parent', 'type') === 'database'
  return isInDatabase ? linkTo(peekString(payload, 'data', 'parent', 'id')) : ''
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i

function linkTo(id: string): string {
  return UUID.test(id) ? `https://www.notion.so/${id.replaceAll('-', '').toLowerCase()}` : ''
}

function payloadOf({ body }: NotificationRecord): JsonRecord | null {
  const event = body === null ? null : readEvent(body)
  return event?.ok ? event.value : null
}
