import { expect, it } from 'vitest'
import { keepHeapSmall } from '#ec/core/keep-heap-small.js'
import { FakeClock } from '../../support/fake-clock.ts'

const STRETCH_MS = 10_000
const [ON, OFF] = ['--optimize-for-size', '--no-optimize-for-size']

/** What is set while the main thread works as much as `loads` says, a stretch each. */
function flagsOf(loads: readonly number[]): readonly string[] {
  const clock = new FakeClock()
  const flags: string[] = []
  const left = [...loads]
  keepHeapSmall({ clock, load: () => left.shift() ?? 0, setFlag: flag => void flags.push(flag) })
  for (const _ of loads) clock.advance(STRETCH_MS)
  return flags
}

const GROWTH = expect.stringMatching(/^--heap-growing-percent=\d+$/)

it.each([
  ['from the start it only bounds the growth', [1, 1, 1], [GROWTH]],
  ['the first quiet stretch after work gives memory back', [1, 0], [GROWTH, ON]],
  ['the next one leaves things as they are', [1, 0, 0, 0, 0], [GROWTH, ON, OFF]],
  ['work that comes meanwhile gets its room', [1, 0, 0.8], [GROWTH, ON, OFF]],
  ['the quiet after that gives memory back again', [1, 0, 0, 0.8, 0.01], [GROWTH, ON, OFF, ON]],
  ['work without a pause is left alone', [0.06, 0.06, 0.06, 0.06], [GROWTH]],
])('%s', (_, loads, flags) => {
  expect(flagsOf(loads)).toEqual(flags)
})

it('leaves V8 as it was when it is ended', () => {
  const clock = new FakeClock()
  const flags: string[] = []
  const end = keepHeapSmall({ clock, load: () => 0, setFlag: flag => void flags.push(flag) })
  clock.advance(STRETCH_MS)
  end()
  clock.advance(10 * STRETCH_MS)
  expect(flags).toEqual([GROWTH, ON, OFF, '--heap-growing-percent=0'])
})
