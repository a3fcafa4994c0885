/** Waits between attempts, which grow as they fail; see docs/stream.md. */
const BACKOFF = {
  firstMs: 300,
  mostMs: 20_000,
  /** After so many failures the agent is not back soon. */
  patientAfter: 10,
  patientMostMs: 300_000,
} as const

/**
 * How long to wait after so many failures in a row: anything up to a bound that doubles, so that many clients that lost
 * their connection at once come back spread out. `random` in [0, 1).
 */
export function backoffMs(failures: number, random: number): number {
  const { firstMs, mostMs, patientAfter, patientMostMs } = BACKOFF
  const early = Math.min(mostMs, firstMs * 2 ** Math.min(failures, 30))
  const late = Math.min(patientMostMs, mostMs * 2 ** Math.min(failures - patientAfter, 30))
  return Math.round(random * (failures <= patientAfter ? early : late))
}
