import type { Check } from '../check.ts'

export const actionsCheck: Check = {
  code: 'browser.actions',
  needs: ['browser.permission'],
  deadlineMs: 1_000,
  async run({ ctx }) {
    const count = ctx.notifications?.maxActions ?? 0
    return count > 0
      ? { status: 'ok', state: 'actions.some', facts: { count } }
      : { status: 'skipped', state: 'actions.none' }
  },
}
