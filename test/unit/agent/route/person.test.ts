import { describe, expect, it } from 'vitest'
import type { PersonFacts, RouteFacts, RoutedEvent } from '#ec/agent/route/facts.js'
import { route } from '#ec/agent/route/route.js'
import { BUILT_IN_TYPES, type Channel } from '#ec/core/event.js'
import type { Plan, PlanStep } from '#ec/core/plan.js'
import { NO_PREFERENCES, type Preferences } from '#ec/core/preferences.js'

/** Without those that an operator has to open first. */
const CHANNELS = ['ws', 'push', 'email'] as const

/** Ten at night in Madrid, an hour into quiet hours that end at seven. */
const NIGHT = Date.parse('2026-01-05T22:00:00Z')
const DAY = Date.parse('2026-01-05T12:00:00Z')
const QUIET = { quiet_hours: { from: '22:00', to: '07:00' } }
const NONE = { hour: 0, day: 0 }

function person(preferences: Partial<Preferences>, sent: Partial<PersonFacts['sent']> = {}): PersonFacts {
  return {
    preferences: { ...NO_PREFERENCES, ...preferences },
    zone: 'Europe/Madrid',
    sent: { push: NONE, email: NONE, ...sent },
  }
}

function plan(event: Partial<RoutedEvent>, facts: Partial<RouteFacts> = {}, now = DAY): Plan {
  return route({ type: 'task.created', level: 'info', ...event }, { available: CHANNELS, rules: [], ...facts }, now)
}

function step(channel: Channel, ...args: Parameters<typeof plan>): PlanStep | undefined {
  return plan(...args).steps.find(one => one.channel === channel)
}

function show({ channel, action, reason, about, until }: PlanStep): string {
  const word = { send: 'SEND', hold: 'HOLD', suppress: '-' }[action]
  return `${channel}:${word}/${reason}${about === undefined ? '' : `(${about})`}${until === undefined ? '' : `@${until}`}`
}

/** What a person can say, each with the hour at which it is tried. */
const PEOPLE: Readonly<Record<string, { readonly facts: Partial<RouteFacts>; readonly now: number }>> = {
  'said nothing': { facts: {}, now: DAY },
  'quiet hours, at night': { facts: { person: person(QUIET) }, now: NIGHT },
  'quiet hours, by day': { facts: { person: person(QUIET) }, now: DAY },
  'muted all': { facts: { person: person({ mute: [{ type: '*' }] }) }, now: DAY },
  'switched all off': {
    facts: { person: person({ channels: [{ type: '*', ws: false, push: false, email: false }] }) },
    now: DAY,
  },
  'switched mail on': { facts: { person: person({ channels: [{ type: '*', email: true }] }) }, now: DAY },
  'moved all mail to the digest': {
    facts: {
      person: person({ channels: [{ type: '*', email: 'digest' }] }),
      digest: { rule: { every: 'weekly', weekday: 'fri', at: '16:00' }, zone: 'Europe/Madrid' },
    },
    now: DAY,
  },
  'had enough push': {
    facts: { person: person({ caps: { push: { per_hour: 5 } } }, { push: { hour: 5, day: 9 } }) },
    now: DAY,
  },
  'has no device': { facts: { unreachable: ['push'] }, now: DAY },
}

describe('what a person said', () => {
  it('changes the plan of every type and level as the golden table says', async () => {
    const lines: string[] = []
    for (const [name, { facts, now }] of Object.entries(PEOPLE)) {
      lines.push(`# ${name}`)
      for (const type of [...BUILT_IN_TYPES, 'task.created']) {
        for (const level of ['info', 'error', 'critical'] as const) {
          lines.push(`${type} ${level} => ${plan({ type, level }, facts, now).steps.map(show).join(' ')}`)
        }
      }
      lines.push('')
    }
    await expect(lines.join('\n')).toMatchFileSnapshot('plans-of-people.golden.txt')
  })

  it('is passed over by what is critical', () => {
    const bound = person({ ...QUIET, mute: [{ type: '*' }], caps: { push: { per_hour: 0 } } })
    for (const type of [...BUILT_IN_TYPES, 'task.created']) {
      const event = { type, level: 'critical' } as const
      expect(plan(event, { person: bound }, NIGHT)).toEqual(plan(event, {}, NIGHT))
    }
  })
})

