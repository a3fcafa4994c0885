import { sayHealth, sayHeldDeletion, sayPass, toneOf, type Tone } from '../../../client/say-health.ts'
import type { ResourceTotalsRow } from '../../../client/call-rows.ts'
import type { ResourceRow } from '../../../client/rows.ts'
import { sayPercent } from '../../../client/say-reads.ts'
import type { SyncRow } from '../../../client/sync-rows.ts'
import type { CheckStatus } from '../../../core/check.ts'
import { formatSpan } from '../../../core/format-span.ts'
import { terminalLine } from '../../../core/terminal-text.ts'
import { renderList, type ColumnSpec } from '../columns.ts'
import type { Area } from '../layout.ts'
import type { Line, Span } from '../line.ts'
import { healthItems, keysOf, lacksSecret, type HealthItem } from '../lists.ts'
import type { ScreenState } from '../state.ts'

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

const TONES: Readonly<Record<Tone, { readonly mark: string; readonly color: Span['color'] }>> = {
  good: { mark: '', color: 'green' },
  plain: { mark: '', color: undefined },
  warn: { mark: '! ', color: 'yellow' },
  bad: { mark: '!! ', color: 'red' },
}

function columnsAt(now: number): readonly ColumnSpec<HealthItem>[] {
  return [
    { title: 'state', width: 12, yields: 0, cell: stateOf },
    {
      title: 'what',
      width: 15,
      yields: 3,
      cell: item => ({ text: item.kind === 'check' ? 'check' : providerOf(item) }),
    },
    { title: 'name', width: 20, grows: true, yields: 0, cell: nameOf },
    { title: 'mode', width: 7, yields: 5, cell: modeOf },
    { title: 'last', width: 8, yields: 2, cell: item => lastOf(item, now) },
    { title: 'expires', width: 8, yields: 6, cell: item => untilOf(syncOf(item)?.subscription?.expires_at, now) },
    { title: 'renewed', width: 8, yields: 7, cell: item => untilOf(syncOf(item)?.renew_at, now) },
    { title: 'fails', width: 5, align: 'right', yields: 4, cell: failuresOf },
    { title: 'polled', width: 7, align: 'right', yields: 10, cell: item => shareOf(readsOf(item)?.fallback_percent) },
    { title: 'done', width: 7, align: 'right', yields: 9, cell: item => shareOf(readsOf(item)?.processed_percent) },
    { title: 'p99', width: 8, align: 'right', yields: 8, cell: lateOf },
    { title: 'next step', width: 30, grows: true, yields: 1, cell: item => stepOf(item, now) },
  ]
}

function stateOf(item: HealthItem): Span {
  if (item.kind === 'check') return CHECK_MARKS[item.check.status]
  if (lacksSecret(item.resource) && !item.resource.paused) return { text: '! secret', color: 'yellow' }
  const word = sayHealth(item.resource)
  const { mark, color } = TONES[toneOf(word)]
  return { text: `${mark}${word}`, color }
}

function providerOf({ resource }: { readonly resource: ResourceRow }): string {
  return terminalLine(resource.provider)
}

function nameOf(item: HealthItem): Span {
  if (item.kind === 'resource') return { text: terminalLine(item.resource.name || item.resource.id) }
  const { title, detail } = item.check
  return { text: terminalLine(detail === undefined ? title : `${title}: ${detail}`) }
}

function modeOf(item: HealthItem): Span {
  if (item.kind === 'check') return { text: '' }
  const mode = item.resource.sync?.mode ?? 'webhook'
  return mode === 'polling' ? { text: mode, color: 'yellow' } : { text: mode, dim: mode === 'none' }
}

/** Since the last notification; of what is only polled, since the last read. */
function lastOf(item: HealthItem, now: number): Span {
  if (item.kind === 'check') return { text: '' }
  const { last_notification_at: told, sync } = item.resource
  const last = told ?? sync?.last_sync_at ?? null
  if (last === null) return { text: 'never', dim: true }
  return { text: formatSpan(Math.max(0, now - Date.parse(last)) / 1000) }
}

function untilOf(at: string | null | undefined, now: number): Span {
  if (at === null || at === undefined) return { text: '' }
  const ms = Date.parse(at) - now
  return ms <= 0 ? { text: 'now', color: 'yellow' } : { text: formatSpan(ms / 1000) }
}

function failuresOf(item: HealthItem): Span {
  const failures = syncOf(item)?.failure_count ?? 0
  return failures === 0 ? { text: '' } : { text: String(failures), color: 'yellow' }
}

function syncOf(item: HealthItem): SyncRow | null {
  return item.kind === 'resource' ? item.resource.sync : null
}

function readsOf(item: HealthItem): ResourceTotalsRow | null {
  return item.kind === 'resource' ? item.reads : null
}

function shareOf(percent: number | null | undefined): Span {
  return { text: percent === null || percent === undefined ? '' : sayPercent(percent) }
}

/** From a notification to the end of its processing. */
function lateOf(item: HealthItem): Span {
  const ms = readsOf(item)?.latency_p99_ms ?? null
  return { text: ms === null ? '' : `${ms} ms` }
}

/** What a person could do; where there is nothing to do, what is being done, or why it is not as it could be. */
function stepOf(item: HealthItem, now: number): Span {
  const step = nextStep(item, now)
  if (step !== '') return { text: step }
  const sync = syncOf(item)
  if (sync === null) return { text: '' }
  if (sync.pass !== null) return { text: sayPass(sync.pass), dim: true }
  return { text: sync.mode === 'webhook' ? '' : terminalLine(sync.because), dim: true }
}

/** What a person could do about it; '' when there is nothing to do. */
export function nextStep(item: HealthItem, now: number): string {
  if (item.kind === 'check') return item.check.status === 'ok' ? '' : terminalLine(item.check.hint ?? '')
  const { id, paused, last_notification_at: last, state, created_at: created, sync } = item.resource
  const short = terminalLine(id)
  if (lacksSecret(item.resource)) return `it has no secret yet: ec resources show ${short}`
  if (paused) return `ec resources resume ${short}`
  if (sync !== null) return syncStep(sync, short)
  if (state === 'suspended' || state === 'disabled') return `ec resources show ${short}`
  const isOld = now - Date.parse(created) > QUIET_MS
  return last === null && isOld ? `enter its webhook URL there: ec resources show ${short}` : ''
}

function syncStep(sync: SyncRow, id: string): string {
  const held = sayHeldDeletion(sync.held_deletion)
  if (held !== null) return `ec resources sync ${id} --confirm-deletion (${held})`
  return sync.next_step === null ? '' : terminalLine(sync.next_step)
}

/** A service sends its first notification, if only a test, when its webhook is set up. */
const QUIET_MS = 10 * 60_000
