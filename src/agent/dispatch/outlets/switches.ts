import type { Store } from '../../../backends/store.ts'
import type { Channel } from '../../../core/event.ts'

/** Which outlets of a channel are switched off: it outlives restarts, and stands by the name, whatever else changes. */
export interface Switches {
  isOn(name: string): Promise<boolean>
  set(name: string, on: boolean): Promise<void>
}

export function createSwitches(store: Pick<Store, 'listFeatures' | 'setFeature'>, channel: Channel): Switches {
  const keyOf = (name: string): string => `channels.${channel}.${name}`
  return {
    isOn: async name => (await store.listFeatures())[keyOf(name)] ?? true,
    set: (name, on) => store.setFeature(keyOf(name), on),
  }
}
