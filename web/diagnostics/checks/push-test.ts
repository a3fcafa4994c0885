import type { Check } from '../check.ts'

/** A push to this very browser, from the agent to the screen. */
export const pushTestCheck: Check = {
  code: 'browser.push.test',
  needs: ['browser.push.known'],
  unasked: { status: 'unknown', state: 'test.unasked', fixes: ['test'] },
}

/** What a system hides, no page can see: the person is asked. */
export const pushSeenCheck: Check = {
  code: 'browser.push.seen',
  needs: ['browser.push.test'],
  unasked: { status: 'unknown', state: 'seen.asked', fixes: ['seen', 'unseen'] },
}
