import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import type { Clock, Timer } from './clock.ts'

/**
 * Garbage may take as much room as what is in use, before it is collected. V8 itself lets it take three times as much on a
 * machine with memory to spare; what is saved by that is less than can be measured here.
 */
const GROWTH_PERCENT = 100
/** V8 looks for a quiet moment every 8 s, so it has one within each stretch. */
const LOOK_EVERY_MS = 10_000
/** The share of its time that the main thread works; an agent that only waits is far below it. */
const QUIET = 0.05

export interface HeapOptions {
  readonly clock: Clock
  /** How much of its time the main thread has worked since this was asked last, 0 to 1. */
  readonly load?: () => number
  /** Sets a flag of V8's, for all threads. */
  readonly setFlag?: (flag: string) => void
}

/**
 * Keeps the heap of this process near to what it holds, and lets it give back what it no longer needs; the way to end that.
 *
 * After much work, as a first read of everything, most of the heap is free and would be kept for good. V8 has a collector
 * for quiet times, which compacts what is left and gives the rest back; but in Node it never finds the time quiet, since it
 * takes a rate of nothing allocated for a high one (`--trace-gc-verbose` tells "high alloc" every 8 s). With
 * `--optimize-for-size` it does not ask. The flag makes the heap grow in small steps as well, and with it a first read took
 * half as much CPU again: so it is set for the first quiet stretch after work, and no longer.
 */
export function keepHeapSmall(options: HeapOptions): () => void {
  const { clock, load = measureLoad(), setFlag = setFlagsFromString } = options
  let worked = true
  let isSet = false
  let timer: Timer = clock.setTimer(look, LOOK_EVERY_MS)
  setFlag(`--heap-growing-percent=${GROWTH_PERCENT}`)

  function look(): void {
    const isQuiet = load() < QUIET
    preferSize(isQuiet && worked)
    worked = !isQuiet
    timer = clock.setTimer(look, LOOK_EVERY_MS)
  }

  function preferSize(wanted: boolean): void {
    if (wanted === isSet) return
    isSet = wanted
    setFlag(wanted ? '--optimize-for-size' : '--no-optimize-for-size')
  }

  return () => {
    timer.cancel()
    preferSize(false)
    // V8's own measure.
    setFlag('--heap-growing-percent=0')
  }
}

function measureLoad(): () => number {
  let last = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    last = now
    return utilization
  }
}
