import { render } from 'ink-testing-library'
import { createElement } from 'react'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { App } from '#ec/agent/tui/app.js'
import type { Controller } from '#ec/agent/tui/controller.js'
import type { Answering } from '#ec/agent/tui/answering.js'
import { describeEvent, describeNotification, describeResource, describeText } from '#ec/agent/tui/detail.js'
import type { Action } from '#ec/agent/tui/reduce.js'
import { TABS, type ScreenState } from '#ec/agent/tui/state.js'
import { renderScreen } from '#ec/agent/tui/views/screen.js'
import { formatTime } from '#ec/agent/tui/views/events.js'
import type { CallsReply, ResourceTotalsRow } from '#ec/client/call-rows.js'
import type { ResourceRow } from '#ec/client/rows.js'
import type { Level } from '#ec/core/event.js'
import { textWidth } from '#ec/core/text-width.js'
import { callsReply } from '../../../support/call-reply.ts'
import { runs } from '../../../support/long.ts'
import {
  after,
  AT,
  eventRow,
  framed,
  jobRow,
  notificationRow,
  NOW,
  questionRow,
  resourceRow,
  screen,
  statusReply,
  syncRow,
  textOf,
  widest,
} from '../../../support/screens.ts'

// oxlint-disable-next-line no-control-regex -- colours are what is looked for
const STYLE = /\u001b\[[\d;]*m/g
// oxlint-disable-next-line no-control-regex -- what steers a terminal is what is looked for
const STEERING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff]/

// As `main.ts` does without colours. Chalk reads it when Ink loads.
vi.hoisted(() => (process.env['FORCE_COLOR'] = '0'))

let unmount = (): void => {}
afterEach(() => unmount())

/** What stands on the terminal, and the keys that reach the controller. Ink's test terminal has 100 columns. */
function draw(state: ScreenState) {
  const pressed: string[] = []
  const controller: Pick<Controller, 'state' | 'subscribe' | 'press' | 'write' | 'resize'> = {
    state: () => state,
    subscribe: () => () => {},
    press: key => void pressed.push(key),
    write: text => void pressed.push(`write ${text}`),
    resize: () => {},
  }
  const drawn = render(createElement(App, { controller, now: () => NOW }))
  unmount = drawn.unmount
  return { frame: drawn.lastFrame() ?? '', write: drawn.stdin.write, pressed }
}

const BUSY = after(
  screen(),
  framed({ totals: { notifications: 0, events: 0, deliveries: 0 } }, 0),
  framed(
    {
      events: [eventRow(1), eventRow(3, { level: 'critical', type: 'system.alert', title: 'The backup failed' })],
      notifications: [notificationRow(2, { state: 'quarantined', reason: 'EC_SIGNATURE_INVALID', detail: 'not ours' })],
      totals: { notifications: 1, events: 2, deliveries: 4 },
      jobs: { ready: 3, delayed: 1, running: 2, done: 9, dead: 1 },
    },
    1000,
  ),
)

function tab(name: 'health' | 'calls' | 'jobs', action: Action): ScreenState {
  return after(BUSY, { type: 'tab', tab: name }, action)
}

function calls(calendars: number, over: Partial<CallsReply> = {}): ScreenState {
  const row = { provider: 'google-calendar', account: 'ana', operation: 'events.list', retries: 1, failures: 2 }
  const sums = [
    { ...row, cause: 'webhook', calls: 20 },
    { ...row, cause: 'write', calls: 5 },
  ] as const
  return tab('calls', { type: 'calls', asked: { value: callsReply(sums, calendars, over), error: null } })
}

describe('the header', () => {
  it('tells which agent, whether it is there, the queue and the rates', () => {
    const { frame } = draw(BUSY)
    expect(frame).toContain('ec  connected   http://127.0.0.1:8787/inbox   up 12 min   2 clients')
    expect(frame).toContain('queue 4 waiting, 2 running, 1 DEAD   1.0 in/s   2.0 events/s   4.0 deliveries/s')
  })

  it('says in words that the agent is away, and why', () => {
    const { frame } = draw(
      after(BUSY, {
        type: 'activity',
        item: { type: 'lost', code: 'EC_AGENT_UNREACHABLE', message: 'it does not answer' },
        at: 9,
      }),
    )
    expect(frame).toContain('LOST, trying again')
    expect(frame).toContain('!! it does not answer')
  })
})

