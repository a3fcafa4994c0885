import { describe, expect, it } from 'vitest'
import type { PersonFacts, RoutedEvent, RouteFacts } from '#ec/agent/route/facts.js'
import { route } from '#ec/agent/route/route.js'
import { CHANNELS, type Channel } from '#ec/core/event.js'
import { NO_PREFERENCES, type Preferences } from '#ec/core/preferences.js'

const NOW = Date.parse('2026-01-05T09:00:00Z')
const NONE = { hour: 0, day: 0 }
const GOVERNED = ['build.done', 'job.done', 'action.required', 'reminder.due']

function decide(event: Partial<RoutedEvent>, preferences: Partial<Preferences> = {}, of: Channel = 'push') {
  return ask({ type: 'build.done', level: 'info', channels: CHANNELS, ...event }, preferences, of)
}

/** What becomes of mail for an event that names no channel. */
function mail(preferences: Partial<Preferences> = {}, facts: Partial<RouteFacts> = {}) {
  return ask({ type: 'job.done', level: 'info' }, preferences, 'email', facts)
}

function ask(event: RoutedEvent, preferences: Partial<Preferences>, of: Channel, facts: Partial<RouteFacts> = {}) {
  const person: PersonFacts = {
    preferences: { ...NO_PREFERENCES, ...preferences },
    zone: 'UTC',
    sent: { push: NONE, email: NONE },
    governed: GOVERNED,
  }
  const ladders = { 'job.done': [{ channel: 'push', after: 60_000, unless: 'read' }] } as const
  return route(event, { available: CHANNELS, rules: [], ladders, person, ...facts }, NOW).steps.filter(
    step => step.channel === of,
  )
}

const GONE = [{ channel: 'push', action: 'suppress', reason: 'governor', about: 'build.done' }]

describe('a type that the person never opens', () => {
  it('stays out of push, though the event names it, and out of nothing else', () => {
    expect(decide({})).toEqual(GONE)
    expect(decide({}, {}, 'ws')).toMatchObject([{ action: 'send' }])
    expect(decide({}, {}, 'email')).toMatchObject([{ action: 'send' }])
  })

  it('goes into the digest instead, for a person who gets one', () => {
    expect(mail()).toMatchObject([{ action: 'hold', reason: 'digest', until: '2026-01-06T08:00:00.000Z' }])
    for (const left of [
      mail({}, { unreachable: ['email'] }),
      mail({}, { available: ['ws', 'push'] }),
      mail({ channels: [{ type: 'job.done', email: false }] }),
      mail({ keep: ['job.done'] }),
    ]) {
      expect(left).toMatchObject([{ action: 'suppress' }])
    }
  })

  it('climbs no ladder to push', () => {
    expect(decide({ type: 'job.done' })).toEqual([{ ...GONE[0], about: 'job.done' }])
  })

  it.each([
    ['a critical event', { level: 'critical' }],
    ['a question', { type: 'action.required' }],
    ['a reminder', { type: 'reminder.due' }],
    ['another type', { type: 'build.failed' }],
  ] as const)('is never %s', (_what, event) => {
    expect(decide(event)[0]).toMatchObject({ action: 'send' })
  })

  it.each([
    ['keeps it', { keep: ['build.done'] }],
    ['keeps its family', { keep: ['build.*'] }],
    ['switched push on for it', { channels: [{ type: 'build.*', push: true }] }],
  ])('goes out to a person who %s', (_what, preferences) => {
    expect(decide({}, preferences)[0]).toMatchObject({ action: 'send' })
  })

  it('gives way to what the person said against it', () => {
    expect(decide({}, { mute: [{ type: 'build.*' }] })[0]).toMatchObject({ reason: 'muted' })
  })
})
