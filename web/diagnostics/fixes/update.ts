import type { Fix } from '../fix.ts'

/** Fetches the worker anew. */
export const updateFix: Fix = {
  name: 'update',
  again: ['browser.worker.registered'],
  deadlineMs: 30_000,
  async run({ workers }) {
    await workers?.update()
  },
}
