import type { Check } from '../check.ts'

export const governorCheck: Check = {
  code: 'user.governor',
  needs: ['browser.session'],
  deadlineMs: 10_000,
  async run(looks) {
    const { governed } = await looks.reach()
    if (governed.length === 0) return { status: 'ok', state: 'governor.none' }
    return { status: 'warn', state: 'governor.some', facts: { what: governed.join(', ') }, fixes: ['keep'] }
  },
}
