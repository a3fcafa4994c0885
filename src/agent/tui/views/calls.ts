import type { AccountCallsRow, BudgetRow, CallsReply, SyncTotalsRow } from '../../../client/call-rows.ts'
import { sayReads } from '../../../client/say-reads.ts'
import { saySaving, type SavingWords } from '../../../client/say-saving.ts'
import { terminalLine } from '../../../core/terminal-text.ts'
import { renderList, type ColumnSpec } from '../columns.ts'
import type { Area } from '../layout.ts'
import { fitLine, type Line } from '../line.ts'
import { accountCalls, keysOf, linesAbove } from '../lists.ts'
import type { ScreenState } from '../state.ts'

/** Calls to providers by account over a day, what was saved against which baseline, and what came of the reads. */
export function renderCalls(state: ScreenState, area: Area): readonly Line[] {
  const { value } = state.calls
  const above = value === null ? [] : headLines(value).map(line => fitLine(line, area.width))
  const room = linesAbove('calls', area.height)
  const head: readonly Line[] = Array.from({ length: room }, (_, i) => above[i] ?? [{ text: '' }])
  const list = renderList({
    columns: COLUMNS,
    rows: accountCalls(state),
    keys: keysOf(state, 'calls'),
    cursor: state.cursors.calls,
    area: { width: area.width, height: area.height - room },
    empty: value === null ? 'asking the agent ...' : 'no calls to providers in the last 24 h',
  })
  return [...head, ...list]
}

const COLUMNS: readonly ColumnSpec<AccountCallsRow>[] = [
  { title: 'provider', width: 15, yields: 0, cell: row => ({ text: terminalLine(row.provider), color: 'cyan' }) },
  { title: 'account', width: 12, grows: true, yields: 6, cell: row => ({ text: terminalLine(row.address) }) },
  count('reads', 0, row => row.reads),
  count('renewals', 2, row => row.renewals),
  count('probes', 2, row => row.probes),
  count('writes', 3, row => row.writes),
  count('pulls', 3, row => row.pulls),
  count('setup', 4, row => row.setup),
  count('retries', 5, row => row.retries),
  {
    title: 'failures',
    width: 8,
    align: 'right',
    yields: 1,
    cell: row => (row.failures > 0 ? { text: `! ${row.failures}`, color: 'yellow' } : { text: '0' }),
  },
]

function count(title: string, yields: number, read: (row: AccountCallsRow) => number): ColumnSpec<AccountCallsRow> {
  const width = Math.max(5, title.length)
  return { title, width, align: 'right', yields, cell: row => ({ text: String(read(row)) }) }
}

function headLines({ saving, sync, budgets }: CallsReply): readonly Line[] {
  const words = saySaving(saving)
  const compared: readonly Line[] =
    words === null
      ? [[{ text: 'no calendar or mailbox is read, so there is no polling to compare with' }]]
      : [[{ text: `24 h: ${words.head}`, bold: true }], ...words.baselines.map(baselineLine)]
  return [...compared, ...syncLines(sync.all), ...budgetLines(budgets)]
}

/** The share comes first: on a narrow terminal the rest is cut. */
function baselineLine({ share, isMore, rest }: SavingWords): Line {
  if (share === null) return [{ text: rest }]
  return [{ text: share, color: isMore ? 'yellow' : 'green' }, { text: rest }]
}

function syncLines(all: SyncTotalsRow): readonly Line[] {
  const words = sayReads(all)
  if (words === null) return []
  const { reads, notifications } = words
  return [`reads: ${reads}`, ...(notifications === null ? [] : [notifications])].map(text => [{ text }])
}

/** The one that is used most; nobody has to know of a budget that is nearly whole. */
function budgetLines(budgets: readonly BudgetRow[]): readonly Line[] {
  const [first] = budgets.toSorted((a, b) => b.used / b.per_minute - a.used / a.per_minute)
  if (first === undefined || (first.used === 0 && first.waits === 0)) return []
  const waited = first.waits === 0 ? '' : `, waited ${first.waits} times`
  const text = `budget: ${first.budget} ${first.used} of ${first.per_minute} in the last minute${waited}`
  return [[{ text: terminalLine(text), ...(first.waits > 0 ? { color: 'yellow' as const } : { dim: true }) }]]
}
