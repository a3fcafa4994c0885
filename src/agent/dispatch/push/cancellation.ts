import type { PushFailure } from './answer.ts'

/**
 * Why a send is given up, and whom to tell. Node's `AbortController` does the same at ten times the price, and there is one
 * of these for each of thousands of messages a second.
 */
export class Cancellation {
  #why: PushFailure | null = null
  /** In the order in which they came; most have none or one. */
  #listeners: readonly (() => void)[] = []

  /** Null as long as it goes on. */
  get why(): PushFailure | null {
    return this.#why
  }

  /** The first reason counts. */
  cancel(why: PushFailure): void {
    if (this.#why !== null) return
    this.#why = why
    const listeners = this.#listeners
    this.#listeners = []
    for (const listen of listeners) listen()
  }

  /** Told once, when it is given up from now on. */
  add(listen: () => void): void {
    this.#listeners = [...this.#listeners, listen]
  }

  remove(listen: () => void): void {
    this.#listeners = this.#listeners.filter(one => one !== listen)
  }
}
