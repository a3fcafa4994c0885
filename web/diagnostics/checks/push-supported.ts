import type { Check } from '../check.ts'

export const pushSupportedCheck: Check = {
  code: 'browser.push.supported',
  needs: ['browser.worker.supported'],
  deadlineMs: 1_000,
  async run({ ctx }) {
    return ctx.surroundings.hasPush
      ? { status: 'ok', state: 'push.supported' }
      : { status: 'fail', state: 'push.unsupported' }
  },
}
