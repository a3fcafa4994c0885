import { describe, expect, it } from 'vitest'
import { composeEvent, readEventFlags, type EventFlags } from '#ec/commands/compose-event.js'
import { BUILT_IN_TYPES } from '#ec/core/event.js'
import { EcError } from '#ec/core/errors.js'

function flags(given: Partial<EventFlags>): EventFlags {
  const none = { user: undefined, type: undefined, title: undefined, body: undefined, level: undefined }
  const more = {
    channels: undefined,
    hint: undefined,
    cta: undefined,
    data: undefined,
    dataJson: undefined,
    id: undefined,
  }
  return { ...none, ...more, ...given }
}

function refusal(run: () => unknown): string {
  try {
    run()
  } catch (thrown) {
    if (thrown instanceof EcError) return `${thrown.code} ${thrown.message}; ${thrown.hint}`
  }
  return 'nothing thrown'
}

describe('an event without a title', () => {
  it.each(BUILT_IN_TYPES)('is a test made of the sample of %s', type => {
    const event = composeEvent({ type }, 'me')
    expect(event).toMatchObject({ user_id: 'me', type, data: { test: true } })
    expect(event.title).toMatch(/^Test: /)
  })

  it('takes what the flags say over the sample, and stays a test', () => {
    const given = readEventFlags(flags({ type: 'job.done', level: 'error', data: ['job_id=7', 'test:=false'] }))
    expect(composeEvent(given, 'me')).toMatchObject({ level: 'error', data: { job_id: '7', test: true } })
  })

  it('of a type that is spelled wrong is refused with the one that was meant', () => {
    expect(refusal(() => composeEvent({ type: 'system.alrt' }, 'me'))).toContain('did you mean --type system.alert?')
  })

  it('of a type of your own is refused, since there is no sample', () => {
    expect(refusal(() => composeEvent({ type: 'task.created' }, 'me'))).toContain('EC_USAGE there is no sample')
  })
})

describe('an event with a title', () => {
  it('is in earnest: nothing is invented', () => {
    expect(composeEvent({ type: 'job.done', title: 'Ready' }, 'ana')).toEqual({
      user_id: 'ana',
      type: 'job.done',
      title: 'Ready',
      body: '',
    })
  })
})

describe('flags', () => {
  it('become the fields of an event', () => {
    const given = readEventFlags(
      flags({
        user: 'ana',
        type: 'a.b',
        title: 'T',
        body: 'B',
        channels: [],
        hint: 'auto',
        id: 'x',
        cta: 'a=b=https://e.org/?q=1',
      }),
    )
    expect(given).toEqual({
      user_id: 'ana',
      type: 'a.b',
      title: 'T',
      body: 'B',
      channels: [],
      channel_hint: 'auto',
      id: 'x',
      cta: { label: 'a=b', url: 'https://e.org/?q=1' },
    })
  })

  it('say nothing of what was not given', () => expect(readEventFlags(flags({}))).toEqual({}))

  it('put data together: a JSON object, then texts and typed values over it', () => {
    const given = flags({
      dataJson: '{"a": 1, "b": {"c": 2}}',
      data: ['a=2', 'n:=3', 'l:=[1]', 'e=', 'x.y=z', 'u=https://e.org/?a:=b'],
    })
    expect(readEventFlags(given).data).toEqual({
      a: '2',
      b: { c: 2 },
      n: 3,
      l: [1],
      e: '',
      'x.y': 'z',
      u: 'https://e.org/?a:=b',
    })
  })

  it('cannot reach into the prototype', () => {
    const { data } = readEventFlags(flags({ data: ['__proto__:={"polluted":true}'] }))
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    expect(Object.keys(data ?? {})).toEqual(['__proto__'])
  })

  it.each([
    ['--type without a dot', { type: 'nodots' }],
    ['--user with a space', { user: 'a b' }],
    ['an empty --title', { title: '' }],
    ['--cta without a URL', { cta: 'Open' }],
    ['--cta with another scheme', { cta: 'Open=javascript:alert(1)' }],
    ['--data without a name', { data: ['=1'] }],
    ['--data without a value', { data: ['a'] }],
    ['--data with bad JSON', { data: ['a:={'] }],
    ['--data-json with bad JSON', { dataJson: '{' }],
    ['--data-json that is no object', { dataJson: '[1]' }],
    ['--data-json that is null', { dataJson: 'null' }],
  ])('are refused before anything is sent: %s', (_name, given) => {
    expect(refusal(() => readEventFlags(flags(given)))).toMatch(/^EC_USAGE /)
  })
})