describe('the tab of events', () => {
  it('lists what came in and what went out, each level with a mark', () => {
    const { frame } = draw(BUSY)
    expect(frame).toContain(`  ${formatTime(NOW + 1000)} ev     ana            task.created         Task 1`)
    expect(frame).toContain(
      `  ${formatTime(NOW + 2000)} in !!  github         push                 EC_SIGNATURE_INVALID: not ours`,
    )
    expect(frame).toContain(`> ${formatTime(NOW + 3000)} ev !!! ana            system.alert         The backup failed`)
  })

  it.each<[Level, string]>([
    ['info', 'ev     '],
    ['warning', 'ev !   '],
    ['error', 'ev !!  '],
    ['critical', 'ev !!! '],
  ])('marks %s', (level, mark) => {
    expect(textOf(renderScreen(after(screen(), framed({ events: [eventRow(1, { level })] })), NOW))).toContain(mark)
  })

  it('says what to do when nothing has come', () => {
    expect(draw(after(screen(), framed())).frame).toContain('nothing yet; try `ec emit --type job.done`')
  })

  it('says that it is paused, and what the filter leaves', () => {
    const filtered = after(
      BUSY,
      { type: 'filter', filter: 'task', isEditing: false },
      { type: 'pause' },
      framed({ events: [eventRow(8)] }),
    )
    expect(draw(filtered).frame).toContain('PAUSED, 1 new  /task: 1 of 3')
  })

  it('says how much a rush left out', () => {
    const { frame } = draw(after(BUSY, framed({ skipped: { notifications: 5, events: 7 } })))
    expect(frame).toContain('12 rows were left out in a rush')
  })
})

describe('the tab of health', () => {
  const health = tab('health', {
    type: 'health',
    asked: {
      value: {
        resources: [
          resourceRow(),
          resourceRow({ id: 'r2', name: 'calendar', paused: true }),
          resourceRow({ id: 'r3', name: 'no secret', has_secret: false, last_notification_at: null }),
        ],
        status: statusReply({
          checks: [
            { code: 'store.integrity', status: 'ok', title: 'the store is whole' },
            { code: 'store.disk.full', status: 'fail', title: 'no room on the disk', hint: 'make room' },
          ],
        }),
        reads: [],
      },
      error: null,
    },
  })

  it('lists what needs a person first, each with its next step', () => {
    const { frame } = draw(health)
    const rows = frame.replace(STYLE, '').split('\n').slice(4, 9)
    expect(rows[0]).toMatch(/^> !! FAIL +check +no room on the disk +make room/)
    expect(rows[1]).toMatch(/^ {2}! paused +github +calendar +2 min +ec resources resume r2/)
    expect(rows[2]).toMatch(/^ {2}! secret +github +no secret +never +it has no secret yet: ec /)
    expect(rows[3]).toMatch(/^ {2}healthy +github +octo\/demo +2 min/)
    expect(rows[4]).toMatch(/^ {2}ok +check +the store is whole/)
  })

  it('misses no secret where there is none', () => {
    const gmail = resourceRow({
      provider: 'gmail',
      name: 'mail',
      has_secret: false,
      last_notification_at: null,
      created_at: AT,
    })
    const { frame } = draw(
      tab('health', {
        type: 'health',
        asked: { value: { resources: [gmail], status: statusReply(), reads: [] }, error: null },
      }),
    )
    expect(frame).not.toContain('secret')
  })

  it('tells the next step of what is selected where the list has no room for it', () => {
    const narrow = after(health, { type: 'resize', columns: 40, rows: 20 })
    expect(textOf(renderScreen(narrow, NOW))).toContain('next: make room')
  })

  it('says that an answer failed, and keeps the last one', () => {
    const { frame } = draw(after(health, { type: 'health', asked: { value: null, error: 'the agent is busy' } }))
    expect(frame).toContain('!! the agent is busy')
    expect(frame).toContain('octo/demo')
  })
})

