import { describe, expect, it } from 'vitest'
import type { ApiCallSum, CallCause } from '#ec/core/api-call.js'
import { computeSaving, type Watched } from '#ec/core/saving.js'

const DAY_MS = 86_400_000
const NOW = Date.parse('2026-01-05T09:00:00.000Z')
const SPAN = { now: NOW, spanMs: DAY_MS }

function sum(cause: CallCause, calls: number, provider = 'google-calendar'): ApiCallSum {
  return { provider, account: 'ana', operation: 'events.list', cause, calls, retries: 0, failures: 0 }
}

function watched(n: number, fields: Partial<Watched> = {}): readonly Watched[] {
  return Array.from({ length: n }, () => ({
    provider: 'google-calendar',
    paused: false,
    since: NOW - 7 * DAY_MS,
    ...fields,
  }))
}

describe('what was saved', () => {
  it('is told against the old system and against a poller without waste', () => {
    const calls = [sum('webhook', 10), sum('probe', 2), sum('renew', 2)]
    expect(computeSaving(calls, watched(2), SPAN)).toEqual({
      watched: 2,
      made: 14,
      pace: 1,
      old: { calls: 576, savedPercent: ((576 - 14) / 576) * 100 },
      honest: { calls: 192, savedPercent: ((192 - 14) / 192) * 100 },
    })
  })

  it('is told in days of the sandbox where time runs', () => {
    const { old, honest } = computeSaving([sum('webhook', 10)], watched(1), { ...SPAN, pace: 2 })
    expect([old.calls, honest.calls]).toEqual([2 * 288, 2 * 96])
  })

  it.each(['write', 'pull', 'setup', 'auth'] as const)('leaves %s out: a poller would have it as well', cause => {
    expect(computeSaving([sum(cause, 50), sum('full', 3)], watched(1), SPAN).made).toBe(3)
  })

  it.each(['webhook', 'polling', 'full', 'user', 'renew', 'probe'] as const)('counts %s', cause => {
    expect(computeSaving([sum(cause, 5)], watched(1), SPAN).made).toBe(5)
  })

  it('compares calendars and mailboxes alone, on both sides', () => {
    const resources = [...watched(1), ...watched(3, { provider: 'github' })]
    expect(computeSaving([sum('webhook', 40, 'github')], resources, SPAN)).toMatchObject({ watched: 1, made: 0 })
  })

  it('invents no percentage when nothing is watched, or only since a moment ago', () => {
    expect(computeSaving([sum('webhook', 3)], [], SPAN)).toMatchObject({
      watched: 0,
      old: { calls: 0, savedPercent: null },
      honest: { calls: 0, savedPercent: null },
    })
    const young = watched(1, { since: NOW - 60_000 })
    expect(computeSaving([sum('full', 1)], young, SPAN).old.savedPercent).toBeNull()
  })

  it('invents no percentage when nothing was read: what reads nothing saves nothing', () => {
    expect(computeSaving([sum('write', 3)], watched(1), SPAN).old).toEqual({ calls: 288, savedPercent: null })
  })

  it('counts what is watched for less than the span for as long as it is', () => {
    const resources = [...watched(1), ...watched(1, { since: NOW - DAY_MS / 2 })]
    expect(computeSaving([], resources, SPAN).honest.calls).toBe(96 + 48)
  })

  it('does not count what is paused', () => {
    expect(computeSaving([], watched(2, { paused: true }), SPAN).watched).toBe(0)
  })

  it('says when more was asked than a poller would have', () => {
    expect(computeSaving([sum('full', 192)], watched(1), SPAN).honest.savedPercent).toBe(-100)
  })
})
