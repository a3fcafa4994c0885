import { describe, expect, it } from 'vitest'
import { MAX_ROWS } from '#ec/agent/tui/activity-row.js'
import { indexOf } from '#ec/agent/tui/cursor.js'
import { keysOf } from '#ec/agent/tui/lists.js'
import { MAX_LOGS } from '#ec/agent/tui/log-book.js'
import type { Action } from '#ec/agent/tui/reduce.js'
import { rateOf } from '#ec/agent/tui/rates.js'
import type { ScreenState } from '#ec/agent/tui/state.js'
import { summarize } from '#ec/agent/tui/summary.js'
import { after, eventRow, framed, notificationRow, screen } from '../../../support/screens.ts'

const PAUSE: Action = { type: 'pause' }
const UP: Action = { type: 'move', move: 'up' }

function filtered(filter: string): Action {
  return { type: 'filter', filter, isEditing: false }
}

function ids(state: ScreenState): readonly string[] {
  return state.visible.map(row => row.id)
}

function selected(state: ScreenState): string | undefined {
  return state.visible[indexOf(state.cursors.events, keysOf(state, 'events'))]?.id
}

describe('what comes from the agent', () => {
  it('is one list of notifications and events, by time', () => {
    const state = after(
      screen(),
      framed({ events: [eventRow(2), eventRow(4)], notifications: [notificationRow(1), notificationRow(3)] }),
    )
    expect(ids(state)).toEqual(['ntf_1', 'evt_2', 'ntf_3', 'evt_4'])
  })

  it('takes its place by time when it comes late', () => {
    const state = after(screen(), framed({ events: [eventRow(1), eventRow(5)] }), framed({ events: [eventRow(3)] }))
    expect(ids(state)).toEqual(['evt_1', 'evt_3', 'evt_5'])
  })

  it('replaces a row that is there already', () => {
    const state = after(
      screen(),
      framed({ notifications: [notificationRow(1, { state: 'accepted' }), notificationRow(2)] }),
      framed({ notifications: [notificationRow(1, { state: 'processed' })] }),
    )
    expect(state.rows.map(row => `${row.id} ${row.state}`)).toEqual(['ntf_1 processed', 'ntf_2 processed'])
  })

  it('keeps events of the same id of different users apart', () => {
    const state = after(screen(), framed({ events: [eventRow(1), eventRow(1, { user_id: 'ben' })] }))
    expect(state.rows).toHaveLength(2)
  })

  it(`keeps the newest ${MAX_ROWS} rows`, () => {
    const events = Array.from({ length: MAX_ROWS + 5 }, (_, i) => eventRow(i))
    const state = after(screen(), framed({ events: events.slice(0, 600) }), framed({ events: events.slice(600) }))
    expect(state.rows).toHaveLength(MAX_ROWS)
    expect(state.rows[0]?.id).toBe('evt_5')
  })

  it('counts rows that were left out in a rush', () => {
    const state = after(screen(), framed({ skipped: { notifications: 3, events: 4 } }))
    expect(state.skipped).toBe(7)
  })

  it('says when the agent is away, and when it is back', () => {
    const lost: Action = {
      type: 'activity',
      item: { type: 'lost', code: 'EC_AGENT_UNREACHABLE', message: 'gone' },
      at: 1,
    }
    const away = after(screen(), framed(), lost)
    expect(away.connection).toEqual({ state: 'lost', message: 'gone' })
    expect(away.frame?.clients).toBe(2)
    expect(after(away, { type: 'activity', item: { type: 'connected' }, at: 2 }).connection.state).toBe('connected')
  })

  it('gives rates, which begin anew with another run of the agent', () => {
    const running = after(screen(), framed({ totals: { events: 10 } }, 0), framed({ totals: { events: 30 } }, 1000))
    expect(rateOf(running.samples, 'events')).toBe(20)
    const restarted = after(running, framed({ uptime_s: 1, totals: { events: 5 } }, 2000))
    expect(rateOf(restarted.samples, 'events')).toBe(0)
  })
})

