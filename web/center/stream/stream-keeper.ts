import type { PageClock } from '../page-clock.ts'
import { backoffMs } from './backoff.ts'
import type { ServerFrame } from './frame.ts'
import type { Link, LinkEnd, LinkListener, OpenLink, Transport } from './link.ts'
import { reactionTo } from './reaction.ts'

export interface StreamKeeperOptions {
  readonly open: OpenLink
  /** Where the stream goes on, as `EPOCH.SEQ`; null = at its head. */
  readonly cursor: () => string | null
  readonly hear: (frames: readonly ServerFrame[]) => void
  readonly changed: (status: StreamStatus) => void
  /** The agent no longer takes the token: forget it. */
  readonly renew: () => void
  readonly clock: PageClock
  /** In [0, 1). */
  readonly random: () => number
}

export interface StreamStatus {
  readonly connection: 'connecting' | 'live' | 'offline' | 'signed-out'
  readonly transport: Transport | null
}

const STREAM_TIMES = {
  /** From the beginning of an attempt to hello. */
  openWithinMs: 15_000,
  /** The agent gives a sign of life every 25 s; so much later it is gone. */
  silenceMs: 10_000,
  pingMs: 25_000,
  /** A connection that held so long was a good one. */
  stableMs: 30_000,
  /** Attempts that something outside asks for are at least so far apart. */
  nudgeMs: 1_000,
  /** A WebSocket that does not open so often in a row, though HTTP works, is not let through. */
  wsFailures: 3,
  /** How long the other transport is used before the WebSocket is tried again; doubled each time, up to the second. */
  wsAgainMs: 600_000,
  wsAgainMostMs: 3_600_000,
} as const

const MAX_RENEWALS = 2

/**
 * Holds one stream open. It is either `idle` (nobody wants it, or nothing would help), `waiting` for its next attempt,
 * `opening`, or `open` once the agent has said hello; an attempt that opens but breaks soon counts as a failure all the
 * same, so that an agent that dies at every hello is not stormed. Any frame is a sign of life, and silence is an end.
 * A WebSocket that never opens while HTTP works is given up for server-sent events, and tried again later.
 */
export class StreamKeeper {
  readonly #options: StreamKeeperOptions
  #phase: 'idle' | 'waiting' | 'opening' | 'open' = 'idle'
  #status: StreamStatus = { connection: 'connecting', transport: null }
  #link: Link | null = null
  #timer: { cancel(): void } | null = null
  #stable: { cancel(): void } | null = null
  #wsAgain: { cancel(): void } | null = null
  #failures = 0
  #renewals = 0
  /** When the agent is away, it says how long. */
  #afterMs: number | null = null
  #pingMs: number = STREAM_TIMES.pingMs
  #heardAt = 0
  #triedAt = Number.NEGATIVE_INFINITY
  #transport: Transport = 'ws'
  #wsFailures = 0
  #wsAgainMs: number = STREAM_TIMES.wsAgainMs

  constructor(options: StreamKeeperOptions) {
    this.#options = options
  }

  get status(): StreamStatus {
    return this.#status
  }

  get isOpen(): boolean {
    return this.#phase === 'open'
  }

