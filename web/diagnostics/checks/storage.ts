import type { Check } from '../check.ts'

export const storageCheck: Check = {
  code: 'browser.storage',
  needs: [],
  deadlineMs: 5_000,
  async run({ ctx }) {
    const kept = await ctx.storage.tryDatabase().catch(() => false)
    return kept ? { status: 'ok', state: 'storage.keeps' } : { status: 'fail', state: 'storage.blocked' }
  },
}