describe('channels that are switched', () => {
  it.each([true, 'digest'] as const)('add a mail to what is critical too, at once: %j', email => {
    const wishes = person({ ...QUIET, channels: [{ type: 'job.*', email }] })
    expect(step('email', { type: 'job.done', level: 'critical' }, { person: wishes }, NIGHT)).toMatchObject({
      action: 'send',
      reason: 'preference',
    })
  })

  it('leave to a cap and a mute to say what they are about', () => {
    const channels = [{ type: 'job.*', email: true }] as const
    const capped = person({ channels, caps: { email: { per_hour: 0 } } })
    expect(step('email', { type: 'job.done' }, { person: capped })).toMatchObject({ about: '0 an hour' })
    const silenced = person({ channels, mute: [{ type: '*' }] })
    expect(step('email', { type: 'job.done' }, { person: silenced })).toMatchObject({ reason: 'muted', about: '*' })
  })

  const closest = person({
    channels: [
      { type: '*', push: false },
      { type: 'task.*', push: true, email: true },
      { service: 'notes', push: false },
      { type: 'task.urgent', push: true },
    ],
  })

  it('follow the closest entry that speaks of the channel', () => {
    expect(step('push', { type: 'job.done' }, { person: closest })).toMatchObject({ reason: 'preference', about: '*' })
    expect(step('push', { type: 'task.created' }, { person: closest })).toMatchObject({
      action: 'send',
      about: 'task.*',
    })
    expect(
      step('push', { type: 'task.created', service: 'notes', channels: ['push'] }, { person: closest }),
    ).toMatchObject({
      action: 'suppress',
      about: 'service notes',
    })
    expect(step('push', { type: 'task.urgent', service: 'notes' }, { person: closest })?.action).toBe('send')
    expect(step('email', { type: 'task.urgent', service: 'notes' }, { person: closest })?.action).toBe('send')
  })

  it('add nothing to the channels that the event itself names, and take from them', () => {
    const wishes = person({ channels: [{ type: '*', push: false, email: true }] })
    const made = plan({ channels: ['ws', 'push'] }, { person: wishes })
    expect(made.steps.map(({ channel, action }) => `${channel} ${action}`)).toEqual([
      'ws send',
      'push suppress',
      'email suppress',
    ])
    expect(step('email', { channel_hint: 'websocket_only' }, { person: wishes })?.reason).toBe('not_chosen')
  })

  it('cannot bring progress out of the open page', () => {
    const wishes = person({ channels: [{ type: '*', push: true, email: true }] })
    const made = plan({ type: 'job.progress' }, { person: wishes })
    expect(made.steps.map(({ reason }) => reason)).toEqual(['type_rule', 'never_for_type', 'never_for_type'])
    expect(made.warnings).toEqual([])
  })
})

describe('mute', () => {
  it.each([
    [{ type: 'task.*' }, { type: 'task.created' }, true],
    [{ type: 'task.*' }, { type: 'tasks.created' }, false],
    [{ service: 'notes' }, { service: 'notes' }, true],
    [{ service: 'notes' }, {}, false],
    [{ thread: 't1' }, { thread: 't1' }, true],
    [{ thread: 't1' }, { thread: 't2' }, false],
    [{ type: '*', until: '2026-01-05T12:00:00.001Z' }, {}, true],
    [{ type: '*', until: '2026-01-05T12:00:00.000Z' }, {}, false],
  ])('of %o silences %o: %s', (mute, event, silent) => {
    expect(step('ws', event, { person: person({ mute: [mute] }) })?.action).toBe(silent ? 'suppress' : 'send')
  })

  it('leaves a question on the open page, and the event in the inbox', () => {
    const made = plan({ type: 'action.required' }, { person: person({ mute: [{ type: '*' }] }) })
    expect(made.steps.map(show)).toEqual(['ws:SEND/required', 'push:-/muted(*)', 'email:-/not_chosen'])
    expect(made.inbox).toBe(true)
  })

  it('is judged at the instant of the delivery', () => {
    const until = '2026-01-05T14:00:00.000Z'
    const facts = { person: person({ mute: [{ type: '*', until }] }) }
    expect(step('ws', { deliver_at: '2026-01-05T13:59:59.000Z' }, facts)).toMatchObject({ reason: 'muted', until })
    expect(step('ws', { deliver_at: until }, facts)?.action).toBe('send')
  })
})