function healthOf(...resources: readonly ResourceRow[]): ScreenState {
  return tab('health', {
    type: 'health',
    asked: { value: { resources, status: statusReply(), reads: [] }, error: null },
  })
}

describe('what is synced', () => {
  it('shows mode, last notification, expiry, renewal, failures and what is being done, in words', () => {
    const calendar = { provider: 'google-calendar', name: 'Work', last_notification_at: null, has_secret: false }
    const pass = {
      type: 'full',
      cause: 'full',
      phase: 'read',
      pages: 3,
      read: 750,
      changed: 750,
      expected: 2000,
    } as const
    const state = healthOf(
      resourceRow({ ...calendar, id: 'r1', sync: syncRow({ failure_count: 2 }) }),
      resourceRow({ ...calendar, id: 'r2', sync: syncRow({ complete: false, pass: { ...pass, started_at: AT } }) }),
      resourceRow({
        ...calendar,
        id: 'r3',
        state: 'suspended',
        sync: syncRow({ mode: 'polling', subscription: null }),
      }),
      resourceRow({ ...calendar, id: 'r4', sync: syncRow({ held_deletion: { gone: 40, of: 60 } }) }),
    )
    const wide = after(state, { type: 'resize', columns: 200, rows: 24 })
    const rows = textOf(renderScreen(wide, NOW)).split('\n').slice(4, 8)
    expect(rows[0]).toMatch(/^> !! suspended +google-calendar +Work +polling +1 min +1 d 0 h/)
    expect(rows[1]).toMatch(
      /^ {2}!! asks +google-calendar +Work +webhook +1 min .*ec resources sync r4 --confirm-deletion/,
    )
    expect(rows[2]).toMatch(/^ {2}healthy +google-calendar +Work +webhook +1 min +2 d 0 h +1 d 0 h +2/)
    expect(rows[3]).toMatch(/^ {2}first read +google-calendar .*750 of about 2000 read, 3 pages/)
  })

  it('is told in full in the detail', () => {
    const lines = describeResource(resourceRow({ sync: syncRow({ next_step: 'wait a little' }) }))
    const text = lines.map(line => line.text).join('\n')
    for (const part of [
      'SYNC',
      'because',
      'its provider tells us of changes',
      'next',
      'wait a little',
      's1 (active)',
    ]) {
      expect(text).toContain(part)
    }
    expect(describeResource(resourceRow()).map(line => line.text)).not.toContain('SYNC')
  })
})

describe('what came of the reads of a resource', () => {
  const sums = { webhook: 95, polling: 4, full: 1, failed: 2, fallback_percent: 4 }
  const told = { notifications: 200, processed_percent: 99.5, latency_p50_ms: 80, latency_p99_ms: 900 }
  const resource = resourceRow({ id: 'r1', has_secret: false, sync: syncRow() })
  const READS: ResourceTotalsRow = { resource: 'r1', name: 'Work', ...sums, ...told }
  const healthWith = (row: ResourceTotalsRow) =>
    tab('health', {
      type: 'health',
      asked: { value: { resources: [resource], status: statusReply(), reads: [row] }, error: null },
    })
  const state = healthWith(READS)
  const frameAt = (columns: number) => textOf(renderScreen(after(state, { type: 'resize', columns, rows: 24 }), NOW))

  it('stands beside it where there is room', () => {
    expect(frameAt(160)).toMatch(/POLLED +DONE +P99/)
    expect(frameAt(160)).toMatch(/healthy .* 4\.0 % +99\.5 % +900 ms/)
  })

  it('stands below the list in words, on 80 columns too', () => {
    expect(frameAt(80)).toContain('24 h: 4.0 % polled; 200 notifications, 99.5 % processed, p99 900 ms')
    const one = { ...told, notifications: 1, processed_percent: 100 }
    const frame = textOf(renderScreen(healthWith({ ...READS, ...one }), NOW))
    expect(frame).toContain('24 h: 4.0 % polled; 1 notification, 100.0 % processed, p99 900 ms')
  })

  it('is told in full in the detail, and not at all where nothing was read', () => {
    const text = describeResource(resource, READS).map(line => line.text)
    expect(text).toContain('IN 24 H')
    expect(text).toContain('reads: 95 told, 4 polled (4.0 % fallback), 1 in full, 2 failed')
    expect(text).toContain('200 notifications, 99.5 % processed, median 80 ms, p99 900 ms')
    expect(describeResource(resource).map(line => line.text)).not.toContain('IN 24 H')
  })
})

