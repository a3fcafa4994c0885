import type { Check } from '../check.ts'

export const badgeCheck: Check = {
  code: 'browser.badge',
  needs: ['browser.secure'],
  deadlineMs: 1_000,
  async run({ ctx }) {
    return ctx.surroundings.hasBadge ? { status: 'ok', state: 'badge.yes' } : { status: 'skipped', state: 'badge.no' }
  },
}
