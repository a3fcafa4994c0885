import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import * as fc from 'fast-check'
import { packCalls, unpackCalls } from '#ec/backends/sqlite/packed-calls.js'
import type { UnitCall } from '#ec/backends/sqlite/store-file.js'
import { describe, expect, it } from 'vitest'

/** What the other thread gets. */
function cross(calls: readonly UnitCall[]): readonly UnitCall[] {
  const { port1, port2 } = new MessageChannel()
  const { cells, handedOver } = packCalls(calls)
  port1.postMessage(cells, handedOver)
  const received: { message: readonly unknown[] } | undefined = receiveMessageOnPort(port2)
  port1.close()
  return unpackCalls(received?.message ?? [])
}

const args = fc.array(
  fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.integer(),
    fc.constant(null),
    fc.uint8Array(),
    fc.record({ id: fc.string(), at: fc.nat() }),
  ),
  { maxLength: 5 },
)
const calls = fc.array(fc.record({ name: fc.constantFrom('acceptNotification', 'claimJobs', 'prune'), args }))

describe('packCalls', () => {
  it('brings every call across as it was', () => {
    fc.assert(fc.property(calls, given => void expect(cross(given)).toEqual(given)))
  })

  it('leaves the bytes with the caller', () => {
    const body = Buffer.from('a body that lies in a larger buffer')
    const call = { name: 'acceptNotification', args: [body] } as const
    expect(cross([call, call])).toEqual([call, call].map(({ name }) => ({ name, args: [new Uint8Array(body)] })))
    expect(body.toString()).toBe('a body that lies in a larger buffer')
  })

  it('takes nothing for a call that is none', () => {
    expect(() => unpackCalls(['toString', 0])).toThrow('no list of calls')
    expect(() => unpackCalls(['prune'])).toThrow('no list of calls')
  })
})
