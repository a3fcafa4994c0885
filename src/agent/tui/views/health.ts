import type { CheckStatus } from '../../../core/check.ts'
import type { HealthState } from '../../../core/resource.ts'
import { terminalLine } from '../../../core/terminal-text.ts'
import type { ResourceRow } from '../../../client/rows.ts'
import { renderList, type ColumnSpec } from '../columns.ts'
import type { Area } from '../layout.ts'
import type { Line, Span } from '../line.ts'
import { healthItems, keysOf, lacksSecret, type HealthItem } from '../lists.ts'
import type { ScreenState } from '../state.ts'
import { formatSpan } from '../../../core/format-span.ts'

/** The agent's checks and what is watched, each with its next step. `now`: ms since 1970. */
export function renderHealth(state: ScreenState, area: Area, now: number): readonly Line[] {
  return renderList({
    columns: columnsAt(now),
    rows: healthItems(state),
    keys: keysOf(state, 'health'),
    cursor: state.cursors.health,
    area,
    empty: state.health.value === null ? 'asking the agent ...' : 'nothing is watched; `ec resources add --help`',
  })
}

const CHECK_MARKS: Readonly<Record<CheckStatus, Span>> = {
  ok: { text: 'ok', color: 'green' },
  warn: { text: '! warn', color: 'yellow' },
  fail: { text: '!! FAIL', color: 'red', bold: true },
  skip: { text: 'skipped', dim: true },
}

const HEALTH_COLORS: Readonly<Record<HealthState, Span['color']>> = {
  starting: undefined,
  healthy: 'green',
  quiet: undefined,
  degraded: 'yellow',
  suspended: 'red',
  disabled: 'red',
}

function columnsAt(now: number): readonly ColumnSpec<HealthItem>[] {
  return [
    { title: 'state', width: 9, yields: 0, cell: stateOf },
    {
      title: 'what',
      width: 15,
      yields: 3,
      cell: item => ({ text: item.kind === 'check' ? 'check' : providerOf(item) }),
    },
    { title: 'name', width: 24, grows: true, yields: 0, cell: nameOf },
    { title: 'last', width: 8, yields: 2, cell: item => lastOf(item, now) },
    { title: 'next step', width: 36, grows: true, yields: 1, cell: item => ({ text: nextStep(item, now) }) },
  ]
}

function stateOf(item: HealthItem): Span {
  if (item.kind === 'check') return CHECK_MARKS[item.check.status]
  const { state, paused } = item.resource
  if (paused) return { text: '! paused', color: 'yellow' }
  if (lacksSecret(item.resource)) return { text: '! secret', color: 'yellow' }
  return { text: state, color: HEALTH_COLORS[state] }
}

function providerOf({ resource }: { readonly resource: ResourceRow }): string {
  return terminalLine(resource.provider)
}

function nameOf(item: HealthItem): Span {
  if (item.kind === 'resource') return { text: terminalLine(item.resource.name || item.resource.id) }
  const { title, detail } = item.check
  return { text: terminalLine(detail === undefined ? title : `${title}: ${detail}`) }
}

function lastOf(item: HealthItem, now: number): Span {
  if (item.kind === 'check') return { text: '' }
  const { last_notification_at: last } = item.resource
  if (last === null) return { text: 'never', dim: true }
  return { text: formatSpan(Math.max(0, now - Date.parse(last)) / 1000) }
}

/** What a person could do about it; '' when there is nothing to do. */
export function nextStep(item: HealthItem, now: number): string {
  if (item.kind === 'check') return item.check.status === 'ok' ? '' : terminalLine(item.check.hint ?? '')
  const { id, paused, last_notification_at: last, state, created_at: created } = item.resource
  const short = terminalLine(id)
  if (lacksSecret(item.resource)) return `it has no secret yet: ec resources show ${short}`
  if (paused) return `ec resources resume ${short}`
  if (state === 'suspended' || state === 'disabled') return `ec resources show ${short}`
  const isOld = now - Date.parse(created) > QUIET_MS
  return last === null && isOld ? `enter its webhook URL there: ec resources show ${short}` : ''
}

/** A service sends its first notification, if only a test, when its webhook is set up. */
const QUIET_MS = 10 * 60_000
