import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ResourceRow } from '#ec/client/rows.js'
import { NAMED_KEYS, pressKey } from '#ec/agent/tui/keys.js'
import { reduce } from '#ec/agent/tui/reduce.js'
import type { ScreenState } from '#ec/agent/tui/state.js'
import { KEY_HELP } from '#ec/agent/tui/views/help.js'
import {
  after,
  eventRow,
  framed,
  jobRow,
  notificationRow,
  resourceRow,
  screen,
  statusReply,
  syncRow,
} from '../../../support/screens.ts'

const EVENT = after(screen(), framed({ events: [eventRow(1, { data: { notification_id: 'ntf_9' } })] }))
const NOTIFICATION = after(screen(), framed({ notifications: [notificationRow(1)] }))
const HEALTH = healthOf(resourceRow())
const SYNCED = healthOf(resourceRow({ sync: syncRow() }))

function healthOf(resource: ResourceRow): ScreenState {
  const asked = { value: { resources: [resource], status: statusReply(), reads: [] }, error: null }
  return after(screen(), { type: 'tab', tab: 'health' }, { type: 'health', asked })
}

function jobs(state: 'dead' | 'ready'): ScreenState {
  return after(
    screen(),
    { type: 'tab', tab: 'jobs' },
    { type: 'jobs', asked: { value: [jobRow(1, { state })], error: null } },
  )
}

/** The state after these keys; what they ask for beside it is dropped. */
function press(state: ScreenState, ...keys: readonly string[]): ScreenState {
  return keys.reduce((at, key) => pressKey(at, key).actions.reduce(reduce, at), state)
}

function effectOf(state: ScreenState, key: string) {
  return pressKey(state, key).effect
}

describe('keys', () => {
  it.each([
    ['q', EVENT, { type: 'quit' }],
    ['ctrl-c', EVENT, { type: 'quit' }],
    ['r', NOTIFICATION, { type: 'replay', id: 'ntf_1', again: false }],
    ['R', NOTIFICATION, { type: 'replay', id: 'ntf_1', again: true }],
    ['r', EVENT, { type: 'replay', id: 'ntf_9', again: false }],
    ['f', NOTIFICATION, { type: 'capture', id: 'ntf_1' }],
    ['y', NOTIFICATION, { type: 'copy', text: 'ntf_1' }],
    ['y', HEALTH, { type: 'copy', text: 'r1' }],
    ['y', jobs('dead'), { type: 'copy', text: 'job_1' }],
    ['s', SYNCED, { type: 'sync', id: 'r1' }],
    ['w', SYNCED, { type: 'watch', id: 'r1' }],
    ['s', HEALTH, null],
    ['s', EVENT, null],
    ['i', screen(), { type: 'sign-in' }],
    ['r', jobs('dead'), { type: 'retry', id: 'job_1' }],
    ['r', jobs('ready'), null],
    ['enter', screen(), null],
    ['y', screen(), null],
    ['z', EVENT, null],
  ])('%s asks for the right thing', (key, state, effect) => expect(effectOf(state, key)).toEqual(effect))

  it('opens the detail of what is selected, and Enter or Esc goes back', () => {
    expect(effectOf(EVENT, 'enter')).toMatchObject({ type: 'inspect', subject: { kind: 'activity' } })
    expect(effectOf(HEALTH, 'enter')).toMatchObject({ type: 'inspect', subject: { kind: 'health' } })
    const open = after(EVENT, { type: 'open', key: 'e', title: 'event', lines: [] })
    expect(press(open, 'escape').detail).toBeNull()
    expect(press(open, 'enter').detail).toBeNull()
  })

  it('says why nothing can be sent again', () => {
    expect(press(after(screen(), framed({ events: [eventRow(1)] })), 'r').toast?.text).toContain('did not come of')
    expect(press(HEALTH, 'f').toast?.text).toContain('select a notification')
    expect(press(jobs('ready'), 'r').toast?.text).toContain('only a dead job')
    expect(press(EVENT, 's').toast?.text).toContain('select a resource')
    expect(press(HEALTH, 'w').toast?.text).toContain('its service only tells')
  })

  it('goes through the tabs, and to one by its number', () => {
    expect(press(EVENT, 'tab').tab).toBe('health')
    expect(press(EVENT, 'tab', 'tab', 'tab', 'tab').tab).toBe('events')
    expect(press(EVENT, 'back-tab').tab).toBe('jobs')
    expect(press(EVENT, '3').tab).toBe('calls')
    expect(press(EVENT, '5').tab).toBe('events')
    expect(press(screen(undefined, true), '5').tab).toBe('log')
  })

  it('types a filter, and q is a letter of it', () => {
    const typed = press(EVENT, '/', 'q', 'x', 'backspace', ' ', '1')
    expect(typed).toMatchObject({ filter: 'q 1', isEditingFilter: true })
    expect(press(typed, 'enter')).toMatchObject({ filter: 'q 1', isEditingFilter: false })
    expect(press(typed, 'enter', 'escape').filter).toBe('')
    expect(press(typed, 'escape')).toMatchObject({ filter: '', isEditingFilter: false })
    expect(press(typed, 'ctrl-u').filter).toBe('')
    expect(press(typed, 'up').filter).toBe('q 1')
    expect(effectOf(typed, 'ctrl-c')).toEqual({ type: 'quit' })
  })

  it('takes a whole emoji back with one key', () => {
    expect(press(EVENT, '/', '🎉', 'backspace').filter).toBe('')
  })

  it('goes to the events to filter them', () => {
    expect(press(HEALTH, '/')).toMatchObject({ tab: 'events', isEditingFilter: true })
  })

  it('leaves the help with any key', () => {
    expect(press(EVENT, '?').isHelpOpen).toBe(true)
    expect(press(EVENT, '?', 'j')).toMatchObject({ isHelpOpen: false })
    expect(press(EVENT, '?', '?').isHelpOpen).toBe(false)
    expect(effectOf(press(EVENT, '?'), 'q')).toEqual({ type: 'quit' })
  })

  it.each(NAMED_KEYS)('takes %s anywhere', key => {
    for (const state of [screen(), EVENT, HEALTH, press(EVENT, '/'), press(EVENT, '?')]) {
      expect(() => press(state, key)).not.toThrow()
    }
  })

  it('are all in the help, and in the docs', () => {
    const told = KEY_HELP.map(([keys]) => keys).join(' ')
    const page = readFileSync('docs/tui.md', 'utf8')
    for (const [keys, meaning] of KEY_HELP) expect(page).toMatch(rowOf(keys, meaning))
    for (const key of [
      'j',
      'k',
      'g',
      'G',
      'PgUp',
      'Enter',
      'Tab',
      '/',
      'p',
      'r',
      'R',
      's',
      'w',
      'f',
      'y',
      'i',
      'q',
      'Ctrl-C',
    ]) {
      expect(told).toContain(key)
    }
  })
})

/** A row of a Markdown table, whatever its padding. */
function rowOf(keys: string, meaning: string): RegExp {
  const [first, second] = [keys, meaning].map(text => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(String.raw`\| ${first} +\| ${second} +\|`)
}
