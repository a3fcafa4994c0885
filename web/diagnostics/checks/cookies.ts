import type { Check } from '../check.ts'

export const cookiesCheck: Check = {
  code: 'browser.cookies',
  needs: [],
  deadlineMs: 1_000,
  async run({ ctx }) {
    return ctx.storage.tryCookie()
      ? { status: 'ok', state: 'cookies.kept' }
      : { status: 'fail', state: 'cookies.blocked' }
  },
}
