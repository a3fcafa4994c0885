import type { Item } from '../../center/center.ts'

export const FILTER_STATES = ['all', 'unread', 'questions', 'archived', 'snoozed'] as const
export type FilterState = (typeof FILTER_STATES)[number]

/** What of the history is shown. Empty texts: whatever it is. */
export interface Filter {
  readonly state: FilterState
  readonly service: string
  readonly type: string
  readonly q: string
}

export const NO_FILTER: Filter = { state: 'all', service: '', type: '', q: '' }

const QUESTION = 'action.required'

/** Whether the plain history is shown, which the center has already. */
export function isPlain({ state, service, type, q }: Filter): boolean {
  return state === 'all' && service + type + q === ''
}

/** The query of `GET /api/events` for a filter; `before` is the number of the oldest that is known. */
export function queryOf({ state, service, type, q }: Filter, before: number | null, limit: number): string {
  const query = new URLSearchParams({ limit: String(limit) })
  if (state !== 'all' && state !== 'questions') query.set('state', state)
  const kind = state === 'questions' ? QUESTION : type
  if (kind !== '') query.set('type', kind)
  if (service !== '') query.set('service', service)
  if (q !== '') query.set('q', q)
  if (before !== null) query.set('before', String(before))
  return query.toString()
}

/** Whether an event belongs to what is shown, as the agent would say. `now` in ms since 1970. Pure. */
export function matchesFilter(item: Item, { state, service, type, q }: Filter, now: number): boolean {
  const { event } = item
  const text = `${event.title}\n${event.body}`.toLowerCase()
  return (
    isOfState(item, state, now) &&
    (service === '' || event.service === service) &&
    (type === '' || state === 'questions' || event.type === type) &&
    (q === '' || text.includes(q.toLowerCase()))
  )
}

function isOfState({ event, read, archived, snoozedUntil }: Item, state: FilterState, now: number): boolean {
  const isAway = snoozedUntil !== null && snoozedUntil > now
  switch (state) {
    case 'all':
      return !archived && !isAway
    case 'unread':
      return !read && !archived && !isAway
    case 'questions':
      return event.type === QUESTION && !archived && !isAway
    case 'archived':
      return archived
    case 'snoozed':
      return isAway
    default:
      return state satisfies never
  }
}
