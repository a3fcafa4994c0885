import type { GivenAnswer, QuestionRow } from '../../client/questions.ts'
import type { JobRow } from '../../client/rows.ts'
import type { ActivityRow } from './activity-row.ts'
import { indexOf } from './cursor.ts'
import type { Move } from './cursor.ts'
import { healthItems, jobsOf, keysOf, type HealthItem } from './lists.ts'
import type { LogLine } from './log-book.ts'
import { pressAnswer } from './press-answer.ts'
import type { Action } from './reduce.ts'
import { tabsOf, type ScreenState, type Tab } from './state.ts'

/** A key by its name: a character, or one of these. */
export const NAMED_KEYS = [
  'up',
  'down',
  'page-up',
  'page-down',
  'home',
  'end',
  'enter',
  'escape',
  'tab',
  'back-tab',
  'backspace',
  'ctrl-c',
  'ctrl-u',
] as const

/** What a key asks for that is more than another state. */
export type Effect =
  | { readonly type: 'quit' }
  | { readonly type: 'inspect'; readonly subject: Subject }
  | { readonly type: 'replay'; readonly id: string; readonly again: boolean }
  | { readonly type: 'capture'; readonly id: string }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'retry'; readonly id: string }
  | { readonly type: 'sync' | 'watch'; readonly id: string }
  | { readonly type: 'sign-in' }
  | { readonly type: 'answer'; readonly question: QuestionRow; readonly given: GivenAnswer }

/** What the cursor stands on. */
export type Subject =
  | { readonly kind: 'activity'; readonly row: ActivityRow }
  | { readonly kind: 'health'; readonly item: HealthItem }
  | { readonly kind: 'job'; readonly job: JobRow }
  | { readonly kind: 'log'; readonly line: LogLine }

/** What comes of a key: actions for the state, and at most one effect. */
export interface Pressed {
  readonly actions: readonly Action[]
  readonly effect: Effect | null
}

const NOTHING: Pressed = { actions: [], effect: null }

const MOVES: Readonly<Record<string, Move>> = {
  j: 'down',
  down: 'down',
  k: 'up',
  up: 'up',
  g: 'first',
  home: 'first',
  G: 'last',
  end: 'last',
  'page-up': 'page-up',
  'page-down': 'page-down',
  ' ': 'page-down',
}

/** What a key means where the screens stand. Pure. */
export function pressKey(state: ScreenState, key: string): Pressed {
  if (key === 'ctrl-c') return effect({ type: 'quit' })
  if (state.isEditingFilter) return editFilter(state, key)
  const answering = state.isHelpOpen ? null : (state.detail?.answering ?? null)
  const answered = answering === null ? null : pressAnswer(answering, key)
  if (answered !== null) return answered
  if (key === 'q') return effect({ type: 'quit' })
  if (key === '?') return act({ type: 'help', open: !state.isHelpOpen })
  if (state.isHelpOpen) return act({ type: 'help', open: false })
  const step = MOVES[key]
  if (step !== undefined) return act({ type: 'move', move: step })
  const tab = tabOf(state, key)
  if (tab !== null) return act({ type: 'tab', tab })
  return pressCommand(state, key)
}

function pressCommand(state: ScreenState, key: string): Pressed {
  const subject = subjectOf(state)
  switch (key) {
    case 'enter':
      if (state.detail !== null) return act({ type: 'close' })
      return subject === null ? NOTHING : effect({ type: 'inspect', subject })
    case 'escape':
      if (state.detail !== null) return act({ type: 'close' })
      return state.filter === '' ? NOTHING : act({ type: 'filter', filter: '', isEditing: false })
    case '/': {
      const open: Action = { type: 'filter', filter: state.filter, isEditing: true }
      return {
        actions: state.tab === 'events' ? [{ type: 'close' }, open] : [{ type: 'tab', tab: 'events' }, open],
        effect: null,
      }
    }
    case 'p':
      return act({ type: 'pause' })
    case 'y':
      return subject === null ? NOTHING : effect({ type: 'copy', text: idOf(subject) })
    case 'r':
    case 'R':
      return pressReplay(subject, key === 'R')
    case 's':
      return pressSync(subject, 'sync')
    case 'w':
      return pressSync(subject, 'watch')
    case 'i':
      return effect({ type: 'sign-in' })
    case 'f':
      return withNotification(subject, id => ({ type: 'capture', id }))
    default:
      return NOTHING
  }
}

