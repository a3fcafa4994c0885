import type { Check } from '../check.ts'

export const emailCheck: Check = {
  code: 'user.email',
  needs: ['browser.session'],
  deadlineMs: 10_000,
  async run(looks) {
    const { state, address, reason } = (await looks.reach()).email
    if (state === 'fine') return { status: 'ok', state: 'email.fine', facts: { address } }
    if (state === 'suppressed') return { status: 'fail', state: 'email.returned', facts: { address, reason } }
    if (state === 'none') return { status: 'warn', state: 'email.none' }
    return { status: 'skipped', state: 'email.serverless' }
  },
}
