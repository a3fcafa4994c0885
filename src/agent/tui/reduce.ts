import type { ActivityFrame, ActivityItem, ActivityTotals } from '../../client/activity.ts'
import type { QuestionRow } from '../../client/questions.ts'
import type { CallsReply } from '../../client/call-rows.ts'
import type { JobRow } from '../../client/rows.ts'
import { changeRows, filterRows, mergeRows, rowsOf, type ActivityRow } from './activity-row.ts'
import { follow, isSame, type Answering } from './answering.ts'
import { move, type Move } from './cursor.ts'
import { wrapDetail, type DetailLine } from './detail.ts'
import { layoutOf, textHeight } from './layout.ts'
import { follows, keysOf, windowHeight } from './lists.ts'
import { MAX_LOGS, type LogLine } from './log-book.ts'
import { addSample } from './rates.ts'
import { NO_TOTALS, type Asked, type Health, type ScreenState, type Tab, type Toast } from './state.ts'

export type Action =
  /** `at`: ms on a clock that never goes back. */
  | { readonly type: 'activity'; readonly item: ActivityItem; readonly at: number }
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly type: 'tab'; readonly tab: Tab }
  | { readonly type: 'move'; readonly move: Move }
  | { readonly type: 'filter'; readonly filter: string; readonly isEditing: boolean }
  | { readonly type: 'pause' }
  | { readonly type: 'help'; readonly open: boolean }
  | {
      readonly type: 'open'
      readonly key: string
      readonly title: string
      readonly lines: readonly DetailLine[] | null
    }
  | {
      readonly type: 'detail'
      readonly key: string
      readonly lines: readonly DetailLine[]
      readonly question: QuestionRow | null
    }
  | { readonly type: 'answering'; readonly answering: Answering }
  | { readonly type: 'close' }
  | { readonly type: 'health'; readonly asked: Asked<Health> }
  | { readonly type: 'calls'; readonly asked: Asked<CallsReply> }
  | { readonly type: 'jobs'; readonly asked: Asked<readonly JobRow[]> }
  | { readonly type: 'log'; readonly line: LogLine }
  | { readonly type: 'toast'; readonly toast: Toast | null }

/** The next state of the screens. Pure; every list keeps its bound. */
export function reduce(state: ScreenState, action: Action): ScreenState {
  switch (action.type) {
    case 'activity':
      return takeActivity(state, action.item, action.at)
    case 'resize':
      return { ...state, size: { columns: action.columns, rows: action.rows } }
    case 'tab':
      return { ...state, tab: action.tab, detail: null, isHelpOpen: false, isEditingFilter: false }
    case 'move':
      return state.detail === null ? moveInList(state, action.move) : scroll(state, action.move)
    case 'filter':
      return withRows({ ...state, filter: action.filter, isEditingFilter: action.isEditing })
    case 'pause':
      return withRows({ ...state, paused: state.paused === null ? { rows: state.rows, missed: 0 } : null })
    case 'help':
      return { ...state, isHelpOpen: action.open }
    case 'open':
      return {
        ...state,
        detail: { key: action.key, title: action.title, lines: action.lines, scroll: 0, answering: null },
      }
    case 'detail': {
      const { detail } = state
      if (detail?.key !== action.key) return state
      return {
        ...state,
        detail: { ...detail, lines: action.lines, answering: follow(detail.answering, action.question) },
      }
    }
    case 'answering': {
      const { detail } = state
      // The question may have ended, or the detail may be another's, while the agent was asked.
      if (!detail?.answering || !isSame(detail.answering.question, action.answering.question)) return state
      return { ...state, detail: { ...detail, answering: action.answering } }
    }
    case 'close':
      return { ...state, detail: null }
    case 'health':
      return { ...state, health: keepLast(state.health, action.asked) }
    case 'calls':
      return { ...state, calls: keepLast(state.calls, action.asked) }
    case 'jobs':
      return { ...state, jobs: keepLast(state.jobs, action.asked) }
    case 'log':
      return { ...state, logs: [...state.logs, action.line].slice(-MAX_LOGS) }
    case 'toast':
      return { ...state, toast: action.toast }
    default:
      return action satisfies never
  }
}

function takeActivity(state: ScreenState, item: ActivityItem, at: number): ScreenState {
  switch (item.type) {
    case 'connected':
      return { ...state, connection: { state: 'connected', message: '' } }
    case 'lost':
      // What was running stays on the screen; how fast it runs is not known any more.
      return { ...state, connection: { state: 'lost', message: item.message }, samples: [] }
    case 'frame':
      return takeFrame(state, item.frame, at)
    default:
      return item satisfies never
  }
}

function takeFrame(state: ScreenState, frame: ActivityFrame, at: number): ScreenState {
  const { instance, uptime_s, totals, jobs, clients, skipped, changed } = frame
  const sameRun = state.frame?.instance === instance && uptime_s >= state.frame.uptime_s
  const fresh = rowsOf(frame)
  const rows = changeRows(mergeRows(state.rows, fresh), changed)
  const next: ScreenState = {
    ...state,
    connection: { state: 'connected', message: '' },
    frame: { instance, uptime_s, totals, jobs, clients },
    samples: addSample(sameRun ? state.samples : [], { at, totals }),
    counted: addTotals(state.counted, totals, baseOf(state, sameRun, totals)),
    skipped: state.skipped + skipped.notifications + skipped.events,
    rows,
    paused: state.paused && {
      rows: changeRows(state.paused.rows, changed),
      missed: state.paused.missed + fresh.length,
    },
  }
  return rows === state.rows ? next : withRows(next)
}

/** From where the totals of this frame count: what was before the screens opened is not theirs. */
function baseOf(state: ScreenState, sameRun: boolean, totals: ActivityTotals): ActivityTotals {
  if (sameRun && state.frame !== null) return state.frame.totals
  return state.frame === null && !state.own ? totals : NO_TOTALS
}

function addTotals(sum: ActivityTotals, now: ActivityTotals, base: ActivityTotals): ActivityTotals {
  const add = (name: keyof ActivityTotals): number => sum[name] + Math.max(0, now[name] - base[name])
  return {
    notifications: add('notifications'),
    refused: add('refused'),
    events: add('events'),
    deliveries: add('deliveries'),
    jobs: add('jobs'),
    calls: add('calls'),
  }
}

/** With the rows that the list shows: those of the moment it was paused, or all; of them what passes the filter. */
function withRows(state: ScreenState): ScreenState {
  const shown: readonly ActivityRow[] = state.paused?.rows ?? state.rows
  return { ...state, visible: filterRows(shown, state.filter) }
}

function moveInList(state: ScreenState, step: Move): ScreenState {
  const { tab, cursors } = state
  const cursor = move(cursors[tab], keysOf(state, tab), step, windowHeight(state), follows(tab))
  return { ...state, cursors: { ...cursors, [tab]: cursor } }
}

function scroll(state: ScreenState, step: Move): ScreenState {
  const { detail } = state
  const area = layoutOf(state).detail
  if (detail?.lines === undefined || detail.lines === null || area === null) return state
  const height = Math.max(1, textHeight(detail.answering, area.height) - 1)
  const most = Math.max(0, wrapDetail(detail.lines, area.width).length - height)
  const by = { up: -1, down: 1, 'page-up': -height, 'page-down': height, first: -most, last: most }[step]
  return { ...state, detail: { ...detail, scroll: Math.min(most, Math.max(0, Math.min(detail.scroll, most) + by)) } }
}

function keepLast<Value>(last: Asked<Value>, asked: Asked<Value>): Asked<Value> {
  return { value: asked.value ?? last.value, error: asked.error }
}
