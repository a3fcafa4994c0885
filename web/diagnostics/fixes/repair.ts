import type { Fix } from '../fix.ts'

/** Registers the worker anew. */
export const repairFix: Fix = {
  name: 'repair',
  again: ['browser.worker.registered'],
  deadlineMs: 30_000,
  async run({ workers }) {
    await workers?.register()
  },
}
