import { describe, expect, it } from 'vitest'
import { pressKey } from '#ec/agent/tui/keys.js'
import { write } from '#ec/agent/tui/answering.js'
import { reduce, type Action } from '#ec/agent/tui/reduce.js'
import type { ScreenState } from '#ec/agent/tui/state.js'
import { renderScreen } from '#ec/agent/tui/views/screen.js'
import type { QuestionRow } from '#ec/client/questions.js'
import { after, framed, NOW, questionEvent, questionRow, screen, textOf, widest } from '../../../support/screens.ts'

const KEY = 'e ana evt_1'
const OPEN: Action = { type: 'open', key: KEY, title: 'event evt_1', lines: [] }
const TEXT = questionRow({
  options: [
    { id: 'ok', label: 'Fine' },
    { id: 'why', label: 'Not yet', input: { label: 'Why?', required: true, max: 10 } },
    { id: 'drop', label: 'Delete all', style: 'danger' },
  ],
})
const MANY = questionRow({
  options: Array.from({ length: 20 }, (_, i) => ({ id: `o${i + 1}`, label: `Option number ${i + 1}` })),
})

function told(question: QuestionRow): Action {
  return { type: 'detail', key: KEY, lines: [], question }
}

function opened(question: QuestionRow, size = { columns: 100, rows: 30 }): ScreenState {
  return after(screen(size), framed({ events: [questionEvent(1)] }), OPEN, told(question))
}

function press(state: ScreenState, ...keys: readonly string[]): ScreenState {
  return keys.reduce((at, key) => pressKey(at, key).actions.reduce(reduce, at), state)
}

function type(state: ScreenState, text: string): ScreenState {
  const answering = state.detail?.answering
  if (!answering) throw new Error('there is nothing to write')
  return after(state, { type: 'answering', answering: write(answering, text) })
}

function shown(state: ScreenState): string {
  return textOf(renderScreen(state, NOW))
}

/** What the second Enter sends. */
function sentBy(state: ScreenState) {
  const { effect } = pressKey(state, 'enter')
  return effect?.type === 'answer' ? effect.given : null
}

