import { describe, expect, it } from 'vitest'
import { createTraceBuffer } from '#ec/agent/events/trace-buffer.js'
import type { NewTrace } from '#ec/backends/store.js'
import { EcError } from '#ec/core/errors.js'
import { silentLog } from '#ec/core/log.js'
import { FakeClock } from '../../../support/fake-clock.js'

const ROW: NewTrace = {
  userId: 'ann',
  eventId: 'evt_1',
  at: 0,
  step: 'sent',
  channel: 'ws',
  target: null,
  reason: null,
  count: 1,
}

function open(refuse = false) {
  const clock = new FakeClock()
  const writes: number[] = []
  const warnings: string[] = []
  const buffer = createTraceBuffer({
    clock,
    log: { ...silentLog, warn: message => warnings.push(message) },
    store: {
      async recordTraces(rows) {
        if (refuse) throw new EcError('EC_STORAGE_FULL', 'full')
        writes.push(rows.length)
      },
    },
  })
  return { clock, writes, warnings, buffer }
}

describe('the trace buffer', () => {
  it('writes all lines of a quarter of a second at once', () => {
    const { clock, writes, buffer } = open()
    for (let i = 0; i < 100; i++) buffer.add(ROW)
    clock.advance(249)
    expect(writes).toEqual([])
    clock.advance(1)
    expect(writes).toEqual([100])
    buffer.add(ROW)
    clock.advance(250)
    expect(writes).toEqual([100, 1])
    clock.advance(10_000)
    expect(writes).toHaveLength(2)
  })

  it('writes what is left when it is told to', async () => {
    const { writes, buffer } = open()
    buffer.add(ROW)
    await buffer.flush()
    expect(writes).toEqual([1])
  })

  it('keeps a bounded number and says that it left some out', () => {
    const { clock, writes, warnings, buffer } = open()
    for (let i = 0; i < 10_000; i++) buffer.add(ROW)
    clock.advance(250)
    expect(writes).toEqual([4000])
    expect(warnings).toEqual(['trace lines were left out'])
  })

  it('goes on after the store refused', async () => {
    const { warnings, buffer } = open(true)
    buffer.add(ROW)
    await buffer.flush()
    expect(warnings).toEqual(['trace lines could not be stored'])
  })
})
