import type { Fix } from '../fix.ts'

/** The person says whether the test could be seen. */
export const seenFix: Fix = {
  name: 'seen',
  again: [],
  deadlineMs: 1_000,
  async run(_ctx, tell) {
    tell('browser.push.seen', { status: 'ok', state: 'seen.yes' })
  },
}

export const unseenFix: Fix = {
  name: 'unseen',
  again: [],
  deadlineMs: 1_000,
  async run(_ctx, tell) {
    tell('browser.push.seen', { status: 'fail', state: 'seen.no', fixes: ['test'] })
  },
}
