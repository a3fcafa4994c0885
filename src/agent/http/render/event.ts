import { z } from 'zod'
import type { StateItem, StoredEvent } from '../../../backends/store.ts'
import { EVENT_LIST_STATES, EVENT_STATES, type EventListState } from '../../../core/event.ts'
import { instant, renderInstant } from './instant.ts'

/** The universal event with its place in the stream, its state, and the times it has. */
export const eventView = z.looseObject({
  id: z.string(),
  user_id: z.string(),
  type: z.string(),
  title: z.string(),
  body: z.string(),
  seq: z.int().nullable(),
  state: z.enum(EVENT_LIST_STATES),
  seen_at: instant.optional(),
  read_at: instant.optional(),
  archived_at: instant.optional(),
  snoozed_until: instant.optional(),
  answered_at: instant.optional(),
  retracted_at: instant.optional(),
})

/** A numbered change of an event's state. */
export const stateView = z.strictObject({
  seq: z.int(),
  user: z.string(),
  id: z.string(),
  state: z.enum(EVENT_STATES),
  by: z.string().nullable(),
  at: instant,
  until: instant.optional(),
})

export function renderEvent(event: StoredEvent, now: number): Record<string, unknown> {
  const content: unknown = JSON.parse(event.json)
  return {
    ...(typeof content === 'object' ? content : {}),
    seq: event.seq,
    state: stateOf(event, now),
    ...timeOf('seen_at', event.seenAt),
    ...timeOf('read_at', event.readAt),
    ...timeOf('archived_at', event.archivedAt),
    ...timeOf('snoozed_until', event.snoozedUntil),
    ...timeOf('answered_at', event.answeredAt),
    ...timeOf('retracted_at', event.retractedAt),
  }
}

export function renderState(item: StateItem): z.infer<typeof stateView> {
  const { seq, userId: user, id, state, by, at, until } = item
  return { seq, user, id, state, by, at: renderInstant(at), ...(until === null ? {} : { until: renderInstant(until) }) }
}

/** What may change of an event, without the content, which does not. */
export function renderEventChange(event: StoredEvent, now: number): Record<string, unknown> {
  const { userId, id, answeredAt } = event
  return { user_id: userId, id, state: stateOf(event, now), ...timeOf('answered_at', answeredAt) }
}

/** The one state that says most: what ended it, then where it went, then how far a person came with it. */
function stateOf(event: StoredEvent, now: number): EventListState {
  if (event.retractedAt !== null) return 'retracted'
  if (event.seq === null) return 'scheduled'
  if (event.archivedAt !== null) return 'archived'
  if (event.snoozedUntil !== null && event.snoozedUntil > now) return 'snoozed'
  if (event.readAt !== null) return 'read'
  return event.seenAt === null ? 'unread' : 'seen'
}

function timeOf(name: string, at: number | null): Record<string, string> {
  return at === null ? {} : { [name]: renderInstant(at) }
}
