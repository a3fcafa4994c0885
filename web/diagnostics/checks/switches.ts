import type { Check } from '../check.ts'

export const switchesCheck: Check = {
  code: 'user.switches',
  needs: ['browser.session'],
  deadlineMs: 10_000,
  async run(looks) {
    const { off } = await looks.reach()
    if (!off.includes('push'))
      return { status: 'ok', state: off.includes('email') ? 'switches.mail-off' : 'switches.on' }
    return { status: 'warn', state: 'switches.push-off', fixes: ['switch-on'] }
  },
}
