import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { MAX_ROWS } from '#ec/agent/tui/activity-row.js'
import { reduce } from '#ec/agent/tui/reduce.js'
import type { ScreenState } from '#ec/agent/tui/state.js'
import { LONG } from '../../../support/long.ts'
import { eventRow, framed, notificationRow, screen } from '../../../support/screens.ts'

const A_DAY_OF_FRAMES = 24 * 3600 * 4

/** Every frame with an event, some with a notification too; a person pauses, filters and looks at things on the way. */
function live(frames: number, onFrame: (state: ScreenState) => void = () => {}): ScreenState {
  let state = screen()
  for (let i = 0; i < frames; i++) {
    const totals = { events: i, notifications: i }
    state = reduce(
      state,
      framed({ events: [eventRow(i)], notifications: i % 8 === 0 ? [notificationRow(i)] : [], totals }, i * 250),
    )
    if (i % 5000 === 0) state = reduce(state, { type: 'pause' })
    if (i % 7000 === 0) state = reduce(state, { type: 'filter', filter: 'task', isEditing: false })
    if (i % 7000 === 100) state = reduce(state, { type: 'filter', filter: '', isEditing: false })
    if (i % 1000 === 0) state = reduce(state, { type: 'move', move: 'up' })
    onFrame(state)
  }
  return state
}

/** Everything that the state holds, counted. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((sum: number, inner) => sum + sizeOf(inner), 1)
}

describe('a day of a stream', () => {
  it('leaves a state that is no larger than that of an hour', () => {
    const hour = sizeOf(live(A_DAY_OF_FRAMES / 24))
    let most = 0
    const day = live(A_DAY_OF_FRAMES, state => {
      most = Math.max(
        most,
        state.rows.length,
        state.visible.length,
        state.paused?.rows.length ?? 0,
        state.samples.length,
      )
    })
    expect(most).toBe(MAX_ROWS)
    expect(day.counted.events).toBe(A_DAY_OF_FRAMES - 1)
    // Numbers grow longer, and a pause holds a list of its own; nothing else may grow.
    expect(sizeOf(day)).toBeLessThan(2 * hour)
  })

  it.runIf(LONG)('leaves the heap as it was after its first hour', () => {
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    const heapAfter = (frames: number): number => {
      const state = live(frames)
      collect()
      const { heapUsed } = process.memoryUsage()
      expect(state.rows.length).toBe(MAX_ROWS)
      return heapUsed
    }
    const hour = heapAfter(A_DAY_OF_FRAMES / 24)
    expect(heapAfter(A_DAY_OF_FRAMES) - hour).toBeLessThan(8 * 1024 * 1024)
  })
})
