import type { Check } from '../check.ts'
import { ANSWER_MS } from './worker-answers.ts'

/** A worker stays until the browser looks for a newer one, which it may do once a day. */
export const workerCurrentCheck: Check = {
  code: 'browser.worker.current',
  needs: ['browser.worker.answers'],
  deadlineMs: ANSWER_MS + 2_000,
  async run({ ctx }) {
    const wanted = ctx.version
    const version = (await ctx.workers?.askVersion(ANSWER_MS)) ?? '?'
    if (version === wanted) return { status: 'ok', state: 'worker.current', facts: { version } }
    return { status: 'warn', state: 'worker.old', facts: { version, wanted }, fixes: ['update'] }
  },
}
