import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProgressGate } from '#ec/agent/dispatch/ws/progress-gate.js'
import type { EventItem } from '#ec/backends/store.js'

function item(seq: number, key = 'job:a'): EventItem {
  return { kind: 'event', userId: 'ann', seq, id: `evt_${seq}`, json: '{}', ws: true, progressKey: key }
}

describe('the progress gate', () => {
  it('lets the first through, keeps the newest of the rest', () => {
    const gate = new ProgressGate(500)
    expect([1, 2, 3].map(seq => gate.pass('a', item(seq), 0))).toEqual([true, false, false])
    expect(gate.takeDue(499)).toEqual([])
    expect(gate.takeDue(500).map(held => held.seq)).toEqual([3])
  })

  it('forgets a job that was silent', () => {
    const gate = new ProgressGate(500)
    gate.pass('a', item(1), 0)
    expect(gate.nextAt()).toBe(500)
    expect(gate.takeDue(500)).toEqual([])
    expect(gate.nextAt()).toBeNull()
    expect(gate.size).toBe(0)
  })

  it('gives up what it keeps for a job, and lets its next through', () => {
    const gate = new ProgressGate(500)
    gate.pass('a', item(1), 0)
    gate.pass('a', item(2), 1)
    expect(gate.take('a')?.seq).toBe(2)
    expect(gate.pass('a', item(3), 2)).toBe(true)
  })

  it('keeps again what could not be sent, unless there is newer', () => {
    const gate = new ProgressGate(500)
    gate.keep('a', item(1), 0)
    gate.pass('a', item(2), 100)
    gate.keep('a', item(1), 100)
    expect(gate.takeDue(600).map(held => held.seq)).toEqual([2])
  })

  it('sends at most two a second of each job, in order, and always the newest in the end', () => {
    const arrivals = fc.array(fc.record({ key: fc.constantFrom('a', 'b'), wait: fc.nat(400) }), { maxLength: 60 })
    fc.assert(
      fc.property(arrivals, list => {
        const gate = new ProgressGate(500)
        const out: { key: string; seq: number; at: number }[] = []
        const newest = new Map<string, number>()
        let now = 0
        const release = (until: number) => {
          for (let at = gate.nextAt(); at !== null && at <= until; at = gate.nextAt()) {
            for (const held of gate.takeDue(at)) {
              const key = held.progressKey ?? ''
              out.push({ key, seq: held.seq, at })
              gate.sent(key, at)
            }
          }
        }
        for (const [seq, { key, wait }] of list.entries()) {
          now += wait
          release(now)
          newest.set(key, seq)
          if (gate.pass(key, item(seq, key), now)) out.push({ key, seq, at: now })
        }
        release(now + 10_000)
        for (const key of ['a', 'b']) {
          const mine = out.filter(one => one.key === key)
          expect(mine.at(-1)?.seq).toBe(newest.get(key))
          for (const [i, one] of mine.entries()) {
            const before = mine[i - 1]
            if (before === undefined) continue
            expect(one.seq).toBeGreaterThan(before.seq)
            expect(one.at - before.at).toBeGreaterThanOrEqual(500)
          }
        }
      }),
    )
  })
})
