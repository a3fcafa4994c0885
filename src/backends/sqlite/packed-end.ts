import type { Lease } from '../../core/job.ts'
import { onceFor } from '../../core/once-for.ts'
import type { Plan } from '../../core/plan.ts'
import type { ItemWrite, JobEffects, JobEnd, NewEvent } from '../store.ts'
import type { PackedEvent } from './units/events.ts'
import type { PackedItem } from './units/items.ts'
import type { PackedEnd, PlainEnd } from './units/jobs.ts'

export function packEvent(event: NewEvent): PackedEvent {
  return { ...event, plan: planText(event.plan), inbox: event.plan.inbox }
}

/** Events of one kind share one plan, so it is written once. */
const planText = onceFor((plan: Plan) => JSON.stringify(plan))

export function packEnd(end: JobEnd): PackedEnd {
  if (end.type === 'retry') return end
  const { events = [], sync: synced } = end.effects
  const packed = synced === undefined ? null : { ...synced, items: (synced.items ?? []).map(packItem) }
  return { ...end, effects: { ...end.effects, events: events.map(packEvent), sync: packed } }
}

const NOTES: ReadonlySet<string> = new Set<keyof JobEffects>(['traces', 'pushed', 'noted'])

/** A message went to a device, and that is all that there is to write. */
export function isNoteOfTry(end: JobEnd): boolean {
  return (
    end.type === 'done' && end.effects.noted !== undefined && Object.keys(end.effects).every(name => NOTES.has(name))
  )
}

/**
 * The end that nearly all jobs have: of a notification that made one event, which is appended and no more. Its values
 * alone cross at a fifth of what the objects around them cost. Null for any other.
 */
export function packPlainEnd({ job, attempt }: Lease, end: JobEnd): { args: PlainEnd; event: NewEvent } | null {
  if (end.type !== 'done') return null
  for (const effect in end.effects) if (effect !== 'notification' && effect !== 'events') return null
  const { notification, events = [] } = end.effects
  const [event, more] = events
  if (notification === undefined || notification.reason !== undefined) return null
  if (event === undefined || more !== undefined || !isPlain(event)) return null
  const { id, userId, json, type, level, service, createdAt, expiresAt, plan, ws, progressKey } = event
  const values = [id, userId, json, type, level, service, createdAt, expiresAt, planText(plan), ws, plan.inbox] as const
  return { args: [job, attempt, end.at, notification.id, notification.state, ...values, progressKey], event }
}

/** Whether it is told from no other, waits for nothing, asks nothing, and causes no work. */
function isPlain(event: NewEvent): boolean {
  return (
    event.keyId === null &&
    event.contentHash === null &&
    event.idempotencyKey === null &&
    event.deliverAt === null &&
    event.jobs.length === 0 &&
    (event.digest ?? null) === null &&
    event.question === null
  )
}

function packItem({ item, generation }: ItemWrite): PackedItem {
  const { id, version, updatedAt, startsAt, endsAt, series, json } = item
  return [id, generation, version, updatedAt, startsAt, endsAt, series, JSON.stringify(json)]
}
