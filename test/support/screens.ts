import type { ActivityFrame, ActivityTotals } from '#ec/client/activity.js'
import type { QuestionRow } from '#ec/client/questions.js'
import type { EventRow, JobRow, NotificationRow, ResourceRow, StatusReply } from '#ec/client/rows.js'
import type { SyncRow } from '#ec/client/sync-rows.js'
import { reduce, type Action } from '#ec/agent/tui/reduce.js'
import { initialState, NO_TOTALS, type ScreenState } from '#ec/agent/tui/state.js'
import type { Line } from '#ec/agent/tui/line.js'
import { textWidth } from '#ec/core/text-width.js'

export const AT = '2026-01-05T09:00:00.000Z'
export const NOW = Date.parse(AT)

/** `n` tells it from others and sets its time: so many seconds after nine. */
export function eventRow(n: number, fields: Partial<EventRow> = {}): EventRow {
  return {
    id: `evt_${n}`,
    user_id: 'ana',
    type: 'task.created',
    title: `Task ${n}`,
    body: '',
    level: 'info',
    created_at: new Date(NOW + n * 1000).toISOString(),
    seq: n,
    state: 'unread',
    ...fields,
  }
}

export function notificationRow(n: number, fields: Partial<NotificationRow> = {}): NotificationRow {
  const received_at = new Date(NOW + n * 1000).toISOString()
  return {
    id: `ntf_${n}`,
    provider: 'github',
    resource: 'r1',
    key: `key-${n}`,
    kind: 'push',
    state: 'processed',
    received_at,
    processed_at: received_at,
    ...fields,
  }
}

export function frameOf(
  fields: Partial<Omit<ActivityFrame, 'totals'>> & { totals?: Partial<ActivityTotals> } = {},
): ActivityFrame {
  return {
    at: AT,
    instance: 'i1',
    uptime_s: 720,
    notifications: [],
    events: [],
    skipped: { notifications: 0, events: 0 },
    changed: { notifications: [], events: [] },
    jobs: { ready: 0, delayed: 0, running: 0, done: 0, dead: 0 },
    clients: 2,
    ...fields,
    totals: { ...NO_TOTALS, ...fields.totals },
  }
}

/** One that asks `yes` or `no`, as event 1 of `questionEvent` does. */
export function questionRow(fields: Partial<QuestionRow> = {}): QuestionRow {
  return {
    id: 'evt_1',
    user: 'ana',
    event: 'evt_1',
    state: 'open',
    title: 'Publish?',
    body: '',
    options: [
      { id: 'yes', label: 'Yes, publish' },
      { id: 'no', label: 'No' },
    ],
    default_option: null,
    created_at: AT,
    expires_at: null,
    ended_at: null,
    answer: null,
    ...fields,
  }
}

export function questionEvent(n: number, fields: Partial<EventRow> = {}): EventRow {
  return eventRow(n, { type: 'action.required', title: 'Publish?', data: { options: ['yes', 'no'] }, ...fields })
}

export function resourceRow(fields: Partial<ResourceRow> = {}): ResourceRow {
  return {
    id: 'r1',
    provider: 'github',
    user: 'ana',
    name: 'octo/demo',
    settings: {},
    state: 'healthy',
    paused: false,
    has_secret: true,
    webhook_url: 'http://127.0.0.1:1/webhooks/github/r1',
    account: null,
    target: null,
    sync: null,
    created_at: new Date(NOW - 86_400_000).toISOString(),
    last_notification_at: new Date(NOW - 125_000).toISOString(),
    ...fields,
  }
}

export function jobRow(n: number, fields: Partial<JobRow> = {}): JobRow {
  return {
    id: `job_${n}`,
    kind: 'process',
    group: 'r1',
    state: 'dead',
    attempt: 4,
    max_attempts: 4,
    created_at: AT,
    run_at: AT,
    finished_at: AT,
    error: 'the disk is full',
    ...fields,
  }
}

export function statusReply(fields: Partial<StatusReply> = {}): StatusReply {
  return {
    instance: 'i1',
    version: '0.1.0',
    epoch: 'e1',
    uptime_s: 720,
    url: 'http://127.0.0.1:8787',
    public_url: null,
    inbox: 'http://127.0.0.1:8787/inbox',
    sandbox: false,
    public_port: null,
    clients: 2,
    resources: 1,
    jobs: { ready: 0, delayed: 0, running: 0, done: 0, dead: 0 },
    checks: [{ code: 'store.integrity', status: 'ok', title: 'the store is whole' }],
    ...fields,
  }
}

export function screen(size = { columns: 100, rows: 30 }, own = false, sandbox = false): ScreenState {
  return initialState({ url: 'http://127.0.0.1:8787', inbox: 'http://127.0.0.1:8787/inbox', sandbox, own, size })
}

/** A state after these actions. */
export function after(state: ScreenState, ...actions: readonly Action[]): ScreenState {
  return actions.reduce(reduce, state)
}

/** The action that a frame is. */
export function framed(fields: Parameters<typeof frameOf>[0] = {}, at = 0): Action {
  return { type: 'activity', item: { type: 'frame', frame: frameOf(fields) }, at }
}

/** Lines without their colours. */
export function textOf(lines: readonly Line[]): string {
  return lines.map(line => line.map(span => span.text).join('')).join('\n')
}

export function widest(lines: readonly Line[]): number {
  return Math.max(...lines.map(line => textWidth(line.map(span => span.text).join(''))))
}

export function syncRow(fields: Partial<SyncRow> = {}): SyncRow {
  return {
    mode: 'webhook',
    because: 'its provider tells us of changes',
    next_step: null,
    complete: true,
    items: 12,
    pass: null,
    job: null,
    failure_count: 0,
    next_at: new Date(NOW + 3_600_000).toISOString(),
    last_sync_at: new Date(NOW - 60_000).toISOString(),
    last_sync_type: 'webhook',
    last_full_at: AT,
    last_change_at: AT,
    last_announced_at: AT,
    error: null,
    error_at: null,
    held_deletion: null,
    subscription: {
      id: 's1',
      resource: 'r1',
      state: 'active',
      remote_id: 'remote-1',
      address: 'https://ec.example.org/webhooks/google-calendar/r1',
      created_at: AT,
      expires_at: new Date(NOW + 2 * 86_400_000).toISOString(),
      verified_at: AT,
      last_notification_at: AT,
      ended_at: null,
    },
    renew_at: new Date(NOW + 86_400_000).toISOString(),
    ...fields,
  }
}