describe('the tab of calls', () => {
  it('names both baselines, and keeps in columns apart what a poller would do as well', () => {
    const { frame } = draw(calls(1))
    expect(frame).toContain('24 h: 20 read, renewal and probe calls for 1 calendar or mailbox')
    expect(frame).toContain('93.1 % fewer than the old system (1 x 96 a day x 3: 288 calls)')
    expect(frame).toContain('79.2 % fewer than an honest poller (1 x 96 a day x 1: 96 calls)')
    expect(frame).toMatch(/READS +RENEWALS +PROBES +WRITES +PULLS +SETUP/)
    expect(frame).toMatch(/google-calendar +ana@ex.* 20 +0 +0 +5 +0 +0 .*! 4/)
  })

  it('says what came of the reads, and of a budget that had to be waited for', () => {
    const { sync } = callsReply([], 1)
    const all = { ...sync.all, webhook: 95, polling: 4, full: 1, fallback_percent: 4, notifications: 200 }
    const budget = { budget: 'Google Calendar', account: 'ana', address: 'ana@example.org', used: 480, per_minute: 500 }
    const { frame } = draw(
      calls(1, {
        sync: { ...sync, all: { ...all, processed_percent: 99.5, latency_p50_ms: 80, latency_p99_ms: 900 } },
        budgets: [{ ...budget, limit_per_minute: 600, waits: 3, waited_ms: 4000, last_wait_at: AT }],
      }),
    )
    expect(frame).toContain('reads: 95 told, 4 polled (4.0 % fallback), 1 in full')
    expect(frame).toContain('200 notifications, 99.5 % processed, median 80 ms, p99 900 ms')
    expect(frame).toContain('budget: Google Calendar 480 of 500 in the last minute, waited 3 times')
  })

  it('invents no percentage when no calendar or mailbox is read', () => {
    const { frame } = draw(calls(0))
    expect(frame).toContain('no calendar or mailbox is read')
    expect(frame).not.toContain('%')
  })
})

describe('the tab of jobs', () => {
  it('counts them and lists the dead with their errors', () => {
    const { frame } = draw(tab('jobs', { type: 'jobs', asked: { value: [jobRow(2), jobRow(1)], error: null } }))
    expect(frame).toContain('3 ready, 1 delayed, 2 running, 1 DEAD, 9 done')
    expect(frame).toMatch(/> .* process +4\/4 the disk is full +job_2/)
  })
})

describe('the log', () => {
  it('shows the newest trouble on every tab', () => {
    const own = after(screen(undefined, true), framed(), {
      type: 'log',
      line: { key: '1', at: NOW, level: 'error', text: 'the store is slow' },
    })
    expect(draw(own).frame).toContain('!! the store is slow   5 shows the log')
    expect(draw(after(own, { type: 'tab', tab: 'log' })).frame).toMatch(/> \d\d:\d\d:\d\d error the store is slow/)
  })
})

describe('a detail', () => {
  const record = { ...notificationRow(2), headers: { 'x-github-event': 'push' }, body: '{"ref":"main","n":[1]}' }
  const open: Action = {
    type: 'open',
    key: 'n',
    title: 'notification ntf_2',
    lines: describeNotification(record, ['It came.']),
  }

  it('shows fields, why, headers and the body with indents', () => {
    const { frame } = draw(after(BUSY, open))
    for (const part of ['WHY', 'It came.', 'HEADERS', 'x-github-event  push', 'BODY', '  "ref": "main",']) {
      expect(frame.replace(STYLE, '')).toContain(part)
    }
    expect(frame).not.toContain('TITLE')
  })

  it('stands beside the list on a wide terminal', () => {
    const wide = after(BUSY, { type: 'resize', columns: 160, rows: 30 }, open)
    const text = textOf(renderScreen(wide, NOW))
    expect(text).toMatch(/task\.created .*│ /)
    expect(text).toContain('│ notification ntf_2')
  })

  it('says how much of a large body it shows', () => {
    const lines = describeNotification({ ...record, body: 'x'.repeat(25 * 1024 * 1024) }, [])
    expect(lines.at(-1)?.text).toBe('... cut after 64 KiB of 25600')
    expect(describeText('a\n'.repeat(5000)).length).toBeLessThan(2100)
  })

  it('says that a body is no longer kept, or no text', () => {
    const { body: _, ...bare } = record
    expect(describeNotification(bare, []).at(-1)?.text).toBe('no longer kept')
    expect(describeNotification({ ...bare, body_base64: 'AAECAw==' }, []).at(-1)?.text).toContain('no text')
  })
})

