import type { Check } from '../check.ts'

/** More are counted. */
const NAMED = 5

export const mutesCheck: Check = {
  code: 'user.mutes',
  needs: ['browser.session'],
  deadlineMs: 10_000,
  async run(looks) {
    const { mutes } = await looks.reach()
    if (mutes.length === 0) return { status: 'ok', state: 'mutes.none' }
    if (mutes.some(({ all }) => all)) return { status: 'fail', state: 'mutes.all', fixes: ['unmute'] }
    const names = mutes.slice(0, NAMED).map(({ name }) => name)
    const what = mutes.length > NAMED ? [...names, `+${mutes.length - NAMED}`] : names
    return { status: 'warn', state: 'mutes.some', facts: { what: what.join(', ') }, fixes: ['unmute'] }
  },
}
