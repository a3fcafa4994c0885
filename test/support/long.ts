/** `EC_LONG=1` runs the slow tests in full; otherwise a fair sample of them runs. */
export const LONG = process.env['EC_LONG'] === '1'

/** How many random cases to try: a sample, or twenty times as many. */
export function runs(sample: number): number {
  return LONG ? sample * 20 : sample
}
