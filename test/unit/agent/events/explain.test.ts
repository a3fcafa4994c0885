import { describe, expect, it } from 'vitest'
import { explain } from '#ec/agent/events/explain.js'
import { route } from '#ec/agent/route/route.js'
import type { StoredEvent } from '#ec/backends/store.js'
import { CHANNELS, type EcEvent } from '#ec/core/event.js'
import { NO_PREFERENCES } from '#ec/core/preferences.js'
import type { TraceRow } from '#ec/core/plan.js'

const AT = '2026-01-05T09:00:00.000Z'
const NOW = Date.parse(AT)

function stored(fields: Partial<EcEvent> = {}, state: Partial<StoredEvent> = {}): StoredEvent {
  const event: EcEvent = {
    id: 'evt_1',
    user_id: 'ann',
    type: 'job.done',
    title: 'Done',
    body: '',
    level: 'info',
    created_at: AT,
    ...fields,
  }
  return {
    json: JSON.stringify(event),
    id: event.id,
    userId: 'ann',
    seq: 7,
    keyId: null,
    plan: route(event, { available: ['ws'], rules: [] }, NOW),
    seenAt: null,
    readAt: null,
    archivedAt: null,
    snoozedUntil: null,
    answeredAt: null,
    retractedAt: null,
    ...state,
  }
}

function of(event: StoredEvent, trace: readonly TraceRow[] = [], now = NOW): string {
  return explain(event, trace, now).join('\n')
}

describe('explain', () => {
  it('says something about every channel, whatever the plan', () => {
    for (const channels of [undefined, [], ['push'], ['ws', 'email']] as const) {
      const text = of(stored(channels === undefined ? {} : { channels }))
      for (const channel of ['ws', 'push', 'email']) expect(text).toMatch(new RegExp(`^${channel}: `, 'm'))
    }
  })

  it('says that push was wanted and cannot be sent yet', () => {
    expect(of(stored())).toContain('push: not sent, this agent cannot send by push yet.')
    expect(of(stored())).toContain('email: not sent, the rule of its type leaves it out.')
  })

  it('names the configuration where no command or webhook takes the event, and the event where it left them out', () => {
    const facts = { available: ['ws', 'exec'], rules: [], outlets: [] } as const
    const told = (event: Partial<EcEvent>) => {
      const plan = route({ type: 'job.done', level: 'info', ...event }, facts, NOW)
      return of(stored(event, { plan }))
    }
    expect(told({})).toContain('exec: not sent, no command is set up for ann and this type, or it is switched off;')
    expect(told({ channels: ['ws'] })).toContain('exec: not sent, the event does not name it in `channels`.')
  })

  it('repeats the warnings of the plan', () => {
    const text = of(stored({ channels: ['ws'], channel_hint: 'push_only' }))
    expect(text).toContain(
      'Note: `channels` [ws] and `channel_hint` push_only contradict each other; `channels` was followed.',
    )
  })

  it('says that nobody was there yet, and where the event waits', () => {
    expect(of(stored())).toContain('ws: no client has taken it yet; as number 7 of the stream it goes to the next one')
  })

  it('tells a replay from a live delivery', () => {
    const sent = { at: AT, step: 'sent', channel: 'ws', count: 1 } as const
    expect(of(stored(), [{ ...sent, target: 'ses_1', reason: 'replay' }])).toContain(
      `ws: sent to 1 client that had missed it, the first at ${AT}.`,
    )
    expect(of(stored(), [sent])).toContain('ws: no client has confirmed yet that it arrived.')
  })

  it('tells a reserved place in time, an expiry, a withdrawal', () => {
    expect(of(stored({ deliver_at: '2026-02-01T00:00:00.000Z' }, { seq: null }))).toContain('2026-02-01T00:00:00.000Z')
    const passed = stored({ expires_at: '2026-01-05T09:00:01.000Z' })
    expect(of(passed, [], NOW + 2000)).toContain('It expired at 2026-01-05T09:00:01.000Z.')
    expect(of(passed)).not.toContain('It expired')
    const withdrawn = of(stored({}, { retractedAt: NOW }))
    expect(withdrawn).toContain('ws: not sent, it was withdrawn before a client connected.')
    expect(withdrawn).toContain(`Withdrawn at ${AT}.`)
  })

  it.each([
    [
      { mute: [{ type: 'task.*' }] },
      'ws: not sent, ann muted task.*; `ec prefs unmute --user ann --type "task.*"` ends that.',
    ],
    [
      { mute: [{ thread: 'release 42', until: '2026-01-05T10:00:00.000Z' }] },
      'ws: not sent, ann muted thread release 42 until 2026-01-05T10:00:00.000Z; `ec prefs unmute --user ann --thread "release 42"` ends that.',
    ],
    [
      { channels: [{ service: 'notes', push: false }] },
      'push: not sent, ann switched push off for service notes; `ec prefs set --user ann --service notes --push default` takes that back.',
    ],
    [
      { quiet_hours: { from: '08:00', to: '12:00' } },
      'push: held back until 2026-01-05T12:00:00.000Z, since ann has quiet hours; `ec prefs quiet-hours --user ann` changes them, and a critical event comes through.',
    ],
    [
      { caps: { push: { per_day: 3 } } },
      'push: not sent, ann had the 3 a day that are enough; `ec prefs cap push --user ann` changes that.',
    ],
    [{ channels: [{ type: '*', email: true }] }, 'email: ann switched it on for *.'],
  ])('tells what of a person’s preferences %j it was, and what would change it', (said, sentence) => {
    const event = { type: 'task.created', service: 'notes', thread: 'release 42', level: 'info' } as const
    const sent = { push: { hour: 1, day: 3 }, email: { hour: 0, day: 0 } }
    const person = { preferences: { ...NO_PREFERENCES, ...said }, zone: 'UTC', sent }
    const facts = { available: CHANNELS, rules: [{ pattern: 'task.*', channels: ['ws', 'push'] }], person } as const
    expect(of({ ...stored(event), plan: route(event, facts, NOW) }).split('\n')).toContain(sentence)
  })

  it('says why a question goes out in spite of a mute, and why by mail', () => {
    const event = { type: 'action.required', level: 'info' } as const
    const none = { hour: 0, day: 0 }
    const preferences = { ...NO_PREFERENCES, mute: [{ type: '*' }] }
    const person = { preferences, zone: 'UTC', sent: { push: none, email: none } }
    const muted = route(event, { available: CHANNELS, rules: [], person }, NOW)
    expect(of({ ...stored(event), plan: muted })).toContain('ws: goes out whatever ann switched off or muted')
    const deaf = route(event, { available: CHANNELS, rules: [], unreachable: ['push'] }, NOW)
    const text = of({ ...stored(event), plan: deaf })
    expect(text).toContain(
      'push: not sent, ann has no device that takes pushes; one is added on a page that asks the browser for it.',
    )
    expect(text).toContain('email: takes the place of a channel that reaches nobody.')
  })

  it('explains even a reason that it does not know', () => {
    const event = stored()
    const plan = {
      ...event.plan,
      rule: 'whim',
      steps: [{ channel: 'ws', action: 'suppress', reason: 'moon' }],
    } as const
    expect(of({ ...event, plan })).toContain('ws: not sent, because of moon.')
  })
})
