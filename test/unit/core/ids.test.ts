import { randomBytes } from 'node:crypto'
import { createIds } from '#ec/core/ids.js'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../support/fake-clock.ts'

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('ids', () => {
  it('are UUIDs of version 7 behind their prefix', () => {
    const ids = createIds(new FakeClock(), randomBytes)
    expect(ids.uuid()).toMatch(UUID_V7)
    expect(ids.next('evt').slice(4)).toMatch(UUID_V7)
    expect(ids.next('ses').startsWith('ses_')).toBe(true)
  })

  it('tell the millisecond in which they were made', () => {
    const clock = new FakeClock()
    const ids = createIds(clock, randomBytes)
    clock.advance(1234)
    expect(Number.parseInt(ids.uuid().replace('-', '').slice(0, 12), 16)).toBe(clock.now())
  })

  it('sort by when they were made: within a millisecond, across it, and when the clock steps back', () => {
    const clock = new FakeClock()
    const ids = createIds(clock, randomBytes)
    const made: string[] = []
    for (let i = 0; i < 3000; i++) {
      made.push(ids.next('evt'))
      if (i % 700 === 0) clock.advance(1)
      if (i === 1500) clock.jump(-3 * 3_600_000)
      if (i === 2500) clock.jump(6 * 3_600_000)
    }
    expect(made.toSorted()).toEqual(made)
    expect(new Set(made).size).toBe(made.length)
  })

  it('do not repeat when randomness does', () => {
    const ids = createIds(new FakeClock(), n => new Uint8Array(n))
    const made = Array.from({ length: 2000 }, () => ids.uuid())
    expect(new Set(made).size).toBe(2000)
  })
})
