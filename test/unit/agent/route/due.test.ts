import { describe, expect, it } from 'vitest'
import type { DueFacts, RouteFacts, RoutedEvent } from '#ec/agent/route/facts.js'
import { route } from '#ec/agent/route/route.js'
import type { Channel } from '#ec/core/event.js'
import type { PersonSigns, Stop } from '#ec/core/person-signs.js'
import { SIGNS, type PlanStep, type Sign } from '#ec/core/plan.js'
import { NO_PREFERENCES, type Preferences } from '#ec/core/preferences.js'

/** Without those that an operator has to open first. */
const CHANNELS = ['ws', 'push', 'email'] as const

const NOW = Date.parse('2026-01-05T09:00:00Z')
const NOTHING: PersonSigns = {
  seen: false,
  read: false,
  answered: false,
  archived: false,
  retracted: false,
  snoozedUntil: null,
}
const LOOKING = { focused: 1, threads: ['t1'] }

function due(more: Partial<DueFacts> = {}): DueFacts {
  return { channel: 'push', reason: 'presence', unless: null, signs: NOTHING, ...more }
}

function step(event: Partial<RoutedEvent>, facts: Partial<RouteFacts>, of: Channel = 'push'): PlanStep | undefined {
  const plan = route({ type: 'job.done', level: 'info', ...event }, { available: CHANNELS, rules: [], ...facts }, NOW)
  return plan.steps.find(({ channel }) => channel === of)
}

/** What becomes of a step that falls due for a person who wants this, and was sent one push before. */
function says(wants: Partial<Preferences>): string {
  const sent = { push: { hour: 1, day: 1 }, email: { hour: 0, day: 0 } }
  return wordOf(step({}, { due: due(), person: { preferences: { ...NO_PREFERENCES, ...wants }, zone: 'UTC', sent } }))
}

function wordOf(one: PlanStep | undefined): string {
  return one === undefined ? 'none' : `${one.action} ${one.reason}`
}

describe('a step that falls due', () => {
  it('is sent when nothing has happened', () => {
    expect(step({}, { due: due() })).toMatchObject({ action: 'send' })
  })

  it.each<[Stop, Record<Sign | 'none', boolean>]>([
    ['seen', { none: false, seen: false, read: true, answered: true }],
    ['read', { none: false, seen: false, read: false, answered: true }],
    ['answered', { none: false, seen: false, read: false, answered: false }],
    ['archived', { none: false, seen: false, read: false, answered: false }],
    ['retracted', { none: false, seen: false, read: false, answered: false }],
  ])('after %s goes out only if it waits for more than that', (sign, wanted) => {
    for (const unless of [null, ...SIGNS]) {
      const facts = due({ unless, signs: { ...NOTHING, [sign]: true } })
      expect(wordOf(step({}, { due: facts })), String(unless)).toBe(
        wanted[unless ?? 'none'] ? 'send type_rule' : `suppress ${sign}`,
      )
    }
  })

  it('waits until the end of a snooze, and leaves it to the newest snooze to come back', () => {
    const signs = { ...NOTHING, snoozedUntil: NOW + 60_000 }
    expect(step({}, { due: due({ signs }) })).toMatchObject({
      action: 'hold',
      reason: 'snoozed',
      until: '2026-01-05T09:01:00.000Z',
    })
    expect(wordOf(step({}, { due: due({ reason: 'snooze', unless: 'read', signs }) }))).toBe('suppress snoozed')
    const over = { ...NOTHING, snoozedUntil: NOW }
    expect(wordOf(step({}, { due: due({ reason: 'snooze', unless: 'read', signs: over }) }))).toBe('send type_rule')
  })

  it('takes no notice of what it has waited for', () => {
    expect(wordOf(step({}, { due: due(), presence: LOOKING }))).toBe('send type_rule')
    expect(wordOf(step({}, { due: due({ reason: 'quiet_hours' }), presence: LOOKING }))).toBe('hold presence')
    expect(wordOf(step({}, { due: due({ reason: 'ladder', unless: 'read' }), presence: LOOKING }))).toBe(
      'send type_rule',
    )
  })

  it('is judged by what the person says now', () => {
    expect(says({ mute: [{ type: 'job.*' }] })).toBe('suppress muted')
    expect(says({ channels: [{ type: '*', push: false }] })).toBe('suppress preference')
    expect(says({ quiet_hours: { from: '08:00', to: '10:00' } })).toBe('hold quiet_hours')
    expect(says({ caps: { push: { per_hour: 1 } } })).toBe('suppress over_cap')
    expect(says({})).toBe('send type_rule')
  })

  it('that a ladder or the lack of another channel chose is chosen still', () => {
    const later = due({ channel: 'email', reason: 'quiet_hours', unless: 'answered' })
    expect(wordOf(step({ type: 'action.required' }, { due: later }, 'email'))).toBe('send type_rule')
    expect(wordOf(step({ type: 'action.required' }, { due: later, available: ['ws'] }, 'email'))).toBe(
      'suppress not_available',
    )
  })

  it('does not begin a ladder once more', () => {
    const plan = route(
      { type: 'action.required', level: 'info' },
      { available: CHANNELS, rules: [], due: due({ channel: 'push' }) },
      NOW,
    )
    expect(plan.steps.map(wordOf)).toEqual(['send type_rule', 'send type_rule', 'suppress not_chosen'])
  })
})