function pressReplay(subject: Subject | null, again: boolean): Pressed {
  if (subject?.kind !== 'job') return withNotification(subject, id => ({ type: 'replay', id, again }))
  if (subject.job.state === 'dead') return effect({ type: 'retry', id: subject.job.id })
  return hint('only a dead job can be tried again')
}

function pressSync(subject: Subject | null, type: 'sync' | 'watch'): Pressed {
  const item = subject?.kind === 'health' ? subject.item : null
  if (item?.kind !== 'resource') return hint('select a resource in tab 2 first')
  const { id, sync } = item.resource
  return sync === null ? hint('nothing is read of it: its service only tells') : effect({ type, id })
}

function withNotification(subject: Subject | null, make: (id: string) => Effect): Pressed {
  if (subject?.kind !== 'activity') return hint('select a notification in tab 1 first')
  const { row } = subject
  if (row.kind === 'notification') return effect(make(row.id))
  return row.notification === null ? hint('this event did not come of a notification') : effect(make(row.notification))
}

function editFilter(state: ScreenState, key: string): Pressed {
  const { filter } = state
  switch (key) {
    case 'enter':
      return typed(filter, false)
    case 'escape':
      return typed('', false)
    case 'backspace':
      return typed([...filter].slice(0, -1).join(''), true)
    case 'ctrl-u':
      return typed('', true)
    default:
      return isNamed(key) || filter.length >= MAX_FILTER ? NOTHING : typed(filter + key, true)
  }
}

function typed(filter: string, isEditing: boolean): Pressed {
  return act({ type: 'filter', filter, isEditing })
}

const MAX_FILTER = 100

function isNamed(key: string): boolean {
  return NAMED_KEYS.some(name => name === key)
}

function tabOf(state: ScreenState, key: string): Tab | null {
  const tabs = tabsOf(state)
  if (/^[1-9]$/.test(key)) return tabs[Number(key) - 1] ?? null
  if (key !== 'tab' && key !== 'back-tab') return null
  const next = tabs.indexOf(state.tab) + (key === 'tab' ? 1 : -1)
  return tabs.at(next % tabs.length) ?? null
}

/** What the cursor of the open tab stands on; null in an empty list. */
export function subjectOf(state: ScreenState): Subject | null {
  const { tab } = state
  const index = indexOf(state.cursors[tab], keysOf(state, tab))
  switch (tab) {
    case 'events': {
      const row = state.visible[index]
      return row === undefined ? null : { kind: 'activity', row }
    }
    case 'health': {
      const item = healthItems(state)[index]
      return item === undefined ? null : { kind: 'health', item }
    }
    case 'jobs': {
      const job = jobsOf(state)[index]
      return job === undefined ? null : { kind: 'job', job }
    }
    case 'log': {
      const line = state.logs[index]
      return line === undefined ? null : { kind: 'log', line }
    }
    case 'calls':
      return null
    default:
      return tab satisfies never
  }
}

function idOf(subject: Subject): string {
  switch (subject.kind) {
    case 'activity':
      return subject.row.id
    case 'health':
      return subject.item.kind === 'check' ? subject.item.check.code : subject.item.resource.id
    case 'job':
      return subject.job.id
    case 'log':
      return subject.line.text
    default:
      return subject satisfies never
  }
}

function act(action: Action): Pressed {
  return { actions: [action], effect: null }
}

function effect(effect: Effect): Pressed {
  return { actions: [], effect }
}

function hint(text: string): Pressed {
  return act({ type: 'toast', toast: { text, level: 'warn' } })
}
