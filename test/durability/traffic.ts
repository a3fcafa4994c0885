import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { judge } from './judge.ts'
import type { KilledAgent } from './killed-agent.ts'
import { Ledger } from './ledger.ts'
import { ask, type Door } from './operator.ts'
import { makeEmit, makeWebhook } from './parcel.ts'
import type { Random } from './random.ts'
import { Sender } from './sender.ts'
import type { Setting } from './setting.ts'
import { takeSnapshot, type Snapshot } from './snapshot.ts'
import { StreamReader } from './stream-reader.ts'
import { untilProcessed } from './until-processed.ts'

export interface TrafficOptions {
  readonly agent: Pick<KilledAgent, 'up'>
  readonly setting: Setting
  readonly random: Random
}

/** What is known when all has come to rest. */
export interface Conclusion {
  readonly snapshot: Snapshot
  /** Promises that were broken, a sentence each. */
  readonly violations: readonly string[]
}

const CLIENTS_PER_USER = 2
const WEBHOOK_SENDERS = 6
const EMIT_SENDERS = 3
/** How long the agent has to finish what it was given. */
const SETTLE_MS = 60_000
const CATCH_UP_MS = 20_000

/**
 * All that happens to a busy agent at once: providers send webhooks and services emit, each connection at full speed,
 * while every user has clients that follow the stream. It bears whatever is done to the agent meanwhile, keeps books,
 * and in the end says whether every promise was kept.
 */
export class Traffic {
  readonly ledger = new Ledger()
  readonly readers: readonly StreamReader[]
  readonly #setting: Setting
  readonly #senders: readonly Sender[]
  readonly #sending = new AbortController()
  readonly #reading = new AbortController()
  #sent: Promise<unknown> = Promise.resolve()
  #read: Promise<unknown> = Promise.resolve()

  constructor({ agent, setting, random }: TrafficOptions) {
    const { users, targets, serviceKey, tokens, epoch } = setting
    const { ledger } = this
    const webhook = () => makeWebhook(random.pick(targets), random)
    const emit = () => makeEmit(users, serviceKey, random)
    this.#setting = setting
    this.#senders = [
      ...repeat(WEBHOOK_SENDERS, () => new Sender({ agent, ledger, random, make: webhook })),
      ...repeat(EMIT_SENDERS, () => new Sender({ agent, ledger, random, make: emit })),
    ]
    this.readers = users.flatMap(user =>
      repeat(CLIENTS_PER_USER, () => {
        return new StreamReader({ agent, user, bearer: tokens.get(user) ?? '', epoch, random })
      }),
    )
  }

  start(): void {
    this.#read = Promise.all(this.readers.map(reader => reader.run(this.#reading.signal)))
    this.#sent = Promise.all(this.#senders.map(sender => sender.run(this.#sending.signal)))
    // Looked at when it is waited for.
    this.#read.catch(() => {})
    this.#sent.catch(() => {})
  }

  /** Resolves once so many more requests were answered 2xx, or after `withinMs`; whether they were. */
  async flows(answers: number, withinMs: number): Promise<boolean> {
    const enough = this.ledger.accepted + answers
    const end = performance.now() + withinMs
    while (this.ledger.accepted < enough && performance.now() < end) await sleep(3)
    return this.ledger.accepted >= enough
  }

  /** Ends the new, sends again what was not answered, waits until all is processed and received, and judges. */
  async conclude(operator: () => Promise<Door>): Promise<Conclusion> {
    this.#sending.abort()
    await this.#sent
    await Promise.all(this.#senders.map(sender => sender.finish()))
    const door = await operator()
    await untilProcessed(door, SETTLE_MS)
    await this.#untilCaughtUp(door)
    this.#reading.abort()
    await this.#read
    const snapshot = await takeSnapshot(door, this.#setting.users, this.readers)
    const faults = this.readers.flatMap(reader => reader.faults)
    return { snapshot, violations: [...faults, ...judge(this.ledger, snapshot)] }
  }

  /** Lets go of everything, wherever it stands. */
  stop(): void {
    this.#sending.abort()
    this.#reading.abort()
  }

  /** A client that never catches up is found by the judgement; here it is only given the time that it needs. */
  async #untilCaughtUp(operator: Door): Promise<void> {
    const shape = z.object({ events: z.array(z.object({ seq: z.number() })) })
    const end = performance.now() + CATCH_UP_MS
    for (const reader of this.readers) {
      const { events } = shape.parse(await ask(operator, 'GET', `/api/events?user=${reader.user}&limit=1`))
      const head = events.at(-1)?.seq ?? 0
      while (reader.position < head && performance.now() < end) await sleep(20)
    }
  }
}

function repeat<T>(times: number, make: () => T): readonly T[] {
  return Array.from({ length: times }, make)
}
