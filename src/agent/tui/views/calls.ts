import { computeSaving, type Baseline, type Saving } from '../../../core/saving.ts'
import { CALL_CAUSES, type CallCause } from '../../../core/api-call.ts'
import { terminalLine } from '../../../core/terminal-text.ts'
import { renderList, type ColumnSpec } from '../columns.ts'
import type { Area } from '../layout.ts'
import { fitLine, type Line } from '../line.ts'
import { callRows, keysOf, linesAbove, type CallRow } from '../lists.ts'
import type { Calls, ScreenState } from '../state.ts'

const SPAN_MS = 24 * 3_600_000

/** Calls to providers by cause over a day, and what was saved against which baseline. */
export function renderCalls(state: ScreenState, area: Area): readonly Line[] {
  const { value } = state.calls
  const above = value === null ? [] : savingLines(value).map(line => fitLine(line, area.width))
  const room = linesAbove('calls', area.height)
  const head: readonly Line[] = Array.from({ length: room }, (_, i) => above[i] ?? [{ text: '' }])
  const list = renderList({
    columns: COLUMNS,
    rows: callRows(value?.reply.calls ?? []),
    keys: keysOf(state, 'calls'),
    cursor: state.cursors.calls,
    area: { width: area.width, height: area.height - room },
    empty: value === null ? 'asking the agent ...' : 'no calls to providers in the last 24 h',
  })
  return [...head, ...list]
}

const COLUMNS: readonly ColumnSpec<CallRow>[] = [
  {
    title: 'provider',
    width: 14,
    grows: true,
    yields: 0,
    cell: row => ({ text: terminalLine(row.provider), color: 'cyan' }),
  },
  { title: 'cause', width: 8, yields: 0, cell: row => ({ text: terminalLine(row.cause) }) },
  { title: 'calls', width: 7, align: 'right', yields: 0, cell: row => ({ text: String(row.calls) }) },
  { title: 'retries', width: 7, align: 'right', yields: 2, cell: row => ({ text: String(row.retries) }) },
  {
    title: 'failures',
    width: 8,
    align: 'right',
    yields: 1,
    cell: row => (row.failures > 0 ? { text: `! ${row.failures}`, color: 'yellow' } : { text: '0' }),
  },
]

/** Work that is no reading; it has no share in the comparison. */
const APART: readonly CallCause[] = ['write', 'pull', 'setup', 'auth']

function savingLines(calls: Calls): readonly Line[] {
  const { reply, resources, at } = calls
  const watched = resources.map(({ provider, paused, created_at: created }) => ({
    provider,
    paused,
    since: Date.parse(created),
  }))
  const saving = computeSaving(reply.calls, watched, { now: at, spanMs: SPAN_MS })
  const apart = APART.map(cause => `${cause} ${countCause(reply.calls, cause)}`).join(', ')
  return [...comparison(saving), [{ text: `apart: ${apart}`, dim: true }]]
}

function comparison({ watched, made, old, honest }: Saving): readonly Line[] {
  if (watched === 0) {
    return [[{ text: 'no calendar or mailbox is watched, so there is no polling to compare with' }]]
  }
  const what = `${watched} calendar${watched === 1 ? '' : 's'} or mailbox${watched === 1 ? '' : 'es'}`
  return [
    [{ text: `24 h: ${made} read, renewal and probe calls for ${what}`, bold: true }],
    baselineLine('the old system', `${watched} x 96 a day x 3`, old),
    baselineLine('an honest poller', `${watched} x 96 a day x 1`, honest),
  ]
}

/** The share comes first: on a narrow terminal the rest is cut. */
function baselineLine(name: string, formula: string, { calls, savedPercent }: Baseline): Line {
  if (calls === 0) return [{ text: `${name} (${formula}): watched too short a time to compare` }]
  const than = ` than ${name} (${formula}: ${calls} calls)`
  if (savedPercent === null) return [{ text: `nothing was read here; ${name} (${formula}) makes ${calls} calls` }]
  if (savedPercent < 0) return [{ text: `${(-savedPercent).toFixed(1)} % MORE`, color: 'yellow' }, { text: than }]
  return [{ text: `${savedPercent.toFixed(1)} % fewer`, color: 'green' }, { text: than }]
}

function countCause(calls: Calls['reply']['calls'], cause: (typeof CALL_CAUSES)[number]): number {
  return calls.reduce((sum, call) => (call.cause === cause ? sum + call.calls : sum), 0)
}
