import { describe, expect, it } from 'vitest'
import { deliveryFields } from '#ec/agent/tui/delivery.js'
import type { Plan, TraceRow } from '#ec/core/plan.js'
import { formatLocalTime } from '#ec/core/local-time.js'

const AT = '2026-01-05T09:00:00.000Z'
const LATER = '2026-01-05T09:05:00.000Z'
const PLAN: Plan = {
  rule: 'type',
  warnings: [],
  inbox: true,
  steps: [
    { channel: 'ws', action: 'send', reason: 'type_rule' },
    { channel: 'push', action: 'send', reason: 'type_rule' },
    { channel: 'email', action: 'suppress', reason: 'not_chosen' },
  ],
}

function row(step: TraceRow['step'], fields: Partial<TraceRow> = {}): TraceRow {
  return { at: AT, step, channel: 'push', ...fields }
}

function phone(step: TraceRow['step'], fields: Partial<TraceRow> = {}): TraceRow {
  return row(step, { target: 'dev_1', about: 'a phone', ...fields })
}

function told(...trace: readonly TraceRow[]) {
  return Object.fromEntries(deliveryFields({ plan: PLAN, trace }))
}

describe('how an event is delivered', () => {
  it('is what was decided before anything came of it', () => {
    expect(told()).toEqual({ ws: 'no client has taken it yet', push: 'to be sent', email: 'not sent (not_chosen)' })
  })

  it('counts the clients on the stream', () => {
    const ws = { channel: 'ws' } as const
    const trace = [row('sent', { ...ws, count: 2 }), row('sent', { ...ws, reason: 'replay' }), row('received', ws)]
    expect(told(...trace)['ws']).toBe('sent to 3, arrived at 1')
  })

  it.each<[string, TraceRow]>([
    ['on its way', phone('queued')],
    [`sent ${formatLocalTime(AT)}`, phone('sent')],
    [`tried again ${formatLocalTime(LATER)} (429)`, phone('retrying', { until: LATER, reason: '429' })],
    ['failed (413)', phone('failed', { reason: '413' })],
    ['gone (410)', phone('gone', { reason: '410' })],
    [`shown ${formatLocalTime(AT)}`, phone('shown')],
    [`clicked ${formatLocalTime(AT)}`, phone('clicked')],
    [`dismissed ${formatLocalTime(AT)}`, phone('dismissed')],
  ])('says of a device what was last heard of it: %s', (text, last) => {
    expect(told(phone('queued'), last)).toMatchObject({ 'push a phone': text })
  })

  it('says what was decided of a channel later', () => {
    expect(told(row('held', { until: LATER, reason: 'presence' }))['push']).toBe(
      `held until ${formatLocalTime(LATER)} (presence)`,
    )
    expect(told(row('dropped', { reason: 'seen' }))['push']).toBe('not sent (seen)')
  })

  it('keeps two devices of one name apart', () => {
    const fields = deliveryFields({ plan: PLAN, trace: [phone('sent'), phone('shown', { target: 'dev_2' })] })
    expect(fields.filter(([where]) => where === 'push a phone')).toHaveLength(2)
  })
})
