import { cleanLine } from '../../core/clean-text.ts'
import { draftEvent, dottedType, type EventDraft } from '../../core/event-draft.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { NotificationRecord } from '../../core/notification.ts'
import { isRecord, peekLine, peekString, type JsonRecord } from '../../core/peek.ts'
import type { Resource } from '../../core/resource.ts'
import { keyOf, readBatch } from './batch.ts'

/**
 * One event for the owner per notification: `calendar.changed`, `mail.changed` or `contacts.changed` by the path of what
 * changed, else `microsoft.<changeType>`; `subscription.<lifecycle event>` for what Graph says of the subscription
 * itself. A basic notification names things by their ids alone, so more cannot be told.
 */
export function describe(notification: NotificationRecord, resource: Resource): readonly EventInput[] {
  const item = itemOf(notification)
  const lifecycle = LIFECYCLE.get(notification.kind)
  const draft = lifecycle ?? describeChange(notification.kind, item ?? {})
  const { id, receivedAt } = notification
  const event: EventDraft = {
    ...draft,
    body: draft.body ?? (item === null ? 'The details are no longer kept.' : resource.name || 'Microsoft'),
    data: {
      notification_id: id,
      change: notification.kind,
      subscription_id: peekLine(item, 'subscriptionId'),
      item_id: cleanLine(peekString(item, 'resourceData', 'id'), 200),
    },
  }
  return [draftEvent(event, { userId: resource.userId, provider: 'microsoft', receivedAt })]
}

type Draft = Pick<EventDraft, 'type' | 'title' | 'level' | 'thread'> & { readonly body?: string }

/** https://learn.microsoft.com/graph/change-notifications-lifecycle-events */
const LIFECYCLE: ReadonlyMap<string, Draft> = new Map([
  [
    'reauthorizationRequired',
    {
      type: 'subscription.reauthorization_required',
      title: 'Microsoft asks to renew a subscription',
      body: 'Until it is renewed, changes may go missing. Renew it where it was made.',
      level: 'warning',
    } as const,
  ],
  [
    'subscriptionRemoved',
    {
      type: 'subscription.removed',
      title: 'Microsoft has removed a subscription',
      body: 'Changes are no longer reported. Make a new subscription with the same webhook URL.',
      level: 'warning',
    } as const,
  ],
  [
    'missed',
    {
      type: 'subscription.missed',
      title: 'Microsoft could not deliver some notifications',
      body: 'Something changed that was not reported. Look at what is watched for what is new.',
      level: 'warning',
    } as const,
  ],
])

const THINGS: ReadonlyMap<string, { readonly type: string; readonly name: string }> = new Map([
  ['events', { type: 'calendar.changed', name: 'A calendar event' }],
  ['messages', { type: 'mail.changed', name: 'A message' }],
  ['contacts', { type: 'contacts.changed', name: 'A contact' }],
])

const VERBS: ReadonlyMap<string, string> = new Map([
  ['created', 'was added'],
  ['updated', 'was changed'],
  ['deleted', 'was removed'],
])

function describeChange(kind: string, item: JsonRecord): Draft {
  const collection = collectionOf(peekString(item, 'resource'))
  const thing = THINGS.get(collection)
  const verb = VERBS.get(kind) ?? `has a change of the kind "${cleanLine(kind, 64)}"`
  const id = peekString(item, 'resourceData', 'id')
  return {
    type: thing?.type ?? dottedType('microsoft', kind),
    title: `${thing?.name ?? 'Something at Microsoft'} ${verb}`,
    thread: id === '' || thing === undefined ? '' : `${collection}:${id}`,
  }
}

/** `Users/1/Events/AAMk`, `me/messages`, `users('1')/messages('AAMk')` -> `events`, `messages`; '' for others. */
function collectionOf(path: string): string {
  const names = path.slice(0, 2048).toLowerCase().split(/[/(]/)
  return names.findLast(name => THINGS.has(name)) ?? ''
}

/** Its own item; null when the body is no longer kept, or holds none. */
function itemOf({ body, key }: NotificationRecord): JsonRecord | null {
  const batch = body === null ? null : readBatch(body)
  if (batch === null || !batch.ok) return null
  const items = batch.items.filter(isRecord)
  return items.find(item => keyOf(item) === key) ?? (items.length === 1 ? (items[0] ?? null) : null)
}