describe('push beside a person who looks', () => {
  it.each<[string, Partial<RoutedEvent>, Partial<RouteFacts>, string]>([
    ['waits', {}, { presence: LOOKING }, 'hold presence'],
    ['does not wait when nobody looks', {}, { presence: { focused: 0, threads: [] } }, 'send type_rule'],
    ['does not wait with a reminder', { type: 'reminder.due' }, { presence: LOOKING }, 'send type_rule'],
    ['does not wait with what is critical', { level: 'critical' }, { presence: LOOKING }, 'send type_rule'],
    ['does not wait where ws is left out', { channels: ['push'] }, { presence: LOOKING }, 'send channels'],
    [
      'is judged at its instant when it comes later',
      { deliver_at: '2026-01-05T10:00:00Z' },
      { presence: LOOKING },
      'send type_rule',
    ],
    ['goes nowhere without a device', {}, { presence: LOOKING, unreachable: ['push'] }, 'suppress unreachable'],
  ])('%s', (_name, event, facts, word) => expect(wordOf(step(event, facts))).toBe(word))

  it('is waited for by what takes its place, too', () => {
    const facts = { presence: LOOKING, unreachable: ['push'] } as const
    expect(wordOf(step({ type: 'action.required' }, facts, 'email'))).toBe('hold presence')
    expect(wordOf(step({ type: 'action.required' }, { unreachable: ['push'] }, 'email'))).toBe('send fallback')
  })

  it('leaves a message out while its conversation is open', () => {
    const open = { type: 'message.new', thread: 't1' }
    expect(wordOf(step(open, { presence: LOOKING, due: due() }))).toBe('suppress on_thread')
    expect(wordOf(step({ ...open, thread: 't2' }, { presence: LOOKING, due: due() }))).toBe('send type_rule')
    expect(wordOf(step(open, { presence: { focused: 0, threads: ['t1'] }, due: due() }))).toBe('send type_rule')
  })
})

describe('a ladder', () => {
  const HOUR = 3_600_000
  const ladders = {
    'job.done': [
      { channel: 'push', after: HOUR, unless: 'read' },
      { channel: 'email', after: 4 * HOUR, unless: 'read' },
    ],
  } as const

  function steps(event: Partial<RoutedEvent>, facts: Partial<RouteFacts> = {}): readonly string[] {
    const all = { available: CHANNELS, rules: [], ladders, ...facts }
    const plan = route({ type: 'job.done', level: 'info', ...event }, all, NOW)
    return plan.steps.map(({ channel, until, unless, ...one }) =>
      [channel, wordOf({ channel, ...one }), until?.slice(11, 16), unless].filter(Boolean).join(' '),
    )
  }

  it('follows what goes out at once', () => {
    expect(steps({})).toEqual([
      'ws send type_rule',
      'push send type_rule',
      'push hold ladder 10:00 read',
      'email hold ladder 13:00 read',
    ])
  })

  it('is counted from the instant of delivery', () => {
    expect(steps({ deliver_at: '2026-01-05T12:00:00Z' }).at(-1)).toBe('email hold ladder 16:00 read')
  })

  it('has no step that comes too late, leads nowhere, or that the event or the person left out', () => {
    expect(steps({ expires_at: '2026-01-05T11:00:00Z' })).toHaveLength(4)
    expect(steps({ expires_at: '2026-01-05T11:00:00Z' }).at(-1)).toBe('push hold ladder 10:00 read')
    expect(steps({}, { unreachable: ['email'] }).some(one => one.startsWith('email hold'))).toBe(false)
    expect(steps({}, { available: ['ws', 'push'] }).some(one => one.startsWith('email hold'))).toBe(false)
    expect(steps({ channels: ['push'] }).filter(one => one.includes('ladder'))).toEqual(['push hold ladder 10:00 read'])
    expect(steps({ channels: [] }).filter(one => one.includes('ladder'))).toEqual([])
    expect(steps({ expires_at: '2026-01-05T08:00:00Z' }).filter(one => one.includes('ladder'))).toEqual([])
  })

  it('of a question leads to mail after four hours, unless mail has gone out anyway', () => {
    const question = { type: 'action.required' } as const
    expect(steps(question)).toEqual(['ws send type_rule', 'push send type_rule', 'email hold ladder 13:00 answered'])
    expect(steps(question, { unreachable: ['push'] })).toEqual([
      'ws send type_rule',
      'push suppress unreachable',
      'email send fallback',
    ])
  })
})
