import { describe, expect, it } from 'vitest'
import type { PushAnswer } from '#ec/agent/dispatch/push/answer.js'
import { outcomeOf } from '#ec/agent/dispatch/push/outcome-of.js'

const NOW = Date.parse('2026-01-05T09:00:00.000Z')

describe('what an answer of a push service means', () => {
  it.each<[PushAnswer, object]>([
    [said(200), { type: 'delivered' }],
    [said(201), { type: 'delivered' }],
    [said(202), { type: 'delivered' }],
    [said(404), { type: 'gone' }],
    [said(410), { type: 'gone' }],
    [said(413), { type: 'too_large' }],
    [said(429), { type: 'retry', afterMs: 60_000 }],
    [said(429, '', '120'), { type: 'retry', afterMs: 120_000 }],
    [said(429, '', 'Mon, 05 Jan 2026 09:05:00 GMT'), { type: 'retry', afterMs: 300_000 }],
    [said(401), { type: 'key_trouble', reason: '401' }],
    [said(403, '{"reason":"BadJwtToken"}'), { type: 'key_trouble', reason: '403 BadJwtToken' }],
    [said(400, '{"reason":"VapidPkHashMismatch"}'), { type: 'key_trouble', reason: '400 VapidPkHashMismatch' }],
    [said(400, 'the crypto headers are malformed'), { type: 'rejected' }],
    [said(301), { type: 'retry', afterMs: null }],
    [said(408), { type: 'retry', afterMs: null }],
    [said(500), { type: 'retry', afterMs: null }],
    [said(503, '', '7'), { type: 'retry', afterMs: 7_000 }],
    [
      { type: 'failed', failure: 'cut' },
      { type: 'retry', afterMs: null },
    ],
    [
      { type: 'failed', failure: 'deadline' },
      { type: 'retry', afterMs: null },
    ],
    [
      { type: 'failed', failure: 'connect' },
      { type: 'retry', afterMs: null },
    ],
    [
      { type: 'failed', failure: 'refused_stream' },
      { type: 'retry', afterMs: null },
    ],
  ])('%j', (answer, outcome) => {
    expect(outcomeOf(answer, NOW)).toMatchObject(outcome)
  })

  it('takes a device for gone by 404 and 410 alone', () => {
    const gone = Array.from({ length: 500 }, (_, i) => i + 100).filter(s => outcomeOf(said(s), NOW).type === 'gone')
    expect(gone).toEqual([404, 410])
  })
})

function said(status: number, text = '', retryAfter: string | null = null): PushAnswer {
  return { type: 'answered', status, text, retryAfter }
}
