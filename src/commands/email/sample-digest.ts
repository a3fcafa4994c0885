import type { Digest } from '../../core/digest.ts'
import { BUILT_IN_TYPES } from '../../core/event.ts'
import { SAMPLES } from '../../core/samples.ts'

const HOUR_MS = 3_600_000
const HIDDEN = 12

/** A digest of the samples of all types that mail brings, an hour apart, with more behind them than it shows. */
export function sampleDigest(now: number): Digest {
  const events = BUILT_IN_TYPES.filter(type => type !== 'job.progress').map((type, place, all) => ({
    ...SAMPLES[type],
    id: `evt_${place}`,
    user_id: 'me',
    type,
    created_at: new Date(now - (all.length - place) * HOUR_MS).toISOString(),
  }))
  return { id: new Date(now).toISOString(), events, total: events.length + HIDDEN }
}
