import { describe, expect, it } from 'vitest'
import { startPosition } from '#ec/agent/dispatch/ws/start-position.js'

const head = { seq: 100, pruned: 40, unread: { total: 0, action: 0 } }

describe('startPosition', () => {
  it.each([
    ['no cursor', null, { position: 100, recovered: true }],
    ['what is no cursor', undefined, { position: 100, recovered: false }],
    ['a cursor within reach', { epoch: 'e', seq: 60 }, { position: 60, recovered: true }],
    ['the head', { epoch: 'e', seq: 100 }, { position: 100, recovered: true }],
    ['beyond the head', { epoch: 'e', seq: 101 }, { position: 100, recovered: false }],
    ['the last that retention took', { epoch: 'e', seq: 40 }, { position: 40, recovered: true }],
    ['before that', { epoch: 'e', seq: 39 }, { position: 100, recovered: false }],
    ['another epoch', { epoch: 'f', seq: 60 }, { position: 100, recovered: false }],
  ])('from %s', (_name, cursor, expected) => {
    expect(startPosition(cursor, 'e', head)).toEqual(expected)
  })
})
