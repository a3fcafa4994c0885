import { draftEvent, dottedType } from '../../core/event-draft.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { NotificationRecord } from '../../core/notification.ts'
import { isRecord, type JsonRecord } from '../../core/peek.ts'
import type { Resource } from '../../core/resource.ts'
import { BOOKINGS } from './describe/bookings.ts'
import { describeUnknown, OTHERS } from './describe/others.ts'
import type { Describer, Draft } from './draft.ts'
import { readPayload } from './payload.ts'

const DESCRIBERS: ReadonlyMap<string, Describer> = new Map(Object.entries({ ...BOOKINGS, ...OTHERS }))

/**
 * One event for the owner per notification, none for the `PING` of the test button. Its type is the trigger in lower
 * case; a trigger of one of the families has its family as a part of its own: `BOOKING_CREATED` is
 * `calcom.booking.created`, `INSTANT_MEETING` is `calcom.instant_meeting`.
 */
export function describe(notification: NotificationRecord, resource: Resource): readonly EventInput[] {
  const trigger = notification.kind
  if (trigger === 'PING') return []
  const body = bodyOf(notification)
  const wrapped = body === null ? undefined : body['payload']
  const payload = isRecord(wrapped) ? wrapped : (body ?? {})
  const describer = DESCRIBERS.get(trigger) ?? describeUnknown
  const draft =
    body === null ? describeForgotten(trigger) : describer({ trigger, payload, receivedAt: notification.receivedAt })
  // In a flat body `createdAt` is a column of the booking, and older than what is told here.
  const at = isRecord(wrapped) ? body?.['createdAt'] : undefined
  return [toEvent(draft, at, notification, resource)]
}

const FAMILY = /^(booking|meeting|recording|form|ooo|schedule)_/

function toEvent(draft: Draft, at: unknown, notification: NotificationRecord, resource: Resource): EventInput {
  const words = notification.kind.toLowerCase().replace(FAMILY, '$1.')
  const event = {
    ...draft,
    type: dottedType('calcom', ...words.split('.')),
    body: draft.body || 'Cal.com',
    thread: draft.uid ? `booking:${draft.uid}` : '',
    at,
    data: { notification_id: notification.id, trigger: notification.kind, ...draft.data },
  }
  return draftEvent(event, { userId: resource.userId, provider: 'calcom', receivedAt: notification.receivedAt })
}

function bodyOf(notification: NotificationRecord): JsonRecord | null {
  if (notification.body === null) return null
  const body = readPayload(notification.body, notification.headers?.['content-type'])
  return body.ok ? body.value : null
}

/** Retention has dropped the body before its turn came, as after a long pause; that is said, not passed over. */
function describeForgotten(trigger: string): Draft {
  return {
    title: `Cal.com reported: ${trigger.toLowerCase().replace(/_+/g, ' ')}`,
    body: 'The details are no longer kept.',
  }
}
