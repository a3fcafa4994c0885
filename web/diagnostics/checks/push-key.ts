import type { Check } from '../check.ts'

/** A browser holds on to the key that it subscribed with; the agent may have another by now. */
export const pushKeyCheck: Check = {
  code: 'browser.push.key',
  needs: ['browser.push.subscribed', 'browser.session'],
  deadlineMs: 10_000,
  async run(looks) {
    const [key, found] = await Promise.all([looks.key(), looks.registered()])
    if (key === null) return { status: 'fail', state: 'push.keyless' }
    const own = found?.subscription?.key ?? null
    if (own === null) return { status: 'unknown', state: 'push.key-untold' }
    if (own === key.publicKey) return { status: 'ok', state: 'push.key-fits' }
    return { status: 'fail', state: 'push.key-old', fixes: ['renew'] }
  },
}
