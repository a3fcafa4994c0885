import * as fc from 'fast-check'
import { packParts, unpackParts } from '#ec/agent/dispatch/push/pack-parts.js'
import { describe, expect, it } from 'vitest'

describe('parts of a buffer', () => {
  it('come back as they were packed', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), parts => {
        expect(unpackParts(packParts(parts)).map(part => [...part])).toEqual(parts.map(part => [...part]))
      }),
    )
  })
})
