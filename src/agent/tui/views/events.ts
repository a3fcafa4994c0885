import type { Level } from '../../../core/event.ts'
import { isOpenQuestion, type ActivityRow } from '../activity-row.ts'
import { renderList, type ColumnSpec } from '../columns.ts'
import type { Area } from '../layout.ts'
import type { Line, Span } from '../line.ts'
import { keysOf } from '../lists.ts'
import type { ScreenState } from '../state.ts'

/** What comes in and what goes out, the newest at the end. */
export function renderEvents(state: ScreenState, area: Area, now: number): readonly Line[] {
  return renderList({
    columns: area.width < WITH_TYPE ? narrowColumns(now) : columnsAt(now),
    rows: state.visible,
    keys: keysOf(state, 'events'),
    cursor: state.cursors.events,
    area,
    empty: emptyText(state),
  })
}

const MARKS: Readonly<Record<Level, Pick<Span, 'text' | 'color'>>> = {
  info: { text: '', color: undefined },
  warning: { text: '!', color: 'yellow' },
  error: { text: '!!', color: 'red' },
  critical: { text: '!!!', color: 'red' },
}

function columnsAt(now: number): readonly ColumnSpec<ActivityRow>[] {
  return [
    { title: 'time', width: 8, yields: 0, cell: row => ({ text: formatTime(row.at), dim: true }) },
    // The two ends of the way: what came in from a provider, and what went on to a person.
    { title: '', width: 2, yields: 0, cell: row => kindOf(row, now) },
    { title: '', width: 3, yields: 0, cell: markOf },
    { title: 'from, for', width: 14, yields: 2, cell: row => ({ text: row.from, color: 'cyan' }) },
    { title: 'type', width: 20, yields: 1, cell: row => ({ text: row.type }) },
    { title: 'title', width: 18, grows: true, yields: 0, cell: titleOf },
    { title: 'state', width: 11, yields: 3, cell: stateOf },
    { title: 'id', width: 40, yields: 4, cell: row => ({ text: row.id, dim: true }) },
  ]
}

/** From here on there is room for the type beside the title. */
const WITH_TYPE = 57

function narrowColumns(now: number): readonly ColumnSpec<ActivityRow>[] {
  return columnsAt(now).flatMap(column =>
    column.title === 'title' ? [{ ...column, cell: typeOrTitle }] : column.yields > 0 ? [] : [column],
  )
}

/** An open question asks, where others tell. */
function kindOf(row: ActivityRow, now: number): Span {
  if (row.kind === 'notification') return { text: 'in', dim: true }
  return isOpenQuestion(row, now) ? { text: '?', color: 'yellow', bold: true } : { text: 'ev' }
}

/** A notification that went well has no title. */
function typeOrTitle(row: ActivityRow): Span {
  return row.title === '' ? { text: row.type, dim: true } : titleOf(row)
}

function markOf(row: ActivityRow): Span {
  if (row.kind === 'event') return MARKS[row.level]
  return row.bad ? { text: '!!', color: 'red' } : { text: '' }
}

function titleOf(row: ActivityRow): Span {
  if (row.kind === 'notification') return { text: row.title, color: row.bad ? 'red' : undefined }
  return { text: row.title, color: MARKS[row.level].color, bold: row.level === 'critical' }
}

function stateOf(row: ActivityRow): Span {
  return row.kind === 'notification' && row.bad ? { text: row.state, color: 'red' } : { text: row.state, dim: true }
}

function emptyText({ filter, rows, connection }: ScreenState): string {
  if (filter !== '' && rows.length > 0) return 'nothing passes the filter; Esc clears it'
  if (connection.state === 'connecting') return 'connecting ...'
  return 'nothing yet; try `ec emit --type job.done`'
}

/** In the time zone of this machine. */
export function formatTime(at: number): string {
  return new Date(at).toTimeString().slice(0, 8)
}
