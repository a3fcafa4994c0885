import type { Check } from '../check.ts'

/** Browsers keep workers, push, camera and microphone from pages that anybody on the way could have changed. */
export const secureCheck: Check = {
  code: 'browser.secure',
  needs: [],
  deadlineMs: 1_000,
  async run({ ctx }) {
    return ctx.surroundings.isSecure ? { status: 'ok', state: 'secure.yes' } : { status: 'fail', state: 'secure.no' }
  },
}