describe('keys', () => {
  it.each([
    ['j', ['j']],
    ['\u001b[B', ['down']],
    ['\u001b[5~', ['page-up']],
    ['\u001b[1~', ['home']],
    ['\r', ['enter']],
    ['\t', ['tab']],
    ['\u001b[Z', ['back-tab']],
    ['\u007f', ['backspace']],
    ['\u0003', ['ctrl-c']],
    ['\u0015', ['ctrl-u']],
    ['jjk', ['j', 'j', 'k']],
    ['/a\u007fb\r', ['/', 'a', 'backspace', 'b', 'enter']],
    ['2j\r', ['2', 'j', 'enter']],
    ['pasted text is no command', []],
  ])('%j reach the controller', async (input, expected) => {
    const { write, pressed } = draw(BUSY)
    await new Promise(resolve => setImmediate(resolve))
    write(input)
    await new Promise(resolve => setImmediate(resolve))
    expect(pressed).toEqual(expected)
  })

  it('may be pasted into the filter', async () => {
    const { write, pressed } = draw(after(BUSY, { type: 'filter', filter: '', isEditing: true }))
    await new Promise(resolve => setImmediate(resolve))
    write('system.alert')
    expect(pressed.join('')).toBe('system.alert')
  })
})

describe('a text that goes with an answer', () => {
  const question = questionRow({
    options: [{ id: 'a', label: 'A', input: { label: null, required: false, max: 100 } }],
  })
  const writing = after(
    BUSY,
    { type: 'open', key: 'e', title: 'event', lines: [] },
    { type: 'detail', key: 'e', lines: [], question },
    { type: 'answering', answering: { question, choice: 0, step: 'write', text: '' } },
  )

  it.each([
    ['q', ['write q']],
    ['why not\r', ['write why not', 'enter']],
    ['pasted\r\rof several lines\r', ['write pasted\r\rof several lines', 'enter']],
    ['ab\u007fc', ['write ab', 'backspace', 'write c']],
    ['\u001b[A', ['up']],
    ['\u0003', ['ctrl-c']],
  ])('%j reaches the controller as it is meant', async (input, expected) => {
    const { write, pressed } = draw(writing)
    await new Promise(resolve => setImmediate(resolve))
    write(input)
    await new Promise(resolve => setImmediate(resolve))
    expect(pressed).toEqual(expected)
  })
})

