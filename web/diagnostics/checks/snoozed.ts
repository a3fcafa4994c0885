import type { Check } from '../check.ts'

export const snoozedCheck: Check = {
  code: 'user.snoozed',
  needs: ['browser.session'],
  deadlineMs: 10_000,
  async run(looks) {
    const { count, until } = (await looks.reach()).snoozed
    if (count === 0 || until === null) return { status: 'ok', state: 'snoozed.none' }
    return { status: 'ok', state: 'snoozed.some', facts: { count, until } }
  },
}
