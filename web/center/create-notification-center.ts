import { createBrowserWorld } from './browser-world.ts'
import type { CenterOptions, NotificationCenter } from './center.ts'
import { createCenter } from './create-center.ts'

/** Connects to the agent and stays so, until it is closed. */
export function createNotificationCenter(options: CenterOptions = {}): NotificationCenter {
  return createCenter(options, createBrowserWorld())
}