describe('an open question', () => {
  it('has its options by their numbers, and says which keys choose', () => {
    const text = shown(opened(questionRow()))
    expect(text).toContain('> 1 Yes, publish')
    expect(text).toContain('  2 No')
    expect(text).toContain('1-2 or arrows choose  Enter answer')
  })

  it('asks once more after a digit, and only then answers', () => {
    const asked = press(opened(questionRow()), '2')
    expect(shown(asked)).toContain('Answer "No"? Enter / Esc')
    expect(sentBy(opened(questionRow()))).toBeNull()
    expect(sentBy(asked)).toEqual({ option: 'no' })
    expect(shown(press(asked, 'enter'))).toContain('answering ...')
  })

  it('is chosen with the arrows too, and goes no further than its ends', () => {
    const state = press(opened(questionRow()), 'down', 'down', 'down')
    expect(shown(state)).toContain('> 2 No')
    expect(sentBy(press(state, 'enter'))).toEqual({ option: 'no' })
    expect(shown(press(state, 'up', 'up'))).toContain('> 1 Yes')
  })

  it('sends one answer, however often Enter is pressed', () => {
    const sending = press(opened(questionRow()), '1', 'enter')
    expect(pressKey(sending, 'enter')).toEqual({ actions: [], effect: null })
    expect(pressKey(sending, '2')).toEqual({ actions: [], effect: null })
  })

  it('goes back a step with Esc, at last out of the detail', () => {
    const asked = press(opened(TEXT), '2')
    const confirming = press(type(asked, 'late'), 'enter')
    expect(press(confirming, 'escape').detail?.answering).toMatchObject({ step: 'write', text: 'late' })
    expect(press(confirming, 'escape', 'escape').detail?.answering).toMatchObject({ step: 'choose' })
    expect(press(confirming, 'escape', 'escape', 'escape').detail).toBeNull()
  })

  it('leaves digits beyond its options alone, and takes no other tab for them', () => {
    expect(press(opened(questionRow()), '4')).toMatchObject({ tab: 'events' })
    expect(press(opened(questionRow()), '4').detail?.answering?.step).toBe('choose')
    expect(press(opened(questionRow()), 'tab').tab).toBe('health')
  })

  it('takes a text with an option that has a field', () => {
    const writing = press(opened(TEXT), '2')
    expect(shown(writing)).toContain('Why? (needed): _')
    expect(press(writing, 'enter')).toMatchObject({ toast: { text: 'this option needs a text' } })
    expect(press(writing, 'enter').detail?.answering?.step).toBe('write')
    const written = type(writing, 'too early, much too early')
    expect(shown(written)).toContain('Why? (needed): too early,_')
    expect(shown(press(written, 'enter'))).toContain('Answer "Not yet" + text? Enter / Esc')
    expect(sentBy(press(written, 'enter'))).toEqual({ option: 'why', input: 'too early,' })
    expect(press(written, 'backspace').detail?.answering?.text).toBe('too early')
    expect(press(written, 'ctrl-u').detail?.answering?.text).toBe('')
  })

  it('cuts no emoji in two, and takes a whole one back', () => {
    const state = type(press(opened(TEXT), '2'), '123456789🎉')
    expect(state.detail?.answering?.text).toBe('123456789')
    expect(press(type(press(opened(TEXT), '2'), 'a🎉'), 'backspace').detail?.answering?.text).toBe('a')
  })

  it('says that an option is hard to take back', () => {
    expect(shown(opened(TEXT))).toContain('  3 ! danger: Delete all')
    expect(shown(press(opened(TEXT), '3'))).toContain('! danger: answer "Delete all"? Enter / Esc')
  })

  it('scrolls through more options than there is room for', () => {
    const low = opened(MANY, { columns: 40, rows: 10 })
    expect(shown(low)).toContain('>  1 Option number 1')
    const last = press(low, 'end')
    expect(shown(last)).toMatch(/> 20 Option number 20/)
    expect(shown(last)).toMatch(/ANSWER +19-20 of 20/)
    expect(sentBy(press(last, 'enter'))).toEqual({ option: 'o20' })
    expect(press(low, '9').detail?.answering).toMatchObject({ choice: 8, step: 'confirm' })
  })

  it('ends under the hands of whoever was about to answer it', () => {
    const asked = press(opened(questionRow()), '1')
    const ended = after(asked, told(questionRow({ state: 'expired' })))
    expect(ended.detail?.answering).toBeNull()
    expect(pressKey(ended, 'enter').effect).toBeNull()
  })

  it('keeps what was begun when it is looked at again', () => {
    const begun = type(press(opened(TEXT), '2'), 'soon')
    expect(after(begun, told(TEXT)).detail?.answering).toMatchObject({ choice: 1, step: 'write', text: 'soon' })
  })

  it.each(['choose', 'write', 'confirm'])('fits from 40 to 160 columns and from 10 rows (%s)', step => {
    const label = 'word '.repeat(39)
    const input = { label, required: true, max: 2000 }
    const wide = questionRow({
      default_option: 'a',
      expires_at: '2026-01-05T10:00:00.000Z',
      options: [{ id: 'a', label, style: 'danger '.repeat(20), input }],
    })
    for (const columns of [40, 41, 60, 100, 129, 130, 160]) {
      for (const rows of [4, 10, 16, 30]) {
        const open = opened(wide, { columns, rows })
        const state = step === 'choose' ? open : type(press(open, '1'), '日本 '.repeat(300))
        const at = step === 'confirm' ? press(state, 'enter') : state
        const lines = renderScreen(at, NOW)
        expect(lines).toHaveLength(rows)
        expect(widest(lines)).toBeLessThanOrEqual(columns)
        if (step === 'confirm' && rows >= 10) expect(textOf(lines)).toMatch(/word .*" \+ text\? Enter \/ Esc/)
        if (step === 'write' && rows >= 10) expect(textOf(lines)).toMatch(/日本 ?_/)
      }
    }
  })
})

describe('the list', () => {
  it('marks a question as long as it is open', () => {
    const listed = after(screen(), framed({ events: [questionEvent(1)] }))
    expect(shown(listed)).toMatch(/> \d\d:\d\d:\d\d \? {6}ana/)
    const answered = { user_id: 'ana', id: 'evt_1', state: 'unread', answered_at: '2026-01-05T09:00:01.000Z' } as const
    const after1 = after(listed, framed({ changed: { events: [answered], notifications: [] } }))
    expect(shown(after1)).toMatch(/> \d\d:\d\d:\d\d ev {5}ana .* answered/)
  })

  it('marks none whose time is up', () => {
    const event = questionEvent(1, { expires_at: new Date(NOW + 1000).toISOString() })
    const listed = after(screen(), framed({ events: [event] }))
    expect(textOf(renderScreen(listed, NOW + 999))).toMatch(/:\d\d \? {6}ana/)
    expect(textOf(renderScreen(listed, NOW + 1000))).toMatch(/:\d\d ev {5}ana/)
  })
})
