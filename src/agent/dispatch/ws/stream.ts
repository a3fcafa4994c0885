import type { Dispatcher } from '../dispatcher.ts'
import type { StreamApi } from '../../http/api.ts'
import { Hub, type HubOptions, type Presence } from './hub.ts'
import { createSseDoor } from './sse-door.ts'
import { createWsDispatcher } from './ws-dispatcher.ts'
import { createWsDoor, type WsDoorOptions } from './ws-door.ts'

export interface StreamOptions extends HubOptions, WsDoorOptions {}

/** Live delivery: the doors to it, the dispatcher of its channel, and what the agent does with the whole of it. */
export interface Stream extends StreamApi {
  readonly dispatcher: Dispatcher
  /** Connected clients. */
  clients(): number
  /** What all of them together have waiting for the network. */
  bufferedBytes(): number
  presenceOf(userId: string): Presence
  /** Sends everyone away to come back later; what has not gone after `graceMs` is cut. New ones are refused. */
  drain(graceMs: number): Promise<void>
  /** Closes everyone with 4010, as after a restore. It happens by itself when the bus tells of one. */
  reset(): void
  close(): void
}

export function createStream(options: StreamOptions): Stream {
  const hub = new Hub(options)
  const { upgrade } = createWsDoor(hub, options)
  const { openEventStream } = createSseDoor(hub, options)
  return {
    upgrade,
    openEventStream,
    dispatcher: createWsDispatcher(hub),
    clients: () => hub.clients,
    bufferedBytes: () => hub.bufferedBytes,
    presenceOf: userId => hub.presenceOf(userId),
    drain: graceMs => hub.drain(graceMs),
    reset: () => hub.reset(),
    close: () => hub.close(),
  }
}
