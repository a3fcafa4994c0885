import type { Check } from '../check.ts'

/** All that is looked at by sockets is looked at together. */
export const SOCKET_MS = 15_000

export const wsConnectCheck: Check = {
  code: 'browser.ws.connect',
  needs: ['browser.session'],
  deadlineMs: SOCKET_MS,
  async run(looks) {
    const { opened } = await looks.socket()
    return opened ? { status: 'ok', state: 'ws.opens' } : { status: 'warn', state: 'ws.refused' }
  },
}
