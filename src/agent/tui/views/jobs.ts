import type { JobRow } from '../../../client/rows.ts'
import { terminalLine } from '../../../core/terminal-text.ts'
import { renderList, type ColumnSpec } from '../columns.ts'
import type { Area } from '../layout.ts'
import { fitLine, type Line, type Span } from '../line.ts'
import { jobsOf, keysOf, linesAbove } from '../lists.ts'
import type { ScreenState } from '../state.ts'
import { formatTime } from './events.ts'

/** How much work waits and runs, and what failed for good, the newest first. */
export function renderJobs(state: ScreenState, area: Area): readonly Line[] {
  const room = linesAbove('jobs', area.height)
  const list = renderList({
    columns: COLUMNS,
    rows: jobsOf(state),
    keys: keysOf(state, 'jobs'),
    cursor: state.cursors.jobs,
    area: { width: area.width, height: area.height - room },
    empty: state.jobs.value === null ? 'asking the agent ...' : 'no dead jobs',
  })
  return room === 0 ? list : [fitLine(countsLine(state), area.width), ...list]
}

const COLUMNS: readonly ColumnSpec<JobRow>[] = [
  { title: 'ended', width: 8, yields: 0, cell: job => ({ text: endedAt(job), dim: true }) },
  { title: 'kind', width: 20, yields: 1, cell: job => ({ text: terminalLine(job.kind) }) },
  {
    title: 'tries',
    width: 5,
    yields: 2,
    align: 'right',
    cell: job => ({ text: `${job.attempt}/${job.max_attempts}` }),
  },
  {
    title: 'error',
    width: 16,
    grows: true,
    yields: 0,
    cell: job => ({ text: terminalLine(job.error ?? ''), color: 'red' }),
  },
  { title: 'id', width: 12, yields: 3, cell: job => ({ text: terminalLine(job.id), dim: true }) },
]

function countsLine({ frame }: ScreenState): Line {
  if (frame === null) return [{ text: 'connecting ...', dim: true }]
  const { ready, delayed, running, done, dead } = frame.jobs
  const deadSpan: Span = dead > 0 ? { text: `${dead} DEAD`, color: 'red', bold: true } : { text: '0 dead' }
  return [
    { text: `${ready} ready, ${delayed} delayed, ${running} running, ` },
    deadSpan,
    { text: `, ${done} done`, dim: true },
  ]
}

function endedAt({ finished_at: finished, created_at: created }: JobRow): string {
  return formatTime(Date.parse(finished ?? created))
}
