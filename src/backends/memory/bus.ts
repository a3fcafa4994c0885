import type { Log } from '../../core/log.ts'
import type { Bus, BusTopics } from '../backend.ts'

type Listener = (message: never) => void

/** The bus of a single process: every listener has heard when `publish` returns. */
export function createMemoryBus(log: Log): Bus {
  const listeners = new Map<keyof BusTopics, Set<Listener>>()

  return {
    publish(topic, message) {
      for (const listen of listeners.get(topic) ?? []) {
        try {
          listen(message as never)
        } catch (error) {
          log.error('a listener failed', { topic, error: String(error) })
        }
      }
    },
    subscribe(topic, listen) {
      const known = listeners.get(topic) ?? new Set()
      listeners.set(topic, known)
      known.add(listen)
      return () => void known.delete(listen)
    },
  }
}
