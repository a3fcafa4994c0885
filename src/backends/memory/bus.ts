import type { Log } from '../../core/log.ts'
import type { Bus, BusTopics } from '../backend.ts'

type Listeners = { readonly [Topic in keyof BusTopics]: Set<(message: BusTopics[Topic]) => void> }

/** The bus of a single process: every listener has heard when `publish` returns. */
export function createMemoryBus(log: Log): Bus {
  const listeners: Listeners = {
    stream: new Set(),
    question: new Set(),
    changed: new Set(),
    synced: new Set(),
    signedOut: new Set(),
    restored: new Set(),
  }

  return {
    publish(topic, message) {
      for (const listen of listeners[topic]) {
        try {
          listen(message)
        } catch (error) {
          log.error('a listener failed', { topic, error: String(error) })
        }
      }
    },
    subscribe(topic, listen) {
      // The same function may listen twice, and ends once for each.
      const own: typeof listen = message => listen(message)
      listeners[topic].add(own)
      return () => void listeners[topic].delete(own)
    },
  }
}