  /** Wants the stream; does nothing when it is wanted already. */
  start(): void {
    if (this.#phase === 'idle') this.#connect()
  }

  /** Wants it no longer, for now. */
  stop(): void {
    this.#leave('idle')
    this.#failures = 0
    if (this.#status.connection !== 'signed-out') this.#tell('offline')
  }

  /** Something has changed for the better (the network, a look at the page): try at once, or see whether it still lives. */
  nudge(): void {
    const { clock } = this.#options
    if (this.#phase === 'open') {
      if (clock.monotonic() - this.#heardAt > this.#pingMs + STREAM_TIMES.silenceMs) this.#lost()
      return
    }
    const isResting = this.#phase === 'waiting' || (this.#phase === 'idle' && this.#status.connection === 'signed-out')
    const wait = this.#triedAt + STREAM_TIMES.nudgeMs - clock.monotonic()
    if (!isResting || (this.#afterMs !== null && this.#phase === 'waiting')) return
    if (wait > 0) this.#wait(wait)
    else this.#connect()
  }

  send(message: unknown): void {
    if (this.#phase === 'open') this.#link?.send(JSON.stringify(message))
  }

  #connect(): void {
    const { clock, open, cursor } = this.#options
    this.#leave('opening')
    this.#afterMs = null
    this.#triedAt = clock.monotonic()
    this.#timer = clock.setTimer(() => this.#lost(), STREAM_TIMES.openWithinMs)
    const listener: LinkListener = {
      hear: frames => {
        if (this.#link === link) this.#hear(frames)
      },
      end: end => {
        if (this.#link === link) this.#ended(end)
      },
    }
    // A listener can be called before `open` has returned only by mistake; then it is not ours yet, and passed over.
    const link: Link = open(this.#transport, cursor(), listener)
    this.#link = link
  }

  #hear(frames: readonly ServerFrame[]): void {
    this.#heardAt = this.#options.clock.monotonic()
    for (const frame of frames) {
      if (frame.t === 'hello') this.#greeted(frame.pingMs)
      else if (frame.t === 'reconnect') this.#afterMs = frame.afterMs
    }
    this.#options.hear(frames)
    if (this.#phase !== 'open') return
    if (frames.some(({ t }) => t === 'live')) this.#live()
    this.#listen()
  }

  #greeted(pingMs: number): void {
    this.#phase = 'open'
    this.#pingMs = pingMs
    if (this.#transport === 'ws') this.#wsWorks()
    else this.#wsAgain ??= this.#options.clock.setTimer(() => this.#tryWs(), this.#wsAgainMs)
  }

  #live(): void {
    this.#tell('live')
    this.#stable = this.#options.clock.setTimer(() => {
      this.#failures = 0
      this.#renewals = 0
    }, STREAM_TIMES.stableMs)
  }

  /** Until the next sign of life. */
  #listen(): void {
    this.#timer?.cancel()
    this.#timer = this.#options.clock.setTimer(() => this.#lost(), this.#pingMs + STREAM_TIMES.silenceMs)
  }

  #lost(): void {
    this.#ended({ code: null, error: null })
  }

  #ended(end: LinkEnd): void {
    const neverOpened = this.#phase === 'opening'
    const afterMs = this.#afterMs
    this.#leave('waiting')
    if (end.error !== null) this.#wsFailures = 0
    else if (neverOpened && this.#transport === 'ws') this.#wsFailed()
    const reaction = reactionTo(end)
    const failures = this.#failures++
    switch (reaction.do) {
      case 'give-up':
        return this.#giveUp()
      case 'renew':
        // A fresh token that is refused as well is no mishap.
        if (++this.#renewals > MAX_RENEWALS) return this.#giveUp()
        this.#options.renew()
        this.#tell('offline')
        return this.#wait(backoffMs(failures, this.#options.random()))
      case 'rest':
      case 'wait':
        this.#tell('offline')
        return this.#wait(reaction.forMs)
      case 'retry':
        this.#tell('offline')
        return this.#wait(afterMs ?? backoffMs(failures, this.#options.random()))
      default:
        return reaction satisfies never
    }
  }

  #wait(ms: number): void {
    this.#timer?.cancel()
    this.#phase = 'waiting'
    this.#timer = this.#options.clock.setTimer(() => this.#connect(), ms)
  }

  #giveUp(): void {
    this.#leave('idle')
    this.#tell('signed-out')
  }

  #leave(phase: 'idle' | 'waiting' | 'opening'): void {
    this.#phase = phase
    this.#timer?.cancel()
    this.#stable?.cancel()
    const link = this.#link
    this.#link = null
    link?.close()
  }

  #tell(connection: StreamStatus['connection']): void {
    const transport = connection === 'live' ? this.#transport : null
    if (this.#status.connection === connection && this.#status.transport === transport) return
    this.#status = { connection, transport }
    this.#options.changed(this.#status)
  }

  // --- where no WebSocket is let through ----------------------------------------------------------------------------

  #wsFailed(): void {
    if (++this.#wsFailures < STREAM_TIMES.wsFailures) return
    this.#transport = 'sse'
    this.#wsAgain?.cancel()
    this.#wsAgain = null
  }

  #wsWorks(): void {
    this.#wsFailures = 0
    this.#wsAgainMs = STREAM_TIMES.wsAgainMs
  }

  /** One failure leads back at once. */
  #tryWs(): void {
    this.#wsAgain = null
    this.#wsAgainMs = Math.min(this.#wsAgainMs * 2, STREAM_TIMES.wsAgainMostMs)
    this.#wsFailures = STREAM_TIMES.wsFailures - 1
    this.#transport = 'ws'
    if (this.#phase === 'open') this.#connect()
  }
}
