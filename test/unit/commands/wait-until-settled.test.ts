import { describe, expect, it } from 'vitest'
import { createClient, type Plan, type TraceRow } from '#ec/client.js'
import { waitUntilSettled } from '#ec/commands/wait-until-settled.js'
import { openStandIn, sendJson } from '../../support/stand-in.ts'

interface Moment {
  readonly event: {
    readonly type: string
    readonly seq: number | null
    readonly state: string
    readonly expires_at?: string
  }
  readonly steps: Plan['steps']
  readonly trace?: readonly Partial<TraceRow>[]
}

const EVENT = { id: 'e', user_id: 'u', type: 'a.b', title: 'T', body: '' }
const WS = { channel: 'ws', action: 'send', reason: 'default' } as const
const PUSH = { channel: 'push', action: 'send', reason: 'type_rule' } as const
const NO_MAIL = { channel: 'email', action: 'suppress', reason: 'not_chosen' } as const
const UNREAD = { type: 'a.b', seq: 1, state: 'unread' }

/** The outcome when the event looks like this, one moment after the other; null when it is still open at the last. */
async function outcomeOf(...moments: readonly Moment[]): Promise<string | null> {
  const stop = new AbortController()
  let asked = 0
  const agent = await openStandIn((request, response) => {
    // Each look asks twice: for the event and for its trace.
    const moment = moments[Math.min(Math.floor(asked++ / 2), moments.length - 1)]!
    if (asked > 2 * moments.length) stop.abort()
    const { event, steps, trace = [] } = moment
    const plan = { steps, rule: 'default', warnings: [], inbox: true }
    sendJson(response, 200, request.url.includes('/trace') ? { id: 'e', user: 'u', plan, trace, sentences: [] } : event)
  })
  const client = createClient({ url: agent.url, signal: stop.signal })
  try {
    return (await waitUntilSettled(client, EVENT, stop.signal)).outcome
  } catch {
    return null
  } finally {
    client.close()
  }
}

describe('an event is waited for', () => {
  it.each<[string, Moment, string | null]>([
    ['delivered when it is numbered and goes to sockets alone', { event: UNREAD, steps: [WS, NO_MAIL] }, 'delivered'],
    ['delivered when it goes nowhere', { event: UNREAD, steps: [NO_MAIL] }, 'delivered'],
    ['open while it waits for its instant', { event: { ...UNREAD, seq: null }, steps: [WS] }, null],
    ['open while a channel has not sent it', { event: UNREAD, steps: [WS, PUSH] }, null],
    ['open while a channel holds it back', { event: UNREAD, steps: [{ ...WS, action: 'hold' }] }, null],
    [
      'delivered when every channel has sent it',
      { event: UNREAD, steps: [WS, PUSH], trace: [{ step: 'sent', channel: 'push' }] },
      'delivered',
    ],
    [
      'delivered when nothing can be answered',
      { event: { ...UNREAD, type: 'action.required' }, steps: [WS] },
      'delivered',
    ],
    [
      'open while a device is tried again',
      {
        event: UNREAD,
        steps: [PUSH],
        trace: [
          { step: 'queued', channel: 'push', target: 'one' },
          { step: 'queued', channel: 'push', target: 'two' },
          { step: 'sent', channel: 'push', target: 'one' },
          { step: 'retrying', channel: 'push', target: 'two' },
        ],
      },
      null,
    ],
    [
      'delivered when every device has taken or refused it',
      {
        event: UNREAD,
        steps: [PUSH],
        trace: [
          { step: 'queued', channel: 'push', target: 'one' },
          { step: 'queued', channel: 'push', target: 'two' },
          { step: 'sent', channel: 'push', target: 'one' },
          { step: 'gone', channel: 'push', target: 'two' },
        ],
      },
      'delivered',
    ],
    ['expired', { event: { ...UNREAD, seq: null, expires_at: '2020-01-01T00:00:00Z' }, steps: [WS] }, 'expired'],
    ['withdrawn', { event: { ...UNREAD, state: 'retracted' }, steps: [PUSH] }, 'retracted'],
  ])('%s', async (_name, moment, outcome) => expect(await outcomeOf(moment)).toBe(outcome))

  it('until that changes', async () => {
    const waiting = { event: { ...UNREAD, seq: null }, steps: [WS] }
    expect(await outcomeOf(waiting, { event: UNREAD, steps: [WS] })).toBe('delivered')
  })

  it.each<[string, object, string, object | null]>([
    ['answered', { state: 'answered', answer: { option: 'yes' } }, 'answered', { option: 'yes' }],
    ['expired', { state: 'expired', answer: null }, 'expired', null],
    ['withdrawn', { state: 'cancelled', answer: null }, 'retracted', null],
  ])('as a question until it is %s', async (_name, question, outcome, answer) => {
    const agent = await openStandIn((request, response) => sendJson(response, 200, answerTo(request.url)))
    const answerTo = (url: string) => {
      if (url.includes('/trace')) return { id: 'e', user: 'u', plan: {}, trace: [], sentences: [] }
      return agent.seen.length < 3 ? { state: 'open', answer: null } : question
    }
    const client = createClient({ url: agent.url })
    const event = { ...EVENT, type: 'action.required', data: { options: ['yes'], action_id: 'act-7' } }
    const settled = await waitUntilSettled(client, event, new AbortController().signal)
    client.close()
    expect(settled).toMatchObject({ outcome, answer })
    expect(agent.seen.slice(0, 3).map(({ url }) => url)).toEqual(Array(3).fill('/api/questions/act-7?user=u&wait=25'))
  })
})