describe('quiet hours', () => {
  const facts = { person: person(QUIET) }
  const push = { type: 'job.done' } as const

  it('hold push and mail until they end, never what is shown to whoever looks', () => {
    const made = plan({ channels: CHANNELS }, facts, NIGHT)
    expect(made.steps.map(show)).toEqual([
      'ws:SEND/channels',
      'push:HOLD/quiet_hours@2026-01-06T06:00:00.000Z',
      'email:HOLD/quiet_hours@2026-01-06T06:00:00.000Z',
    ])
    expect(
      plan({ channels: CHANNELS }, facts, Date.parse('2026-01-06T06:00:00Z')).steps.every(s => s.action === 'send'),
    ).toBe(true)
  })

  it('hold nothing that would be over when they end', () => {
    expect(step('push', { ...push, expires_at: '2026-01-06T06:00:00.000Z' }, facts, NIGHT)).toEqual({
      channel: 'push',
      action: 'suppress',
      reason: 'expires_in_quiet_hours',
      until: '2026-01-06T06:00:00.000Z',
    })
    expect(step('push', { ...push, expires_at: '2026-01-06T06:00:00.001Z' }, facts, NIGHT)?.action).toBe('hold')
  })

  it('let the levels through that the person names', () => {
    const some = { person: person({ quiet_hours: { ...QUIET.quiet_hours, allow_levels: ['error'] } }) }
    expect(step('push', { ...push, level: 'error' }, some, NIGHT)?.action).toBe('send')
    expect(step('push', { ...push, level: 'warning' }, some, NIGHT)?.action).toBe('hold')
  })

  it('hold nothing while they are paused', () => {
    const until = new Date(NIGHT + 1).toISOString()
    const paused = { person: person({ quiet_hours: { ...QUIET.quiet_hours, paused_until: until } }) }
    expect(step('push', push, paused, NIGHT)?.action).toBe('send')
    expect(step('push', push, paused, NIGHT + 1)).toMatchObject({ action: 'hold', until: '2026-01-06T06:00:00.000Z' })
  })

  it('hold nothing on a channel that this agent has not', () => {
    expect(step('push', push, { ...facts, available: ['ws'] }, NIGHT)?.reason).toBe('not_available')
  })
})

function bounded(hour: number, day: number): Partial<RouteFacts> {
  return { person: person({ caps: { push: { per_hour: 5, per_day: 20 } } }, { push: { hour, day } }) }
}

describe('caps', () => {
  it.each([
    [4, 19, 'SEND/type_rule'],
    [5, 5, '-/over_cap(5 an hour)'],
    [0, 20, '-/over_cap(20 a day)'],
  ])('after %i in an hour and %i in a day: %s', (hour, day, expected) => {
    const [ws, push] = plan({ type: 'job.done' }, bounded(hour, day)).steps.map(show)
    expect(push).toBe(`push:${expected}`)
    expect(ws).toBe('ws:SEND/type_rule')
  })
})

describe('a channel that reaches nobody', () => {
  const facts = { unreachable: ['push'] } as const

  it('gives way to mail for a question, unless the event or the person left mail out', () => {
    const question = { type: 'action.required' } as const
    expect(step('email', question, facts)).toMatchObject({ action: 'send', reason: 'fallback' })
    expect(step('email', { ...question, channels: ['push'] }, facts)?.reason).toBe('not_chosen')
    const off = person({ channels: [{ type: '*', email: false }] })
    expect(step('email', question, { ...facts, person: off })).toMatchObject({
      action: 'suppress',
      reason: 'preference',
    })
    expect(step('email', question, { unreachable: ['push', 'email'] })?.action).toBe('suppress')
    expect(step('email', { type: 'job.done' }, facts)?.reason).toBe('not_chosen')
  })
})
