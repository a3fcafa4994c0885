import { formatCursor, type StreamCursor } from '../../src/core/stream-cursor.ts'
import type { AgentApi } from './agent-api.ts'
import type { CursorStore } from './cursor-store.ts'
import type { ServerFrame } from './stream/frame.ts'
import { openLink } from './stream/open-link.ts'
import { StreamKeeper, type StreamStatus } from './stream/stream-keeper.ts'
import type { Look, Sight } from './tabs/look.ts'
import { Roster } from './tabs/roster.ts'
import type { World } from './world.ts'

export interface LeaderOptions {
  /** Of the agent; ends in a slash. */
  readonly url: string
  readonly api: AgentApi
  readonly world: World
  readonly cursors: CursorStore
  /** Whether the stream is held while no tab has been seen for a while. */
  readonly staysHidden: boolean
  /** The place up to which this tab has taken everything; null = it has taken nothing yet. */
  readonly position: () => StreamCursor | null
  /** `sent`: the cursor with which the stream was opened. `announcer`: the tab that is to announce what happens. */
  readonly hear: (frames: readonly ServerFrame[], sent: StreamCursor | null, announcer: string | null) => void
  readonly changed: (status: StreamStatus) => void
  /** Calls `gone` when a tab has ended; returns how not to. */
  readonly onEnd: (tab: string, gone: () => void) => () => void
}

const LEADER_TIMES = {
  /** No tab has been seen for so long: push is to take over. */
  hiddenMs: 60_000,
  /** How often the place of the stream is stored and acknowledged at most. */
  keepMs: 200,
} as const

/**
 * What the one tab does that leads the others: it holds the stream, keeps its place for later, and tells the agent what
 * a person sees of all tabs together.
 */
export class Leader {
  readonly #options: LeaderOptions
  readonly #keeper: StreamKeeper
  readonly #roster: Roster
  #isLeading = false
  #sent: StreamCursor | null = null
  #told: Sight | null = null
  #acked = 0
  #keeping: { cancel(): void } | null = null
  #hiding: { cancel(): void } | null = null
  #isAway = false

  constructor(options: LeaderOptions) {
    this.#options = options
    const { url, api, world, onEnd } = options
    const { clock, random, openSocket } = world
    this.#roster = new Roster({ onEnd, changed: isReturn => this.#see(isReturn) })
    this.#keeper = new StreamKeeper({
      open: (transport, cursor, listener) => openLink({ api, url, openSocket, transport }, cursor, listener),
      cursor: () => this.#whereFrom(),
      hear: frames => this.#hear(frames),
      changed: status => this.#changed(status),
      renew: () => api.expireToken(),
      clock,
      random,
    })
  }

  start(own: Look): void {
    this.#isLeading = true
    this.#isAway = false
    this.#roster.note(own, true)
    this.#keeper.start()
  }

  /** Ends the stream, and forgets the other tabs. */
  stop(): void {
    if (!this.#isLeading) return
    this.#keep()
    this.#isLeading = false
    this.#keeper.stop()
    this.#roster.clear()
    this.#hiding?.cancel()
    this.#hiding = null
  }

  note(look: Look, isOwn: boolean): void {
    if (this.#isLeading) this.#roster.note(look, isOwn)
  }

  forget(tab: string): void {
    this.#roster.forget(tab)
  }

  /** The network is back. */
  nudge(): void {
    if (this.#isLeading && !this.#isAway) this.#keeper.nudge()
  }

  #whereFrom(): string | null {
    const { position, cursors } = this.#options
    this.#sent = position() ?? cursors.read()
    return this.#sent === null ? null : formatCursor(this.#sent)
  }

  #hear(frames: readonly ServerFrame[]): void {
    if (frames.some(({ t }) => t === 'hello')) this.#begin()
    this.#options.hear(frames, this.#sent, this.#roster.announcer)
    // What is seen is a lease: it is said again with each sign of life, and answers it.
    if (frames.some(({ t }) => t === 'ping')) this.#told = null
    this.#tellSight()
    this.#keeping ??= this.#options.world.clock.setTimer(() => this.#keep(), LEADER_TIMES.keepMs)
  }

  /** Nothing was said yet on this stream. */
  #begin(): void {
    this.#acked = 0
    this.#told = null
  }

  #changed(status: StreamStatus): void {
    if (this.#isLeading) this.#options.changed(status)
  }

  /** What a person sees has changed, in some tab. `isReturn`: one is seen that was not. */
  #see(isReturn: boolean): void {
    if (!this.#isLeading) return
    if (this.#roster.sight.visible || this.#options.staysHidden) {
      this.#hiding?.cancel()
      this.#hiding = null
      if (this.#isAway) this.#keeper.start()
      else if (isReturn) this.#keeper.nudge()
      this.#isAway = false
    } else {
      this.#hiding ??= this.#options.world.clock.setTimer(() => this.#goAway(), LEADER_TIMES.hiddenMs)
    }
    this.#tellSight()
  }

  #goAway(): void {
    this.#isAway = true
    this.#keep()
    this.#keeper.stop()
  }

  #tellSight(): void {
    const { visible, focused, thread } = this.#roster.sight
    const told = this.#told
    if (told !== null && told.visible === visible && told.focused === focused && told.thread === thread) return
    if (!this.#keeper.isOpen) return
    this.#told = { visible, focused, thread }
    this.#keeper.send({ t: 'vis', visible, focused, thread })
  }

  /** Everything up to here has been dealt with in this browser. */
  #keep(): void {
    this.#keeping?.cancel()
    this.#keeping = null
    const place = this.#options.position()
    if (place === null || !this.#isLeading) return
    this.#options.cursors.write(place)
    if (place.seq > this.#acked) this.#keeper.send({ t: 'ack', seq: place.seq })
    this.#acked = place.seq
  }
}
