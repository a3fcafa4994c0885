import type { ActivityTotals } from '../../client/activity.ts'

/** Long enough to be calm, short enough to be now. */
const WINDOW_MS = 10_000
/** Frames come at most four times a second. */
const MAX_SAMPLES = 48

interface Sample {
  /** ms on a clock that never goes back. */
  readonly at: number
  readonly totals: ActivityTotals
}

export type Samples = readonly Sample[]

export function addSample(samples: Samples, sample: Sample): Samples {
  const kept = samples.filter(({ at }) => sample.at - at <= WINDOW_MS)
  // A quiet agent speaks every five seconds; one older sample keeps the rate honest.
  const base = kept.length === 0 ? samples.slice(-1) : kept
  return [...base, sample].slice(-MAX_SAMPLES)
}

/** Per second over the window; 0 until there are two samples. */
export function rateOf(samples: Samples, name: keyof ActivityTotals): number {
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined || last.at <= first.at) return 0
  return (Math.max(0, last.totals[name] - first.totals[name]) * 1000) / (last.at - first.at)
}
