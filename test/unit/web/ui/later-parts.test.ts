import { describe, expect, it } from 'vitest'
import { readQuestion } from '#ec/core/question.js'
import type { EcEvent } from '#ec/core/event.js'
import type { Item, ItemQuestion } from '../../../../web/center/center.js'
import { matchesFilter, NO_FILTER, queryOf, type Filter } from '../../../../web/ui/later/filter.js'
import { nameWeekdays } from '../../../../web/ui/later/name-weekdays.js'
import { settingOf, withSetting } from '../../../../web/ui/later/preferences-edit.js'
import { createSayDay } from '../../../../web/ui/later/say-day.js'
import { sayPush } from '../../../../web/ui/later/say-push.js'
import { sayQuestion } from '../../../../web/ui/later/say-question.js'
import { snoozeTimes } from '../../../../web/ui/later/snooze-times.js'
import { createSayWhen } from '../../../../web/ui/say-when.js'
import { LATER } from '../../../../web/words/later.js'
import { createSay } from '../../../../web/words/say.js'

const NOW = Date.parse('2026-03-03T12:00:00Z')
const tell = createSay('en', LATER.en)
const EVENT: EcEvent = {
  id: 'evt_1',
  user_id: 'mira',
  type: 'message.new',
  title: 'The Room',
  body: 'on the second FLOOR',
  level: 'info',
  created_at: '2026-03-03T11:00:00.000Z',
  service: 'chat',
}
const ITEM: Item = {
  seq: 7,
  event: EVENT,
  seen: false,
  read: false,
  archived: false,
  snoozedUntil: null,
  question: null,
}

describe('the filter of the history', () => {
  const cases: readonly (readonly [Partial<Filter>, Partial<Item>, boolean])[] = [
    [{}, {}, true],
    [{}, { archived: true }, false],
    [{}, { snoozedUntil: NOW + 1 }, false],
    [{}, { snoozedUntil: NOW - 1 }, true],
    [{ state: 'unread' }, {}, true],
    [{ state: 'unread' }, { read: true }, false],
    [{ state: 'archived' }, { archived: true }, true],
    [{ state: 'archived' }, {}, false],
    [{ state: 'snoozed' }, { snoozedUntil: NOW + 1 }, true],
    [{ state: 'snoozed' }, { snoozedUntil: NOW - 1 }, false],
    [{ state: 'questions' }, {}, false],
    [{ state: 'questions', type: 'job.done' }, { event: { ...EVENT, type: 'action.required' } }, true],
    [{ service: 'chat', type: 'message.new', q: 'floor' }, {}, true],
    [{ q: 'ROOM' }, {}, true],
    [{ q: 'roof' }, {}, false],
    [{ service: 'tasks' }, {}, false],
    [{ type: 'job.done' }, {}, false],
  ]
  it.each(cases)('%j takes %j: %s', (filter, item, matches) => {
    expect(matchesFilter({ ...ITEM, ...item }, { ...NO_FILTER, ...filter }, NOW)).toBe(matches)
  })

  it('asks the agent the same', () => {
    expect(query({})).toBe('limit=50')
    expect(query({ state: 'unread', service: 'a b', q: 'x&y' }, 9)).toBe(
      'limit=50&state=unread&service=a+b&q=x%26y&before=9',
    )
    expect(query({ state: 'questions', type: 'job.done' })).toBe('limit=50&type=action.required')
    expect(query({ type: 'job.done' })).toBe('limit=50&type=job.done')
  })
})

describe('snoozeTimes', () => {
  it('offers an hour, the evening and the morning after, by the clock of the person', () => {
    expect(snoozeTimes(at('2026-03-03T12:00:00'))).toEqual({
      hour: at('2026-03-03T13:00:00'),
      evening: at('2026-03-03T18:00:00'),
      tomorrow: at('2026-03-04T08:00:00'),
    })
  })

  it('offers no evening when it is evening already', () => {
    expect(snoozeTimes(at('2026-03-03T17:45:00')).evening).toBeNull()
    expect(snoozeTimes(at('2026-12-31T23:00:00')).tomorrow).toBe(at('2027-01-01T08:00:00'))
  })
})

