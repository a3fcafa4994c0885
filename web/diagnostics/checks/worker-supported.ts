import type { Check } from '../check.ts'

export const workerSupportedCheck: Check = {
  code: 'browser.worker.supported',
  needs: ['browser.secure'],
  deadlineMs: 1_000,
  async run({ ctx }) {
    if (ctx.workers === null && ctx.surroundings.hasWorkers) return { status: 'unknown', state: 'worker.unset' }
    return ctx.workers === null
      ? { status: 'fail', state: 'worker.unsupported' }
      : { status: 'ok', state: 'worker.supported' }
  },
}
