import type { Check } from '../check.ts'

export const pushKnownCheck: Check = {
  code: 'browser.push.known',
  needs: ['browser.push.subscribed', 'browser.session'],
  deadlineMs: 10_000,
  async run(looks) {
    const [id, { devices }] = await Promise.all([looks.device(), looks.reach()])
    if (id !== null && devices.some(device => device.id === id))
      return { status: 'ok', state: 'push.known', facts: { device: id } }
    return { status: 'fail', state: 'push.stranger', fixes: ['renew'] }
  },
}