describe('any screen', () => {
  const states: readonly (readonly [string, ScreenState])[] = [
    ...TABS.map(
      tab => [tab, after(screen(undefined, true), framed({ events: [eventRow(1)] }), { type: 'tab', tab })] as const,
    ),
    [
      'health of something',
      tab('health', {
        type: 'health',
        asked: {
          value: { resources: [resourceRow({ sync: syncRow() })], status: statusReply(), reads: [] },
          error: null,
        },
      }),
    ],
    ['calls of something', calls(3)],
    [
      'a detail',
      after(BUSY, { type: 'open', key: 'n', title: 'notification', lines: describeText('word '.repeat(500)) }),
    ],
    ['help', after(BUSY, { type: 'help', open: true })],
    ['a toast', after(BUSY, { type: 'toast', toast: { text: 'done '.repeat(100), level: 'info' } })],
    ['a filter', after(BUSY, { type: 'filter', filter: 'x'.repeat(100), isEditing: true })],
  ]

  it.each(states)('of %s fits from 40 to 200 columns and from 10 rows', (_, state) => {
    for (const columns of [40, 41, 59, 60, 80, 87, 88, 100, 129, 130, 160, 200]) {
      for (const rows of [10, 15, 16, 24, 60]) {
        const lines = renderScreen(after(state, { type: 'resize', columns, rows }), NOW)
        expect(lines).toHaveLength(rows)
        expect(widest(lines)).toBeLessThanOrEqual(columns)
      }
    }
  })

  it('keeps the list readable on 40 columns', () => {
    const text = textOf(renderScreen(after(BUSY, { type: 'resize', columns: 40, rows: 12 }), NOW))
    expect(text).toMatch(/> \d\d:\d\d:\d\d ev !!! The backup failed/)
    expect(text).toContain('[1 events]')
  })

  it('has no colours when there are to be none', () => {
    expect(draw(BUSY).frame).not.toMatch(STYLE)
  })

  const hostile = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202eevil\u202c\u0000\u0008\r\n\ttab 👩‍👩‍👧‍👧🎉 العربية'

  it('shows nothing of a stranger that steers the terminal', () => {
    const event = eventRow(1, { id: hostile, user_id: hostile, type: hostile, title: hostile, body: hostile })
    const notification = notificationRow(2, {
      provider: hostile,
      kind: hostile,
      state: 'quarantined',
      reason: hostile,
      detail: hostile,
    })
    const listed = after(screen({ columns: 200, rows: 30 }), framed({ events: [event], notifications: [notification] }))
    const record = { ...notification, headers: { [hostile]: hostile }, body: hostile }
    const resource = resourceRow({ id: hostile, name: hostile, provider: hostile })
    const check = { code: 'a.b', status: 'fail', title: hostile, detail: hostile, hint: hostile } as const
    const input = { label: hostile, required: true, max: 2000 }
    const question = questionRow({
      title: hostile,
      default_option: hostile,
      expires_at: hostile,
      options: [{ id: hostile, label: hostile, style: `danger ${hostile}`, input }],
    })
    const answering = (step: Answering['step']): ScreenState =>
      after(
        listed,
        { type: 'open', key: 'e', title: 'e', lines: describeEvent(event, null, question) },
        { type: 'detail', key: 'e', lines: describeEvent(event, null, question), question },
        { type: 'answering', answering: { question, choice: 0, step, text: hostile } },
      )
    const shown: readonly ScreenState[] = [
      listed,
      after(listed, { type: 'filter', filter: hostile, isEditing: true }),
      after(listed, { type: 'open', key: 'n', title: 'n', lines: describeNotification(record, [hostile]) }),
      answering('choose'),
      answering('write'),
      answering('confirm'),
      after(listed, { type: 'toast', toast: { text: hostile, level: 'error' } }),
      after(listed, { type: 'activity', item: { type: 'lost', code: 'X', message: hostile }, at: 1 }),
      after(
        listed,
        { type: 'tab', tab: 'jobs' },
        { type: 'jobs', asked: { value: [jobRow(1, { id: hostile, kind: hostile, error: hostile })], error: hostile } },
      ),
      after(
        listed,
        { type: 'tab', tab: 'health' },
        {
          type: 'health',
          asked: { value: { resources: [resource], status: statusReply({ checks: [check] }), reads: [] }, error: null },
        },
      ),
    ]
    for (const state of shown) {
      const { frame } = draw(state)
      expect(frame.replaceAll('\n', '').replace(STYLE, '')).not.toMatch(STEERING)
      unmount()
    }
  })

  it('is never wider than the terminal, whatever is in it', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 })
    fc.assert(
      fc.property(text, text, text, fc.integer({ min: 40, max: 200 }), (type, title, user, columns) => {
        const state = after(
          screen({ columns, rows: 12 }),
          framed({ events: [eventRow(1, { type, title, user_id: user })] }),
        )
        const lines = renderScreen(state, NOW)
        expect(lines).toHaveLength(12)
        for (const line of lines) expect(textWidth(line.map(span => span.text).join(''))).toBeLessThanOrEqual(columns)
      }),
      { numRuns: runs(100) },
    )
  })
})
