import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { createIds } from '#ec/core/ids.js'
import { FakeClock } from '../../support/fake-clock.ts'

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

it('sorts by the moment of making, within a millisecond and when the clock steps back', () => {
  const clock = new FakeClock()
  const ids = createIds(clock, randomBytes)
  const made: string[] = []
  for (let i = 0; i < 1000; i++) {
    made.push(ids.uuid())
    if (i % 100 === 50) clock.advance(3)
    if (i === 500) clock.jump(-3_600_000)
  }
  expect(made.toSorted()).toEqual(made)
  expect(new Set(made).size).toBe(1000)
  for (const id of made) expect(id).toMatch(UUID_V7)
})

it('tells of what kind an id is', () => {
  const ids = createIds(new FakeClock(), randomBytes)
  expect(ids.next('evt')).toMatch(/^evt_/)
})