describe('the list', () => {
  const three = after(screen(), framed({ events: [eventRow(1), eventRow(2), eventRow(3)] }))

  it('follows the newest row', () => {
    expect(selected(three)).toBe('evt_3')
    expect(selected(after(three, framed({ events: [eventRow(4)] })))).toBe('evt_4')
  })

  it('stays on its row while new ones come, once the person has moved', () => {
    const moved = after(three, UP)
    expect(selected(after(moved, framed({ events: [eventRow(4), eventRow(5)] })))).toBe('evt_2')
  })

  it('stands still while it is paused, and counts what comes', () => {
    const paused = after(three, PAUSE, framed({ events: [eventRow(4)], notifications: [notificationRow(5)] }))
    expect(ids(paused)).toEqual(['evt_1', 'evt_2', 'evt_3'])
    expect(paused.paused?.missed).toBe(2)
    expect(ids(after(paused, PAUSE))).toEqual(['evt_1', 'evt_2', 'evt_3', 'evt_4', 'ntf_5'])
  })

  it.each([
    ['TASK 2', ['evt_2']],
    ['calendar', ['evt_5']],
    ['ben', ['evt_4']],
    ['github', ['ntf_6']],
    ['quarantined', ['ntf_6']],
    ['created ana', ['evt_1', 'evt_2', 'evt_3']],
    ['nothing like it', []],
  ])('shows what has the words %s', (filter, expected) => {
    const more = after(
      three,
      framed({ events: [eventRow(4, { user_id: 'ben' }), eventRow(5, { type: 'calendar.moved' })] }),
    )
    const rows = after(
      more,
      framed({ notifications: [notificationRow(6, { state: 'quarantined', reason: 'EC_SIGNATURE_INVALID' })] }),
    )
    expect(ids(after(rows, filtered(filter)))).toEqual(expected)
  })

  it('filters what comes later as well', () => {
    const state = after(three, filtered('task 4'), framed({ events: [eventRow(4)] }))
    expect(ids(state)).toEqual(['evt_4'])
  })
})

describe('a detail', () => {
  const open: Action = { type: 'open', key: 'e', title: 'event e', lines: null }
  const lines = Array.from({ length: 100 }, (_, i) => ({ kind: 'text', text: `line ${i}` }) as const)

  it('takes only the answer that belongs to it', () => {
    const state = after(screen(), open, { type: 'detail', key: 'other', lines, question: null })
    expect(state.detail?.lines).toBeNull()
    expect(after(state, { type: 'detail', key: 'e', lines, question: null }).detail?.lines).toEqual(lines)
  })

  it('scrolls within its lines', () => {
    const state = after(screen(), open, { type: 'detail', key: 'e', lines, question: null })
    expect(after(state, UP).detail?.scroll).toBe(0)
    expect(after(state, { type: 'move', move: 'down' }).detail?.scroll).toBe(1)
    const end = after(state, { type: 'move', move: 'last' })
    expect(after(end, { type: 'move', move: 'down' }).detail?.scroll).toBe(end.detail?.scroll)
  })

  it('is closed by another tab', () => {
    expect(after(screen(), open, { type: 'tab', tab: 'jobs' }).detail).toBeNull()
  })
})

describe('what a tab asks for', () => {
  it('keeps the last answer when the next one fails', () => {
    const state = after(
      screen(),
      { type: 'jobs', asked: { value: [], error: null } },
      { type: 'jobs', asked: { value: null, error: 'away' } },
    )
    expect(state.jobs).toEqual({ value: [], error: 'away' })
  })
})

describe('the summary', () => {
  it('counts what came while the screens were open', () => {
    const state = after(
      screen(),
      framed({ totals: { notifications: 100, events: 100, refused: 1, calls: 7 } }),
      framed({ totals: { notifications: 440, events: 612, refused: 4, calls: 21 } }),
    )
    expect(summarize(state, 12 * 60_000)).toBe(
      '12 min: 340 notifications, 512 events, 3 refused, 0 dead jobs, 14 API calls',
    )
  })

  it('counts on over a restart of the agent', () => {
    const state = after(
      screen(),
      framed({ totals: { events: 10 } }),
      framed({ totals: { events: 15 } }),
      framed({ instance: 'i2', uptime_s: 1, totals: { events: 3 } }),
    )
    expect(summarize(state, 40_000)).toBe('40 s: 0 notifications, 8 events, 0 refused, 0 dead jobs, 0 API calls')
  })

  it('counts everything of an agent that began with the screens', () => {
    const own = after(
      screen(undefined, true),
      framed({ totals: { notifications: 1 }, jobs: { ready: 0, delayed: 0, running: 0, done: 0, dead: 1 } }),
    )
    expect(summarize(own, 3_900_000)).toBe('1 h 5 min: 1 notification, 0 events, 0 refused, 1 dead job, 0 API calls')
  })
})

describe('the log', () => {
  it(`keeps the newest ${MAX_LOGS} lines`, () => {
    const lines = Array.from({ length: MAX_LOGS + 1 }, (_, i): Action => ({
      type: 'log',
      line: { key: String(i), at: i, level: 'info', text: '' },
    }))
    const state = after(screen(undefined, true), ...lines)
    expect(state.logs).toHaveLength(MAX_LOGS)
    expect(state.logs.at(-1)?.at).toBe(MAX_LOGS)
  })
})
