import { OUTLET_CHANNELS } from '../../core/event.ts'
import type { Dispatcher } from './dispatcher.ts'
import { createExecDispatcher } from './exec/exec-dispatcher.ts'
import type { DispatchWorld } from './outlets/world.ts'
import { createWebhookDispatcher } from './webhook/webhook-dispatcher.ts'

/** The channels that need nothing but the configuration and the world. A new one is a file, and a line here. */
export const CHANNEL_LIST = {
  exec: createExecDispatcher,
  webhook: createWebhookDispatcher,
} as const satisfies Record<keyof DispatchWorld['channels'], (world: DispatchWorld) => Dispatcher>

/** Those of them that something is set up for. */
export function createDispatchers(world: DispatchWorld): readonly Dispatcher[] {
  return OUTLET_CHANNELS.filter(channel => world.channels[channel].length > 0).map(channel =>
    CHANNEL_LIST[channel](world),
  )
}
