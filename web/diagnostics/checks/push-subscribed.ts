import type { Check } from '../check.ts'

export const pushSubscribedCheck: Check = {
  code: 'browser.push.subscribed',
  needs: ['browser.push.supported', 'browser.worker.registered', 'browser.permission'],
  deadlineMs: 10_000,
  async run(looks) {
    const found = await looks.registered()
    if (found !== null && found.subscription !== null) return { status: 'ok', state: 'push.subscribed' }
    // Whoever is signed out is told so elsewhere.
    const key = await looks.key().catch(() => undefined)
    if (key === null) return { status: 'fail', state: 'push.keyless' }
    return { status: 'fail', state: 'push.unsubscribed', fixes: ['enable'] }
  },
}
