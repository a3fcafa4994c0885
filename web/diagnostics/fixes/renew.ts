import type { Fix } from '../fix.ts'
import { expectOn } from './expect-on.ts'

/** Brings permission, subscription, key and the agent's record in step. */
export const renewFix: Fix = {
  name: 'renew',
  again: ['browser.worker.registered'],
  deadlineMs: 60_000,
  async run({ desk }) {
    if (desk === null) return
    const { status } = await desk.reconcile()
    // What was switched off or forgotten comes back by a click alone, and this is one.
    if (status !== 'on') expectOn(await desk.enable())
  },
}
