import type { ActivityFrame } from '../../client/activity.ts'
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

/** The rows that have every word of the filter. */
export function filterRows(rows: readonly ActivityRow[], filter: string): readonly ActivityRow[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '')
  return words.length === 0 ? rows : rows.filter(row => words.every(word => row.text.includes(word)))
}

function ofEvent(event: EventRow): ActivityRow {
  const { id, user_id: user, type, level, title, state, created_at: createdAt, data } = event
  const notification = data?.['notification_id']
  return finish({
    kind: 'event',
    key: `e ${user} ${id}`,
    at: instant(createdAt),
    id: clean(id),
    from: clean(user),
    user,
    eventId: id,
    type: clean(type),
    title: clean(title),
    state: clean(state),
    level,
    notification: typeof notification === 'string' ? notification : null,
    text: '',
  })
}

function ofNotification(row: NotificationRow): ActivityRow {
  const { id, provider, kind, state, received_at: receivedAt, reason, detail } = row
  const why = [reason, detail].filter(part => part !== undefined).join(': ')
  return finish({
    kind: 'notification',
    key: `n ${id}`,
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
