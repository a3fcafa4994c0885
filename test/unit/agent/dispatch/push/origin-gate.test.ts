import type { PushAnswer } from '#ec/agent/dispatch/push/answer.js'
import { createOriginGate } from '#ec/agent/dispatch/push/origin-gate.js'
import { beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../../support/fake-clock.js'

const ORIGIN = 'https://push.example'
const answered = (status: number, retryAfter: string | null = null): PushAnswer => {
  return { type: 'answered', status, retryAfter, text: '' }
}
const CUT: PushAnswer = { type: 'failed', failure: 'cut' }

describe('the gate before a push service', () => {
  let clock: FakeClock
  let gate: ReturnType<typeof createOriginGate>
  const note = (device: number, answer: PushAnswer, times = 1): void => {
    for (let i = 0; i < times; i++) gate.note(new URL(`${ORIGIN}/send/${device}`), answer)
  }
  const isOpen = (): boolean => gate.check(ORIGIN) === null

  beforeEach(() => {
    clock = new FakeClock()
    gate = createOriginGate({ clock, random: () => 0.5 })
  })

  it('is open for whom nothing is known of, and after answers of any kind', () => {
    expect(isOpen()).toBe(true)
    for (const status of [201, 400, 401, 403, 404, 410, 413]) note(1, answered(status), 30)
    expect(isOpen()).toBe(true)
  })

  it('closes when several devices are throttled, for as long as the service said, with some spread', () => {
    note(1, answered(429, '90'))
    note(2, answered(429, '10'), 5)
    expect(isOpen()).toBe(true)
    note(3, answered(429, '20'))
    expect(gate.check(ORIGIN)).toEqual({ afterMs: 22_000, reason: 'the push service asked for patience (429)' })
    clock.advance(19_999)
    expect(isOpen()).toBe(false)
    clock.advance(1)
    expect(isOpen()).toBe(true)
  })

  it('does not believe a service that wants patience for a day', () => {
    for (const device of [1, 2, 3]) note(device, answered(429, '86400'))
    expect(gate.check(ORIGIN)?.afterMs).toBe(3_960_000)
  })

  it('waits a minute for a service that does not say how long', () => {
    for (const device of [1, 2, 3]) note(device, answered(429))
    expect(gate.check(ORIGIN)?.afterMs).toBe(66_000)
  })

  it('blames the devices when messages to others are taken in between', () => {
    for (const device of [1, 2, 3, 4, 5]) {
      note(device, answered(429, '90'))
      note(9, answered(201))
    }
    expect(isOpen()).toBe(true)
  })

  it('closes after many failures one after the other, and lets a single message see whether it is over', () => {
    note(1, CUT, 19)
    expect(isOpen()).toBe(true)
    note(1, answered(503))
    expect(gate.check(ORIGIN)).toEqual({ afterMs: 33_000, reason: 'the push service is out of order' })
    // Those that were under way.
    note(1, CUT, 50)
    clock.advance(30_000)
    expect(isOpen()).toBe(true)
    expect(gate.check(ORIGIN)?.afterMs).toBe(5_500)
    note(1, answered(201))
    expect([isOpen(), isOpen()]).toEqual([true, true])
  })

  it('rests twice as long each time, up to five minutes', () => {
    note(1, CUT, 20)
    const rests = []
    for (let i = 0; i < 6; i++) {
      const { afterMs = 0 } = gate.check(ORIGIN) ?? {}
      rests.push(afterMs / 1.1 / 1000)
      clock.advance(afterMs)
      expect(isOpen()).toBe(true)
      note(1, CUT)
    }
    expect(rests.map(Math.round)).toEqual([30, 60, 120, 240, 300, 300])
  })

  it('learns nothing from messages that the agent gave up itself, and lets the next one try', () => {
    note(1, { type: 'failed', failure: 'aborted' }, 50)
    note(1, { type: 'failed', failure: 'address_refused' }, 50)
    expect(isOpen()).toBe(true)
    note(1, CUT, 20)
    clock.advance(30_000)
    expect([isOpen(), isOpen()]).toEqual([true, false])
    note(1, { type: 'failed', failure: 'aborted' })
    expect([isOpen(), isOpen()]).toEqual([true, false])
    // Nobody heard of that one again.
    clock.advance(60_000)
    expect([isOpen(), isOpen()]).toEqual([true, false])
  })

  it('knows each service for itself', () => {
    note(1, CUT, 20)
    expect(gate.check('https://other.example')).toBeNull()
  })
})
