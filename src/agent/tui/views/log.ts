import { renderList, type ColumnSpec } from '../columns.ts'
import type { Area } from '../layout.ts'
import type { Line, Span } from '../line.ts'
import { keysOf } from '../lists.ts'
import type { LogLine } from '../log-book.ts'
import type { ScreenState } from '../state.ts'
import { formatTime } from './events.ts'

/** What the agent in this process says, the newest at the end. */
export function renderLog(state: ScreenState, area: Area): readonly Line[] {
  return renderList({
    columns: COLUMNS,
    rows: state.logs,
    keys: keysOf(state, 'log'),
    cursor: state.cursors.log,
    area,
    empty: 'nothing was logged yet',
  })
}

const COLORS: Readonly<Record<LogLine['level'], Span['color']>> = {
  debug: undefined,
  info: undefined,
  warn: 'yellow',
  error: 'red',
}

const COLUMNS: readonly ColumnSpec<LogLine>[] = [
  { title: 'time', width: 8, yields: 0, cell: line => ({ text: formatTime(line.at), dim: true }) },
  { title: 'level', width: 5, yields: 0, cell: line => ({ text: line.level, color: COLORS[line.level] }) },
  { title: 'what', width: 20, grows: true, yields: 0, cell: line => ({ text: line.text, color: COLORS[line.level] }) },
]
