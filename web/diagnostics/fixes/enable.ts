import type { Fix } from '../fix.ts'
import { expectOn } from './expect-on.ts'

/** Asks for the permission and subscribes. */
export const enableFix: Fix = {
  name: 'enable',
  again: ['browser.worker.registered', 'browser.permission'],
  // A person may think about what the browser asks.
  deadlineMs: 120_000,
  async run({ desk }) {
    if (desk !== null) expectOn(await desk.enable())
  },
}
