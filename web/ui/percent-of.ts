import type { EcEvent } from '../../src/core/event.ts'

/** How far a job is, from 0 to 100; null when its event does not say. */
export function percentOf({ data }: Pick<EcEvent, 'data'>): number | null {
  const { progress, done, total } = data ?? {}
  const said =
    typeof progress === 'number'
      ? progress
      : typeof done === 'number' && typeof total === 'number' && total > 0
        ? (done / total) * 100
        : Number.NaN
  return Number.isFinite(said) ? Math.min(100, Math.max(0, Math.round(said))) : null
}
