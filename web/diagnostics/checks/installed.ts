import type { Check } from '../check.ts'

/** On iPhone and iPad alone pushes come to nothing but an app on the home screen. */
export const installedCheck: Check = {
  code: 'browser.installed',
  needs: [],
  deadlineMs: 1_000,
  async run({ ctx }) {
    const { isIos, isInstalled } = ctx.surroundings
    if (isInstalled) return { status: 'ok', state: 'installed.yes' }
    return isIos ? { status: 'fail', state: 'installed.first' } : { status: 'skipped', state: 'installed.needless' }
  },
}
