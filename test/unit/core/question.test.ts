import { describe, expect, it } from 'vitest'
import { parseEvent } from '#ec/core/event-schema.js'
import type { JsonObject } from '#ec/core/json.js'
import { faultOfAnswer, readQuestion } from '#ec/core/question.js'

function read(data: JsonObject, id?: string) {
  return readQuestion({ type: 'action.required', data, ...(id === undefined ? {} : { id }) })
}

function termsOf(data: JsonObject, id?: string) {
  const question = read(data, id)
  return question.ok ? question.terms : question
}

describe('readQuestion', () => {
  it('takes texts and objects, and is named by data.action_id, else by its event', () => {
    const options = ['yes', { id: 'no', label: 'Not now', style: 'danger', mine: 1 }, { id: 'b', input: true }]
    expect(termsOf({ options, default_option: 'no', action_id: 'act-7' }, 'evt_1')).toEqual({
      id: 'act-7',
      options: [
        { id: 'yes', label: 'yes', style: null, input: null },
        { id: 'no', label: 'Not now', style: 'danger', input: null },
        { id: 'b', label: 'b', style: null, input: { label: null, required: false, max: 2000 } },
      ],
      defaultOption: 'no',
    })
    expect(termsOf({ options: ['a'] }, 'evt_1')).toMatchObject({ id: 'evt_1', defaultOption: null })
    expect(termsOf({ options: ['a'], action_id: 42 }, 'evt_1')).toMatchObject({ id: '42' })
    expect(termsOf({ options: Array.from({ length: 20 }, (_, i) => `o${i}`) })).toMatchObject({ id: null })
  })

  it('finds no question where none is asked', () => {
    expect(termsOf({})).toBeNull()
    expect(readQuestion({ type: 'action.required' })).toEqual({ ok: true, terms: null })
    expect(readQuestion({ type: 'task.created', data: { options: 7 } })).toEqual({ ok: true, terms: null })
  })

  it.each<[JsonObject, string]>([
    [{ options: [] }, 'data.options'],
    [{ options: 'yes' }, 'data.options'],
    [{ options: null }, 'data.options'],
    [{ options: Array.from({ length: 21 }, (_, i) => `o${i}`) }, 'data.options'],
    [{ options: ['a', 7] }, 'data.options.1'],
    [{ options: ['a', ''] }, 'data.options.1'],
    [{ options: ['a', 'b', 'a'] }, 'data.options.2'],
    [{ options: ['a', { id: 'a', label: 'Other' }] }, 'data.options.1'],
    [{ options: [{ label: 'No id' }] }, 'data.options.0'],
    [{ options: ['a\u0007'] }, 'data.options.0'],
    [{ options: ['x'.repeat(201)] }, 'data.options.0'],
    [{ options: [{ id: 'a', label: 7 }] }, 'data.options.0'],
    [{ options: [{ id: 'a', style: {} }] }, 'data.options.0'],
    [{ options: [{ id: 'a', input: 'text' }] }, 'data.options.0'],
    [{ options: [{ id: 'a', input: { max: 0 } }] }, 'data.options.0'],
    [{ options: [{ id: 'a', input: { required: 'yes' } }] }, 'data.options.0'],
    [{ options: ['a'], default_option: 'b' }, 'data.default_option'],
    [{ options: [{ id: 'a', input: { required: true } }], default_option: 'a' }, 'data.default_option'],
    [{ options: ['a'], action_id: 'two words' }, 'data.action_id'],
    [{ options: ['a'], action_id: {} }, 'data.action_id'],
  ])('refuses %j by naming %s, as an emit does', (data, path) => {
    expect(read(data)).toMatchObject({ ok: false, path, message: expect.stringMatching(/./) })
    const parsed = parseEvent({ user_id: 'ann', type: 'action.required', title: 'Go?', body: '', data })
    expect(parsed).toMatchObject({ ok: false, problems: [{ path }] })
  })
})

describe('an answer', () => {
  const question = readQuestion({
    type: 'action.required',
    data: { options: ['yes', { id: 'edit', input: { required: true, max: 3 } }, { id: 'note', input: {} }] },
  })
  const options = question.ok ? (question.terms?.options ?? []) : []

  it.each([
    ['yes', null, null],
    ['YES', null, 'option'],
    ['', null, 'option'],
    ['yes', 'text', 'input'],
    ['edit', null, 'input'],
    ['edit', 'abc', null],
    ['edit', 'abcd', 'input'],
    ['note', null, null],
    ['note', 'x', null],
  ])('%j with the text %j is wrong in %j', (option, input, path) => {
    expect(faultOfAnswer(options, option, input)?.path ?? null).toBe(path)
  })
})
