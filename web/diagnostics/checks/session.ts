import { CenterError } from '../../center/center-error.ts'
import type { Check } from '../check.ts'

/** Whether the agent knows who is in front of this browser. */
export const sessionCheck: Check = {
  code: 'browser.session',
  needs: ['browser.agent'],
  deadlineMs: 10_000,
  async run(looks) {
    try {
      return { status: 'ok', state: 'session.known', facts: { user: await looks.user() } }
    } catch (error) {
      if (error instanceof CenterError && error.status === 401) return { status: 'fail', state: 'session.out' }
      const { foreign } = looks.ctx.surroundings
      // It answers, but not to this site.
      if (error instanceof CenterError && error.status === 0 && foreign !== null) {
        return { status: 'fail', state: 'session.foreign', facts: { site: foreign } }
      }
      throw error
    }
  },
}
