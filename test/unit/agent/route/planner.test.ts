import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPlanner, type PlannedEvent } from '#ec/agent/route/planner.js'
import type { PresenceFacts } from '#ec/agent/route/facts.js'
import { route } from '#ec/agent/route/route.js'
import { createTally } from '#ec/agent/route/tally.js'
import { CHANNEL_HINTS, CHANNELS, LEVELS, type Channel } from '#ec/core/event.js'
import { NO_PREFERENCES, type Person, type Preferences } from '#ec/core/preferences.js'

const rules = [{ pattern: 'task.*', channels: ['push'] }] as const
const facts = { available: CHANNELS, rules, ladders: {} } as const
const NOWHERE = { unreachable: ['push', 'email'] } as const
const NOBODY = { focused: 0, threads: [] } as const
const now = Date.parse('2026-01-05T09:00:00Z')
const HOUR = 3_600_000
const NONE = { push: { hour: 0, day: 0 }, email: { hour: 0, day: 0 } }

const events = fc.record(
  {
    id: fc.constant('evt_1'),
    user_id: fc.constantFrom('ann', 'bob'),
    type: fc.constantFrom('job.done', 'job.progress', 'system.alert', 'task.created', 'deploy.done'),
    level: fc.constantFrom(...LEVELS),
    channel_hint: fc.constantFrom(...CHANNEL_HINTS),
    channels: fc.uniqueArray(fc.constantFrom(...CHANNELS)),
    service: fc.constantFrom('notes', 'ci'),
    thread: fc.constantFrom('t1', 't2'),
    expires_at: fc.constantFrom('2026-01-05T08:00:00.000Z', '2026-01-05T22:30:00.000Z'),
    deliver_at: fc.constantFrom('2026-01-05T08:00:00.000Z', '2026-01-05T22:20:00.000Z'),
  },
  { requiredKeys: ['id', 'user_id', 'type', 'level'] },
)

function open(preferences: Partial<Preferences> | null) {
  let ann: Person | null = null
  const say = (said: Partial<Preferences> | null) => {
    ann = said && {
      id: 'ann',
      tz: 'Europe/Madrid',
      preferences: { ...NO_PREFERENCES, ...said },
      reach: { push: true, email: true },
      governed: [],
    }
  }
  say(preferences)
  const tally = createTally()
  let presence: PresenceFacts = NOBODY
  const { plan, planAgain } = createPlanner({
    facts: { rules, ladders: {} },
    available: () => CHANNELS,
    people: { find: id => (id === 'ann' ? ann : null) },
    tally,
    presenceOf: () => presence,
  })
  return { plan, planAgain, tally, say, look: (at: PresenceFacts) => void (presence = at) }
}

function done(id = 'evt_1'): PlannedEvent {
  return { id, user_id: 'ann', type: 'job.done', level: 'info' }
}

function actionOf(plan: ReturnType<typeof route>, of: Channel): string | undefined {
  return plan.steps.find(({ channel }) => channel === of)?.action
}

describe('a planner', () => {
  it('answers what route answers, whoever it is, whatever came before and whenever', () => {
    const preferences = {
      ...NO_PREFERENCES,
      quiet_hours: { from: '22:00', to: '07:00', paused_until: '2026-01-05T22:30:00.000Z' },
      mute: [
        { thread: 't1', until: '2026-01-05T15:00:00.000Z' },
        { type: 'deploy.*', until: '2026-01-05T23:00:00.000Z' },
      ],
      channels: [{ service: 'notes', email: true, push: false }],
    }
    const { plan } = open(preferences)
    const person = { preferences, zone: 'Europe/Madrid', sent: NONE }
    fc.assert(
      fc.property(events, fc.integer({ min: -24 * 60, max: 24 * 60 }), (event, minutes) => {
        const at = now + minutes * 60_000
        const known =
          event.user_id === 'ann' ? { ...facts, person, unreachable: [], presence: NOBODY } : { ...facts, ...NOWHERE }
        expect(plan(event, at)).toEqual(route(event, known, at))
      }),
      { numRuns: 500 },
    )
  })

  it('keeps no more than it needs when types are invented by the thousand', () => {
    const { plan } = open(null)
    for (let i = 0; i < 5_000; i++) plan({ ...done(), type: `made.up${i}` }, now)
    expect(plan(done(), now)).toBe(plan(done(), now))
  })

  it('shares one plan among all who said nothing, and one of his own with a person who did', () => {
    const { plan } = open({ mute: [{ service: 'ci' }] })
    expect(plan({ ...done(), user_id: 'bob' }, now)).toBe(plan({ ...done(), user_id: 'eve' }, now))
    expect(plan(done(), now)).toBe(plan({ ...done(), thread: 'x' }, now + HOUR))
    expect(plan(done(), now)).not.toBe(plan({ ...done(), user_id: 'bob' }, now))
  })

  it('goes by what the person says now', () => {
    const { plan, say } = open({ mute: [{ type: '*' }] })
    expect(actionOf(plan(done(), now), 'push')).toBe('suppress')
    say({ mute: [{ type: 'task.*' }] })
    expect(actionOf(plan(done(), now), 'push')).toBe('send')
    say(null)
    expect(plan(done(), now).steps.find(step => step.channel === 'push')).toMatchObject({ reason: 'unreachable' })
  })
})

describe('a person with a cap', () => {
  it('gets so many within an hour and no more, until the first is an hour old', () => {
    const { plan } = open({ caps: { push: { per_hour: 2 } } })
    const sent = (id: string, at: number) => actionOf(plan(done(id), at), 'push')
    expect([sent('a', now), sent('b', now + 1), sent('c', now + 2)]).toEqual(['send', 'send', 'suppress'])
    expect([sent('d', now + HOUR - 1), sent('e', now + HOUR)]).toEqual(['suppress', 'send'])
  })

  it('is not counted one that is repeated, held back or came to nothing', () => {
    const { plan, tally } = open({ caps: { push: { per_hour: 1 } }, quiet_hours: { from: '22:00', to: '07:00' } })
    const night = Date.parse('2026-01-05T22:00:00Z')
    expect(actionOf(plan(done('held'), night), 'push')).toBe('hold')
    expect(tally.count('ann', night).push).toEqual({ hour: 0, day: 0 })
    const day = night + 14 * HOUR
    plan(done('a'), day)
    tally.note('ann', 'push', 'a', day)
    expect(tally.count('ann', day).push).toEqual({ hour: 1, day: 1 })
    tally.forget('ann', 'a')
    expect(actionOf(plan(done('b'), day), 'push')).toBe('send')
  })
})
