import type { Clock } from '../../core/clock.ts'

/** Jobs between two pauses, in which others get their turn and the store gets to work. */
const BREATH = 32
/** Of work that gives way, so much is done whenever it has waited for so long. */
export const TRICKLE = 16
const YIELD_MS = 100

export interface TurnsOptions {
  readonly clock: Clock
  /** True while others should go first. */
  readonly busy: () => boolean
}

/**
 * Who works on the loop that everybody shares, and when: a few jobs, then a pause in which others are served. A sender
 * that waits for his answer goes before work that nobody waits for: while senders press, a pause lasts until they are
 * served, but not for ever, so that a flood never starves the work. All runs of a lane share these turns: were each of
 * them to have its own, many groups would take all the time there is.
 */
export class Turns {
  readonly #options: TurnsOptions
  /** When the turn began, by the monotonic clock: what waited to be claimed has given way already. */
  #since: number
  /** Jobs that may begin before the next pause. */
  #left = BREATH
  #pause: Promise<void> | null = null

  constructor(options: TurnsOptions) {
    this.#options = options
    this.#since = options.clock.monotonic()
  }

  /** Null: the next job may begin at once; else it may when this resolves. */
  next(): Promise<void> | null {
    if (this.#left === 0) return this.#wait()
    this.#left -= 1
    return null
  }

  /** Those who waited together go on in their order, as many as the turn has room for; the others wait for the next. */
  async #wait(): Promise<void> {
    while (this.#left === 0) await (this.#pause ??= this.#takePause())
    this.#left -= 1
  }

  async #takePause(): Promise<void> {
    await breathe()
    const isFree = await giveWay(this.#options, this.#since)
    this.#since = this.#options.clock.monotonic()
    this.#left = isFree ? BREATH : TRICKLE
    this.#pause = null
  }
}

/** Waits while others are busy, from `since` on; false: they are still, and work should go on at a trickle. */
export function giveWay({ busy, clock }: TurnsOptions, since = clock.monotonic()): Promise<boolean> | true {
  if (!busy()) return true
  return new Promise(resolve => {
    const until = since + YIELD_MS
    const look = (): void => {
      if (!busy()) resolve(true)
      else if (clock.monotonic() >= until) resolve(false)
      else clock.setTimer(look, 1)
    }
    look()
  })
}

function breathe(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
