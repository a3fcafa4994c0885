import { describe, expect, it } from 'vitest'
import { explain } from '#ec/agent/events/explain.js'
import { route } from '#ec/agent/route/route.js'
import type { StoredEvent } from '#ec/backends/store.js'
import type { EcEvent } from '#ec/core/event.js'
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
