import type { Check } from '../check.ts'

export const ANSWER_MS = 5_000

export const workerAnswersCheck: Check = {
  code: 'browser.worker.answers',
  needs: ['browser.worker.registered'],
  deadlineMs: ANSWER_MS + 2_000,
  async run({ ctx }) {
    const startedAt = ctx.clock.monotonic()
    const version = await ctx.workers?.askVersion(ANSWER_MS)
    if (typeof version !== 'string') return { status: 'fail', state: 'worker.silent', fixes: ['repair'] }
    return { status: 'ok', state: 'worker.answers', facts: { ms: Math.round(ctx.clock.monotonic() - startedAt) } }
  },
}
