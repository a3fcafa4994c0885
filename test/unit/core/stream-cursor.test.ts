import { describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import { formatCursor, parseCursor } from '#ec/core/stream-cursor.js'

describe('a stream cursor', () => {
  it.each([
    ['k3f.118', { epoch: 'k3f', seq: 118 }],
    ['k3f.0', { epoch: 'k3f', seq: 0 }],
    ['k3f.', null],
    ['.5', null],
    ['k3f.-1', null],
    ['k3f.01', null],
    ['k3f.1e3', null],
    ['k3f.99999999999999999', null],
    ['k3f.9007199254740993', null],
    ['', null],
    ['118', null],
    ['a b.1', null],
  ])('reads %j as %j', (text, expected) => {
    expect(parseCursor(text)).toEqual(expected)
  })

  it('is read back as it was written', () => {
    const cursor = fc.record({ epoch: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/), seq: fc.nat() })
    fc.assert(
      fc.property(cursor, c => {
        expect(parseCursor(formatCursor(c))).toEqual(c)
      }),
    )
  })
})
