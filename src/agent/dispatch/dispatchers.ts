import type { Channel } from '../../core/event.ts'
import type { Dispatcher } from './dispatcher.ts'

/** The ways out that this agent has, by channel. A new one is a file of its own and a line where they are made. */
export type Dispatchers = ReadonlyMap<Channel, Dispatcher>

export function listDispatchers(dispatchers: readonly Dispatcher[]): Dispatchers {
  return new Map(dispatchers.map(dispatcher => [dispatcher.channel, dispatcher]))
}
