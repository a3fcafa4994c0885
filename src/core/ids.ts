import { v7 } from 'uuid'
import type { Clock } from './clock.ts'

/** `n` random bytes; `crypto.randomBytes` outside of tests. */
export type RandomBytes = (n: number) => Uint8Array

export type IdPrefix = 'evt' | 'ses' | 'key' | 'dev' | 'sgn'

/**
 * Makes ids that sort by the moment they were made (UUIDv7, RFC 9562), also within one millisecond and when the wall
 * clock steps back, so that an index over them only ever grows at its end.
 */
export interface Ids {
  /** `evt_0192f0c1-...` */
  next(prefix: IdPrefix): string
  /** A bare UUIDv7, as it stands in webhook URLs. */
  uuid(): string
}

export function createIds(clock: Clock, randomBytes: RandomBytes): Ids {
  let lastMs = 0
  let seq = 0
  // One call to the system's source of randomness serves many ids.
  let pool: Uint8Array = new Uint8Array()
  let used = 0

  function random16(): Uint8Array {
    if (used + 16 > pool.length) [pool, used] = [randomBytes(4096), 0]
    used += 16
    return pool.subarray(used - 16, used)
  }

  /** The counter begins somewhere in its lower half, so that ids of one millisecond cannot be guessed from each other. */
  function randomStart(): number {
    const [a = 0, b = 0, c = 0, d = 0] = random16()
    return (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) & 0x3fffffff
  }

  function uuid(): string {
    const now = clock.now()
    if (now > lastMs) {
      lastMs = now
      seq = randomStart()
    } else if (++seq > 0x7fffffff) {
      lastMs += 1
      seq = randomStart()
    }
    return v7({ msecs: lastMs, seq, random: random16() })
  }

  return { uuid, next: prefix => `${prefix}_${uuid()}` }
}
