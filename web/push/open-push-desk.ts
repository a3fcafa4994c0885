import type { PushDeskOptions } from './create-push-desk.ts'
import type { PushDesk } from './push-desk.ts'

/** Loads what push needs, which no page needs to show itself, and makes the desk. Rejects when it cannot be loaded now. */
export async function openPushDesk(options: PushDeskOptions): Promise<PushDesk> {
  const { createPushDesk } = await import('./create-push-desk.ts')
  // What is loaded later stands in a folder below the agent's address.
  return createPushDesk({ ...options, url: new URL(options.url ?? '.', import.meta.url).href })
}
