import type { Check } from '../check.ts'

/** Nobody is in trouble for less. */
const NOTABLE_MS = 60_000
/** Keys and tokens are refused beyond it. */
const HARMFUL_MS = 5 * 60_000

/** The clock of this device beside the agent's. */
export const clockCheck: Check = {
  code: 'browser.clock',
  needs: ['browser.agent'],
  deadlineMs: 10_000,
  async run(looks) {
    const { skewMs } = await looks.health()
    if (skewMs === null) return { status: 'unknown', state: 'clock.untold' }
    const off = Math.abs(skewMs)
    const seconds = Math.round(off / 1000)
    if (off < NOTABLE_MS) return { status: 'ok', state: 'clock.right', facts: { seconds } }
    // The agent is ahead: this device is late.
    const state = skewMs > 0 ? 'clock.late' : 'clock.early'
    return { status: off < HARMFUL_MS ? 'warn' : 'fail', state, facts: { minutes: Math.round(off / 60_000) } }
  },
}
