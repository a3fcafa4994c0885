import type { Check } from '../check.ts'

export const quietCheck: Check = {
  code: 'user.quiet',
  needs: ['browser.session'],
  deadlineMs: 10_000,
  async run(looks) {
    const { quiet } = await looks.reach()
    if (quiet === null) return { status: 'ok', state: 'quiet.none' }
    const until = quiet.until === null ? {} : { until: quiet.until }
    if (!quiet.now) return { status: 'ok', state: quiet.until === null ? 'quiet.none' : 'quiet.later', facts: until }
    const state = quiet.until === null ? 'quiet.always' : 'quiet.now'
    return { status: 'warn', state, facts: until, fixes: ['end-quiet'] }
  },
}