describe('the settings of channels', () => {
  const channels = [
    { type: 'job.done', push: false },
    { service: 'chat', push: true },
    { type: 'message.new', email: 'digest' },
  ] as const

  it('read what stands for exactly the type', () => {
    expect(settingOf(channels, 'job.done', 'push')).toBe('off')
    expect(settingOf(channels, 'message.new', 'email')).toBe('digest')
    expect(settingOf(channels, 'chat', 'push')).toBe('usual')
    expect(settingOf([{ type: 'a.b', ws: true }], 'a.b', 'ws')).toBe('on')
  })

  it('change one and leave the others as they are', () => {
    expect(withSetting(channels, 'job.done', 'email', 'on')).toEqual([
      { type: 'job.done', push: false, email: true },
      channels[1],
      channels[2],
    ])
    expect(withSetting(channels, 'task.created', 'ws', 'off')).toEqual([
      ...channels,
      { type: 'task.created', ws: false },
    ])
  })

  it('leave no entry behind that switches nothing', () => {
    expect(withSetting(channels, 'job.done', 'push', 'usual')).toEqual([channels[1], channels[2]])
    expect(withSetting(channels, 'task.created', 'ws', 'usual')).toEqual(channels)
  })
})

describe('sayQuestion', () => {
  const event: EcEvent = {
    ...EVENT,
    type: 'action.required',
    expires_at: new Date(NOW + 600_000).toISOString(),
    data: { options: [{ id: 'b', label: 'Plan B' }, 'No'], default_option: 'No' },
  }
  const read = readQuestion(event)
  const terms = read.ok ? read.terms : null
  const ask = (question: Partial<ItemQuestion>, here: { wasOpen?: boolean; chosen?: string | null } = {}, now = NOW) =>
    sayQuestion(
      { ...ITEM, event, question: { id: 'q', state: 'open', answer: null, ...question } },
      { terms, wasOpen: true, chosen: null, ...here },
      now,
      tell,
      createSayWhen('en'),
    )

  it.each([
    [ask({}), true, 'Expires in 10 minutes; without an answer: No'],
    [ask({}, {}, NOW + 590_000), true, 'Expires in 10 seconds; without an answer: No'],
    [ask({}, {}, NOW + 600_000), false, 'The time for an answer is over.'],
    [ask({ state: 'answered', answer: 'b' }), false, 'Answered elsewhere: Plan B'],
    [ask({ state: 'answered', answer: 'b' }, { chosen: 'b' }), false, 'Answered: Plan B'],
    [ask({ state: 'answered', answer: 'b' }, { chosen: 'No' }), false, 'Answered elsewhere: Plan B'],
    [ask({ state: 'answered', answer: 'b' }, { wasOpen: false }), false, 'Answered: Plan B'],
    [ask({ state: 'answered' }), false, 'This has been answered.'],
    [ask({ state: 'answered', answer: 'gone' }, { wasOpen: false }), false, 'Answered: gone'],
    [ask({ state: 'expired' }), false, 'The time for an answer is over.'],
    [ask({ state: 'cancelled' }), false, 'The question was withdrawn.'],
  ])('%j', (status, isOpen, text) => {
    expect(status).toEqual({ isOpen, text })
  })

  it('is silent about what asks nothing', () => {
    const nothing = sayQuestion(ITEM, { terms: null, wasOpen: false, chosen: null }, NOW, tell, createSayWhen('en'))
    expect(nothing).toEqual({ isOpen: false, text: '' })
  })
})

describe('sayPush', () => {
  it.each([
    ['on', 'off', false],
    ['off', 'on', false],
    ['switched-off', 'on', false],
    ['failed', 'on', false],
    ['denied', null, true],
    ['install-first', null, true],
    ['insecure', null, true],
    ['unsupported', null, true],
    ['no-key', null, false],
    ['unknown', null, false],
  ] as const)('knows what can be done when it is %s', (status, act, isStuck) => {
    const said = sayPush({ status, device: null, problem: 'no answer' }, tell)
    expect(said).toMatchObject({ act, isStuck })
    expect(said.text).not.toBe('')
    if (status === 'failed') expect(said.text).toContain('no answer')
  })
})

describe('days', () => {
  it('are called by their distance, then by their date', () => {
    const sayDay = createSayDay('en')
    expect(sayDay(Date.now())).toBe('Today')
    expect(sayDay(new Date().setHours(0, 0, 0, 0) - 1)).toBe('Yesterday')
    expect(sayDay(Date.now() - 3 * 86_400_000)).toMatch(/^\w+day, \w+ \d+$/)
    expect(createSayDay('ru')(Date.now())).toBe('Сегодня')
  })

  it('of the week have their names', () => {
    expect(nameWeekdays('en')).toEqual(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'])
    expect(nameWeekdays('es')[0]).toBe('lun')
  })
})

function query(filter: Partial<Filter>, before: number | null = null): string {
  return queryOf({ ...NO_FILTER, ...filter }, before, 50)
}

function at(text: string): number {
  return new Date(text).getTime()
}
