import { isSilent } from '../../../src/core/is-silent.ts'
import type { Check } from '../check.ts'

/** What its push service said last, and whether anything was shown since. */
export const pushSentCheck: Check = {
  code: 'browser.push.sent',
  needs: ['browser.push.known'],
  deadlineMs: 10_000,
  async run(looks) {
    const [id, { devices }] = await Promise.all([looks.device(), looks.reach()])
    const device = devices.find(one => one.id === id)
    if (device === undefined) return { status: 'unknown', state: 'push.unsent' }
    const { lastError, lastErrorAt, lastOkAt, unshown } = device
    if (lastError !== null) {
      return {
        status: 'fail',
        state: 'push.refused',
        facts: { reason: lastError, at: lastErrorAt ?? 0 },
        fixes: ['renew'],
      }
    }
    if (lastOkAt === null) return { status: 'unknown', state: 'push.unsent' }
    if (isSilent(device)) return { status: 'warn', state: 'push.unshown', facts: { count: unshown }, fixes: ['test'] }
    return { status: 'ok', state: 'push.sent', facts: { at: lastOkAt } }
  },
}
