import type { Check } from '../check.ts'
import { SOCKET_MS } from './ws-connect.ts'

/** Breaks a connection and goes on where it was. */
export const wsReplayCheck: Check = {
  code: 'browser.ws.replay',
  needs: ['browser.ws.signed'],
  deadlineMs: SOCKET_MS,
  async run(looks) {
    const { recovered, replayed } = await looks.socket()
    if (recovered === null) return { status: 'fail', state: 'ws.once' }
    if (!recovered) return { status: 'warn', state: 'ws.lost' }
    return { status: 'ok', state: 'ws.replayed', facts: { count: replayed } }
  },
}
