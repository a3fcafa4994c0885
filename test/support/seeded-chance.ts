import type { Chance } from '#ec/core/agent-options.js'
import { createRandom } from '#ec/sandbox/random.js'

/** The same seed gives the same numbers, and so, as far as the network keeps its order, the same run. Nothing for secrets. */
export function seededChance(seed: number): Chance {
  const random = createRandom(seed)
  return {
    random: () => random.next(),
    randomBytes: n => Uint8Array.from({ length: n }, () => random.between(0, 255)),
  }
}
