import { describe, expect, it } from 'vitest'
import { outcomeOfStatus } from '#ec/agent/dispatch/webhook/outcome-of-status.js'

const NOW = Date.parse('2026-01-05T09:00:00Z')
const of = (status: number, retryAfter: string | null = null) => outcomeOfStatus({ status, retryAfter }, NOW)

describe('the answer of a webhook', () => {
  it('is a success with any 2xx, the end with 410, and to be tried again otherwise', () => {
    const all = Array.from({ length: 400 }, (_, i) => 200 + i)
    expect(all.filter(status => of(status).type === 'delivered')).toEqual(all.slice(0, 100))
    expect(all.filter(status => of(status).type === 'gone')).toEqual([410])
    expect(all.filter(status => of(status).type === 'rejected')).toEqual([])
  })

  it.each([
    [503, '120', 120_000],
    [503, '1.5', 1_500],
    [503, 'Mon, 05 Jan 2026 09:10:00 GMT', 600_000],
    [503, 'Mon, 05 Jan 2026 08:00:00 GMT', 0],
    [503, 'soon', null],
    [503, null, null],
    [429, null, 60_000],
    [429, '7', 7_000],
    [429, '99999999', 24 * 3_600_000],
    [404, '30', 30_000],
  ])('asks for patience: %d with Retry-After %s', (status, retryAfter, afterMs) => {
    expect(of(status, retryAfter)).toMatchObject({ type: 'retry', afterMs })
  })

  it.each([
    [302, 'it answered 302; redirects are not followed'],
    [401, 'it answered 401'],
    [429, 'it asked for patience (429)'],
  ])('says what came: %d', (status, reason) => {
    expect(of(status)).toMatchObject({ reason })
  })
})
