import { describe, expect, it } from 'vitest'
import { judge } from '#ec/commands/replay/judge.js'

const push = { key: 'k1', kind: 'push', state: 'processed' }
const caused = { outcome: 'accepted', notifications: [push], events: [{ type: 'github.push' }], settled: true } as const

describe('judge', () => {
  it.each([
    [{ status: 202 }, { status: 202, caused }, []],
    [{ status: null }, { status: 204, caused: null }, []],
    [{ status: null }, { status: 401, caused: null }, ['the status is 401; expected is 2xx']],
    [{ status: 202 }, { status: 500, caused: null }, ['the status is 500; expected is 202']],
    [
      { status: 202, notifications: [{ kind: 'push' }], events: [{ type: 'github.push' }] },
      { status: 202, caused },
      [],
    ],
    [
      { status: 202, notifications: [] },
      { status: 202, caused },
      ['no notification is expected; there is key k1, kind push'],
    ],
    [
      { status: 202, notifications: [{ key: 'k2', kind: 'push' }] },
      { status: 202, caused },
      ['the notification key k2, kind push is missing; there is key k1, kind push'],
    ],
    [
      { status: 202, events: [{ type: 'a' }] },
      { status: 202, caused: { ...caused, events: [] } },
      ['the event type a is missing; there is none'],
    ],
    [
      { status: 202, events: [{ type: 'github.push' }, { type: 'github.push' }] },
      { status: 202, caused },
      ['the event type github.push is missing; there is type github.push'],
    ],
    [
      { status: 202, events: [{ type: 'a' }] },
      { status: 202, caused: { ...caused, outcome: 'duplicate' as const, events: [] } },
      [],
    ],
    [
      { status: 202 },
      { status: 202, caused: { ...caused, settled: false } },
      ['it was taken, and its processing did not end in time'],
    ],
    [
      { status: 202 },
      { status: 202, caused: { ...caused, notifications: [{ ...push, state: 'dead' }] } },
      ['the processing of the notification push failed'],
    ],
  ])('of %j and %j says %j', (expected, found, differences) => {
    expect(judge(expected, found, false)).toEqual(differences)
  })

  it('does not hold a recorded key against a request that was changed', () => {
    const expected = { status: 202, notifications: [{ key: 'k2', kind: 'push' }] }
    expect(judge(expected, { status: 202, caused }, true)).toEqual([])
  })
})
