import type { Check } from '../check.ts'
import { SOCKET_MS } from './ws-connect.ts'

export const wsSignedCheck: Check = {
  code: 'browser.ws.signed',
  needs: ['browser.ws.connect'],
  deadlineMs: SOCKET_MS,
  async run(looks) {
    const { opened, greeted, closed } = await looks.socket()
    if (greeted) return { status: 'ok', state: 'ws.greeted' }
    if (!opened) return { status: 'skipped', state: 'ws.refused' }
    return { status: 'fail', state: 'ws.stranger', facts: { reason: closed ?? '?' } }
  },
}
