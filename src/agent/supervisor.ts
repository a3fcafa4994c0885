import { toEcError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'

/** Something that was started and must be stopped; what it stands on is stopped after it. */
export interface Part {
  readonly name: string
  stop(): Promise<void> | void
}

/**
 * Keeps the parts of the agent in the order in which they were started and stops them in reverse, each once. One that
 * fails to stop does not keep the others from it; the first error is thrown at the end.
 */
export class Supervisor {
  readonly #log: Log
  readonly #parts: Part[] = []

  constructor(log: Log) {
    this.#log = log
  }

  add(name: string, stop: () => Promise<void> | void): void {
    this.#parts.push({ name, stop })
  }

  async stop(): Promise<void> {
    const errors: unknown[] = []
    for (let part = this.#parts.pop(); part; part = this.#parts.pop()) {
      try {
        await part.stop()
      } catch (error) {
        this.#log.error('a part did not stop cleanly', { part: part.name, code: toEcError(error).code })
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
  }
}
