import type { ActivityFrame, EventChange } from '../../client/activity.ts'
import type { EventRow, NotificationRow } from '../../client/rows.ts'
import { terminalLine } from '../../core/terminal-text.ts'

/** Rows that are kept; `ec events list` and `ec notifications list` have them all. */
export const MAX_ROWS = 1000
/** Nobody reads more of it in a list, and a title may be long. */
const MAX_CHARS = 400

interface RowBase {
  /** Tells it from every other row. */
  readonly key: string
  /** ms since 1970. */
  readonly at: number
  readonly id: string
  /** Who it is for, or where it comes from. */
  readonly from: string
  readonly type: string
  readonly title: string
  readonly state: string
  /** What the filter looks in, in lower case. */
  readonly text: string
}

/** A line of the list of what happens; its texts are clean already. */
export type ActivityRow =
  | (RowBase & {
      readonly kind: 'event'
      readonly level: EventRow['level']
      /** As the agent knows them, not as they are shown. */
      readonly user: string
      readonly eventId: string
      /** The notification that it came of. */
      readonly notification: string | null
      /** The id of the question that it asks. */
      readonly question: string | null
      /** Until when somebody may answer it, ms since 1970; Infinity = for ever, 0 = not any more. */
      readonly openUntil: number
    })
  | (RowBase & { readonly kind: 'notification'; readonly bad: boolean })

/** The rows of a frame in the order of their time; a frame has its own order only within each kind. */
export function rowsOf(frame: ActivityFrame): readonly ActivityRow[] {
  return [...frame.notifications.map(ofNotification), ...frame.events.map(ofEvent)].sort((a, b) => a.at - b.at)
}

/** Adds rows to those that are there: what is there already is replaced in its place, the oldest make room. */
export function mergeRows(rows: readonly ActivityRow[], fresh: readonly ActivityRow[]): readonly ActivityRow[] {
  if (fresh.length === 0) return rows
  const newest = rows.at(-1)?.at ?? Number.NEGATIVE_INFINITY
  // What is younger than all of them can be none of them: so nearly every row is spared the search.
  const places = placesOf(
    rows,
    fresh.filter(row => row.at <= newest),
  )
  const added = fresh.filter(row => !places.has(row.key))
  const merged = [...rows, ...added]
  for (const row of fresh) {
    const place = places.get(row.key)
    if (place !== undefined) merged[place] = row
  }
  // What comes late, as from a sender whose clock is behind, takes its place by time.
  if (added.some(row => row.at < newest)) merged.sort((a, b) => a.at - b.at)
  return merged.length > MAX_ROWS ? merged.slice(-MAX_ROWS) : merged
}

/** Where rows with the keys of these stand. */
function placesOf(rows: readonly ActivityRow[], late: readonly ActivityRow[]): ReadonlyMap<string, number> {
  if (late.length === 0) return NOWHERE
  const wanted = new Set(late.map(row => row.key))
  return new Map(rows.flatMap((row, i) => (wanted.has(row.key) ? [[row.key, i] as const] : [])))
}

const NOWHERE: ReadonlyMap<string, number> = new Map()

/** What is the same in the rows of a frame and in what it says of changes. */
export function changedKeys({ events, notifications }: ActivityFrame['changed']): ReadonlySet<string> {
  return new Set([...events.map(eventKey), ...notifications.map(({ id }) => notificationKey(id))])
}

/** The rows as they are by now; what has changed of others is not theirs. */
export function changeRows(
  rows: readonly ActivityRow[],
  { events, notifications }: ActivityFrame['changed'],
): readonly ActivityRow[] {
  if (events.length + notifications.length === 0) return rows
  const changes = new Map(events.map(change => [eventKey(change), change]))
  const fresh = new Map(notifications.map(row => [notificationKey(row.id), row]))
  return rows.map(row => {
    if (row.kind === 'event') {
      const change = changes.get(row.key)
      return change === undefined ? row : withState(row, change)
    }
    const now = fresh.get(row.key)
    return now === undefined ? row : ofNotification(now)
  })
}

/** Whether somebody may still answer it. `now`: ms since 1970. */
export function isOpenQuestion(row: ActivityRow, now: number): boolean {
  return row.kind === 'event' && row.question !== null && row.openUntil > now
}

/** The rows that have every word of the filter. */
export function filterRows(rows: readonly ActivityRow[], filter: string): readonly ActivityRow[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '')
  return words.length === 0 ? rows : rows.filter(row => words.every(word => row.text.includes(word)))
}

type EventActivity = Extract<ActivityRow, { readonly kind: 'event' }>

function ofEvent(event: EventRow): ActivityRow {
  const { id, user_id: user, type, level, title, created_at: createdAt, expires_at: expires, data } = event
  const notification = data?.['notification_id']
  return finish({
    kind: 'event',
    key: eventKey(event),
    at: instant(createdAt),
    id: clean(id),
    from: clean(user),
    user,
    eventId: id,
    type: clean(type),
    title: clean(title),
    state: stateOf(event),
    level,
    notification: typeof notification === 'string' ? notification : null,
    question: questionOf(event),
    openUntil: hasEnded(event) ? 0 : expires === undefined ? Number.POSITIVE_INFINITY : instant(expires),
    text: '',
  })
}

function withState(row: EventActivity, change: EventChange): ActivityRow {
  return finish({ ...row, state: stateOf(change), openUntil: hasEnded(change) ? 0 : row.openUntil })
}

function stateOf(event: EventChange): string {
  return event.answered_at !== undefined && event.state !== 'retracted' ? 'answered' : clean(event.state)
}

function hasEnded(event: EventChange): boolean {
  return event.answered_at !== undefined || event.state === 'retracted'
}

function questionOf({ id, type, data }: EventRow): string | null {
  if (type !== 'action.required' || !Array.isArray(data?.['options'])) return null
  const own = data['action_id']
  return typeof own === 'string' || typeof own === 'number' ? String(own) : id
}

function eventKey({ user_id: user, id }: Pick<EventRow, 'user_id' | 'id'>): string {
  return `e ${user} ${id}`
}

function notificationKey(id: string): string {
  return `n ${id}`
}

function ofNotification(row: NotificationRow): ActivityRow {
  const { id, provider, kind, state, received_at: receivedAt, reason, detail } = row
  const why = [reason, detail].filter(part => part !== undefined).join(': ')
  return finish({
    kind: 'notification',
    key: notificationKey(id),
    at: instant(receivedAt),
    id: clean(id),
    from: clean(provider),
    type: clean(kind),
    title: clean(why),
    state: clean(state),
    bad: state === 'quarantined' || state === 'dead',
    text: '',
  })
}

function finish(row: ActivityRow): ActivityRow {
  const level = row.kind === 'event' ? row.level : ''
  const text = [row.from, row.type, row.title, row.state, row.id, level, row.kind].join(' ').toLowerCase()
  return { ...row, text }
}

function clean(text: string): string {
  return terminalLine(text.slice(0, MAX_CHARS))
}

function instant(text: string): number {
  const at = Date.parse(text)
  return Number.isNaN(at) ? 0 : at
}
