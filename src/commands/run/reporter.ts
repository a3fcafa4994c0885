import { setTimeout as sleep } from 'node:timers/promises'
import type { EcClient, NewEvent } from '../../client.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import { EcError, toEcError } from '../../core/errors.ts'
import { joinSignals } from '../../core/join-signals.ts'

export interface ReporterOptions {
  /** Asked once, when there is something to tell. */
  readonly connect: () => Promise<EcClient>
  readonly clock: Clock
  /** The newest there is to tell; null when nothing is new. */
  readonly progress: () => Promise<NewEvent | null>
}

/** Tells an agent how a command goes on. Nothing waits for it before the end, and one request is under way at most. */
export interface Reporter {
  /** Ends the progress and tells the end; resolves with why that did not arrive, null when it did. */
  finish(event: NewEvent & { readonly id: string }): Promise<EcError | null>
  /** Nobody wants to wait any longer. */
  giveUp(): void
}

/** Between two, from the answer to one to the next: twice a second at most. */
const PACE_MS = 500
/** An agent that was there is being restarted; one that never was is not waited for. */
const PATIENCE_MS = { known: 10_000, unknown: 300 } as const
/** For an answer to the last one, however often it was tried. */
const ANSWER_MS = 10_000
const BACK_OFF_MS = { first: 100, most: 1_000 } as const

export function startReporter({ connect, clock, progress }: ReporterOptions): Reporter {
  const ended = new AbortController()
  const bored = new AbortController()
  let client: Promise<EcClient> | null = null
  let isKnown = false
  let timer: Timer | null = null
  let underWay: Promise<void> = Promise.resolve()
  arm()

  return { finish, giveUp: () => bored.abort() }

  function arm(): void {
    timer = clock.setTimer(() => (underWay = tellNewest()), PACE_MS)
  }

  /** What is lost on the way is not sent again: the next one says more. */
  async function tellNewest(): Promise<void> {
    try {
      const event = await progress()
      if (event !== null) await send(event, ended.signal)
    } catch {
      // The end will say so, if it does not arrive either.
    }
    if (!ended.signal.aborted) arm()
  }

  async function send(event: NewEvent, signal: AbortSignal): Promise<void> {
    client ??= connect()
    try {
      await (await client).emit(event, { signal })
      isKnown = true
    } catch (thrown) {
      // One that has started meanwhile may be found elsewhere.
      client = null
      throw thrown
    }
  }

  async function finish(event: NewEvent & { readonly id: string }): Promise<EcError | null> {
    timer?.cancel()
    ended.abort()
    await underWay
    const patience = isKnown ? PATIENCE_MS.known : PATIENCE_MS.unknown
    const { signal, release } = joinSignals([bored.signal], ANSWER_MS)
    try {
      return await attemptUntil(event, patience, signal)
    } finally {
      release()
    }
  }

  async function attemptUntil(event: NewEvent, patience: number, signal: AbortSignal): Promise<EcError | null> {
    const startedAt = clock.monotonic()
    for (let delayMs: number = BACK_OFF_MS.first; ; delayMs = Math.min(2 * delayMs, BACK_OFF_MS.most)) {
      const failure = await attempt(event, signal)
      if (failure === null) return null
      const isLate = clock.monotonic() - startedAt + delayMs > patience
      if (failure.category !== 'unreachable' || isLate || signal.aborted) return failure
      await sleep(delayMs, undefined, { signal }).catch(() => {})
    }
  }

  async function attempt(event: NewEvent, signal: AbortSignal): Promise<EcError | null> {
    try {
      await send(event, signal)
      return null
    } catch (thrown) {
      return signal.aborted ? new EcError('EC_TIMEOUT', 'the agent did not answer in time') : toEcError(thrown)
    }
  }
}
