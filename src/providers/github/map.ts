import { draftEvent, dottedType } from '../../core/event-draft.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { NotificationRecord } from '../../core/notification.ts'
import { peekLine, peekString, type JsonRecord } from '../../core/peek.ts'
import type { Resource } from '../../core/resource.ts'
import { describerOf } from './describe/index.ts'
import type { Delivery, Draft } from './draft.ts'
import { readPayload } from './payload.ts'
import { inWords } from './words.ts'

/**
 * One event for the owner per delivery, none for a ping. Its type is `github.<event>`, and `github.<event>.<action>`
 * where the payload has an action: `github.push`, `github.issues.opened`.
 */
export function describe(notification: NotificationRecord, resource: Resource): readonly EventInput[] {
  if (notification.kind === 'ping') return []
  const payload = payloadOf(notification)
  const delivery = readDelivery(notification.kind, payload ?? {})
  const draft = payload === null ? describeForgotten(delivery) : describerOf(delivery.kind)(delivery)
  return [toEvent(draft, delivery, notification, resource)]
}

function toEvent(draft: Draft, delivery: Delivery, notification: NotificationRecord, resource: Resource): EventInput {
  const { payload, repository } = delivery
  const event = {
    type: dottedType('github', delivery.kind, delivery.action),
    title: draft.title,
    body: draft.body || delivery.place || 'GitHub',
    level: draft.level ?? 'info',
    url: firstUrl(draft.url, peekString(payload, 'repository', 'html_url'), peekString(payload, 'sender', 'html_url')),
    urlLabel: draft.urlLabel ?? 'Open on GitHub',
    thread: draft.thread === undefined ? '' : `${repository}${draft.thread}`,
    actor: peekLine(payload, 'sender', 'login') || peekLine(payload, 'pusher', 'name'),
    at: draft.at,
    data: {
      notification_id: notification.id,
      delivery_id: notification.key,
      event: delivery.kind,
      action: delivery.action,
      repository,
      ...draft.data,
    },
  } as const
  return draftEvent(event, { userId: resource.userId, provider: 'github', receivedAt: notification.receivedAt })
}

function readDelivery(kind: string, payload: JsonRecord): Delivery {
  const repository = peekLine(payload, 'repository', 'full_name')
  const place = repository || peekLine(payload, 'organization', 'login') || peekLine(payload, 'enterprise', 'name')
  return {
    kind,
    payload,
    repository,
    place,
    action: peekLine(payload, 'action'),
    actor: peekLine(payload, 'sender', 'login') || peekLine(payload, 'pusher', 'name') || 'Someone',
    where: place === '' ? '' : ` in ${place}`,
  }
}

function payloadOf(notification: NotificationRecord): JsonRecord | null {
  if (notification.body === null) return null
  const payload = readPayload(notification.body, notification.headers?.['content-type'])
  return payload.ok ? payload.value : null
}

/** Retention has dropped the body before its turn came, as after a long pause; that is said, not passed over. */
function describeForgotten({ kind }: Delivery): Draft {
  return { title: `GitHub reported: ${inWords(kind)}`, body: 'The details are no longer kept.' }
}

function firstUrl(...urls: readonly (string | undefined)[]): string {
  return urls.find(url => url !== undefined && /^https?:\/\//i.test(url)) ?? ''
}
