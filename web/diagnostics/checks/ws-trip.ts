import type { Check } from '../check.ts'
import { SOCKET_MS } from './ws-connect.ts'

const SLOW_MS = 1_000

export const wsTripCheck: Check = {
  code: 'browser.ws.trip',
  needs: ['browser.ws.signed'],
  deadlineMs: SOCKET_MS,
  async run(looks) {
    const trips = (await looks.socket()).trips.toSorted((a, b) => a - b)
    const median = trips[Math.floor(trips.length / 2)] ?? 0
    const facts = { ms: Math.max(1, Math.round(median)), worst: Math.max(1, Math.round(trips.at(-1) ?? 0)) }
    return median < SLOW_MS ? { status: 'ok', state: 'ws.quick', facts } : { status: 'warn', state: 'ws.slow', facts }
  },
}
