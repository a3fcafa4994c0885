import type { Dispatcher } from './dispatcher.ts'
import { createExecDispatcher } from './exec/exec-dispatcher.ts'
import type { DispatchWorld } from './outlets/world.ts'
import { createWebhookDispatcher } from './webhook/webhook-dispatcher.ts'

/** The channels that need nothing but the configuration and the world. A new one is a file, and a line here. */
export const CHANNEL_LIST = {
  exec: createExecDispatcher,
  webhook: createWebhookDispatcher,
} as const satisfies Record<string, (world: DispatchWorld) => Dispatcher>

export function createDispatchers(world: DispatchWorld): readonly Dispatcher[] {
  return Object.values(CHANNEL_LIST).map(create => create(world))
}
