import { Agent } from 'undici'
import { createHttpDoor, type HttpDoor } from '../../../core/http.ts'
import { isPublicAddress } from '../../../core/public-address.ts'
import { createGuardedLookup, type Resolve } from '../guard/guarded-lookup.ts'
import type { DispatchWorld } from '../outlets/world.ts'

export interface Networks {
  /** The way to the open internet alone, or one that leads into networks of one's own too. */
  door(allowPrivate: boolean): HttpDoor
  close(): Promise<void>
}

/** Of one receiver: as many as there can be webhooks in hand, so that none waits for a connection while its time runs. */
const CONNECTIONS = 32
const CONNECT_MS = 10_000

/**
 * The ways to webhooks, through the one door that counts each request. The addresses behind a name are judged at the moment
 * of the connection; an address in the URL itself is looked up by nobody, so the caller judges that.
 */
export function openNetworks(world: DispatchWorld, deadlineMs: number, resolve?: Resolve): Networks {
  const { clock, random, record } = world
  const doors = new Map<boolean, HttpDoor>()

  function open(allowPrivate: boolean): HttpDoor {
    const lookup = createGuardedLookup(allowPrivate ? () => true : isPublicAddress, resolve)
    const dispatcher = new Agent({
      connections: CONNECTIONS,
      headersTimeout: 0,
      connect: { lookup, timeout: CONNECT_MS },
    })
    const retry = { maxAttempts: 1, baseMs: 0, capMs: 0 }
    // Each receiver says itself what is too much for it.
    return createHttpDoor({ clock, random, record, retry, deadlineMs, budgetOf: () => null, dispatcher })
  }

  return {
    door(allowPrivate) {
      const known = doors.get(allowPrivate)
      if (known) return known
      const made = open(allowPrivate)
      doors.set(allowPrivate, made)
      return made
    },
    async close() {
      const opened = [...doors.values()]
      doors.clear()
      await Promise.all(opened.map(door => door.close()))
    },
  }
}
