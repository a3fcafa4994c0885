import type { ActivityFrame, ActivityTotals } from '../../client/activity.ts'
import type { CallsReply, ResourceTotalsRow } from '../../client/call-rows.ts'
import type { JobRow, ResourceRow, StatusReply } from '../../client/rows.ts'
import type { ActivityRow } from './activity-row.ts'
import { AT_END, AT_START, type Cursor } from './cursor.ts'
import type { Detail } from './detail.ts'
import type { LogLine } from './log-book.ts'
import type { Samples } from './rates.ts'

/** `log` only where the agent runs in this process. */
export const TABS = ['events', 'health', 'calls', 'jobs', 'log'] as const
export type Tab = (typeof TABS)[number]

/** What a tab asks for by itself while it is open; an answer that failed leaves the last good one. */
export interface Asked<Value> {
  readonly value: Value | null
  readonly error: string | null
}

export interface Health {
  readonly resources: readonly ResourceRow[]
  readonly status: StatusReply
  /** What came of the reads of each resource in 24 h. */
  readonly reads: readonly ResourceTotalsRow[]
}

export interface Toast {
  readonly text: string
  readonly level: 'info' | 'warn' | 'error'
}

/** All that the screens show. It grows with nothing: every list in it has a bound. */
export interface ScreenState {
  readonly url: string
  /** The page that a person uses; null when it cannot be opened from here. */
  readonly inbox: string | null
  /** Whether the agent's providers are stand-ins. */
  readonly sandbox: boolean
  /** Whether the agent runs in this process: `q` stops it, and there is a log. */
  readonly own: boolean
  readonly size: { readonly columns: number; readonly rows: number }
  readonly tab: Tab
  readonly connection: { readonly state: 'connecting' | 'connected' | 'lost'; readonly message: string }
  readonly frame: Pick<ActivityFrame, 'instance' | 'uptime_s' | 'totals' | 'jobs' | 'clients'> | null
  readonly samples: Samples
  /** What has happened since the screens opened, over restarts of the agent. */
  readonly counted: ActivityTotals
  /** Rows that frames left out in a rush. */
  readonly skipped: number
  readonly rows: readonly ActivityRow[]
  /** What is shown while the view is paused, and how many rows came meanwhile. */
  readonly paused: { readonly rows: readonly ActivityRow[]; readonly missed: number } | null
  readonly filter: string
  readonly isEditingFilter: boolean
  /** The rows that pass the filter. */
  readonly visible: readonly ActivityRow[]
  readonly cursors: Readonly<Record<Tab, Cursor>>
  readonly health: Asked<Health>
  readonly calls: Asked<CallsReply>
  readonly jobs: Asked<readonly JobRow[]>
  readonly logs: readonly LogLine[]
  readonly detail: Detail | null
  readonly isHelpOpen: boolean
  readonly toast: Toast | null
}

const NOTHING: Asked<never> = { value: null, error: null }
export const NO_TOTALS: ActivityTotals = { notifications: 0, refused: 0, events: 0, deliveries: 0, jobs: 0, calls: 0 }

export function initialState(
  about: Pick<ScreenState, 'url' | 'inbox' | 'sandbox' | 'own' | 'size'> & { readonly logs?: readonly LogLine[] },
): ScreenState {
  return {
    url: about.url,
    inbox: about.inbox,
    sandbox: about.sandbox,
    own: about.own,
    size: about.size,
    logs: about.logs ?? [],
    tab: 'events',
    connection: { state: 'connecting', message: '' },
    frame: null,
    samples: [],
    counted: NO_TOTALS,
    skipped: 0,
    rows: [],
    paused: null,
    filter: '',
    isEditingFilter: false,
    visible: [],
    cursors: { events: AT_END, health: AT_START, calls: AT_START, jobs: AT_START, log: AT_END },
    health: NOTHING,
    calls: NOTHING,
    jobs: NOTHING,
    detail: null,
    isHelpOpen: false,
    toast: null,
  }
}

export function tabsOf(state: ScreenState): readonly Tab[] {
  return state.own ? TABS : TABS.filter(tab => tab !== 'log')
}
