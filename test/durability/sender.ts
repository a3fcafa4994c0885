import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'undici'
import type { KilledAgent } from './killed-agent.ts'
import type { Ledger } from './ledger.ts'
import type { Parcel } from './parcel.ts'
import type { Random } from './random.ts'

export interface SenderOptions {
  readonly agent: Pick<KilledAgent, 'up'>
  readonly ledger: Ledger
  readonly random: Random
  /** The next new parcel. */
  readonly make: () => Parcel
}

/** Answered parcels that are remembered, to be sent once more. */
const REMEMBERED = 200

/**
 * One connection at full speed: a request, its answer, the next. What got no answer is sent again, as a provider or a
 * careful client does; now and then what got one is sent again too; and some of what got none is given up for good.
 */
export class Sender {
  readonly #options: SenderOptions
  readonly #again: Parcel[] = []
  readonly #answered: Parcel[] = []

  constructor(options: SenderOptions) {
    this.#options = options
  }

  /** Sends until `signal` aborts; what is left unanswered is kept for `finish`. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#serve(signal, () => this.#next())
  }

  /** Sends again all that was not answered, until it is. */
  async finish(): Promise<void> {
    const done = new AbortController()
    await this.#serve(done.signal, () => {
      const parcel = this.#again.shift()
      if (parcel === undefined) done.abort()
      return parcel ?? null
    })
  }

  async #serve(signal: AbortSignal, next: () => Parcel | null): Promise<void> {
    while (!signal.aborted) {
      const { url } = await this.#options.agent.up()
      const client = new Client(url, { connectTimeout: 5_000, headersTimeout: 60_000 })
      try {
        while (!signal.aborted) {
          const parcel = next()
          if (parcel !== null) await this.#send(client, parcel)
        }
      } catch {
        // The agent was killed; there will be another.
        await sleep(5)
      } finally {
        await client.destroy()
      }
    }
  }

  async #send(client: Client, parcel: Parcel): Promise<void> {
    const { ledger, random } = this.#options
    const { path, headers, body } = parcel
    ledger.sent(parcel)
    let status: number
    let text: string
    try {
      const answer = await client.request({ method: 'POST', path, headers, body })
      status = answer.statusCode
      text = await answer.body.text()
    } catch (error) {
      ledger.unanswered()
      if (parcel.repeatable && !random.oneIn(10)) this.#again.push(parcel)
      throw error
    }
    ledger.answered(parcel, status, text)
    if (status < 300) return this.#remember(parcel)
    if (status !== 503) throw new Error(`${path} was answered ${status}: ${text}`)
    // It stops, or its disk is full: it said to come again.
    if (parcel.repeatable) this.#again.push(parcel)
    await sleep(20)
  }

  #next(): Parcel {
    const { random, make } = this.#options
    const again = this.#again.shift()
    if (again !== undefined) return again
    const [first, ...rest] = this.#answered
    return first !== undefined && random.oneIn(20) ? random.pick([first, ...rest]) : make()
  }

  #remember(parcel: Parcel): void {
    if (!parcel.repeatable) return
    this.#answered.push(parcel)
    if (this.#answered.length > REMEMBERED) this.#answered.shift()
  }
}
