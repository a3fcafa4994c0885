import type { StreamItem } from '../../../backends/store.ts'
import { toEcError } from '../../../core/errors.ts'
import type { Meter } from '../../../core/meter.ts'
import type { StreamCursor } from '../../../core/stream-cursor.ts'
import { reconnectFrame } from './frame.ts'
import type { Host } from './host.ts'
import { CLOSE, LIMITS } from './limits.ts'
import { Room } from './room.ts'
import { Session } from './session.ts'
import type { Sink } from './sink.ts'
import { TimingWheel } from './timing-wheel.ts'

export interface HubOptions extends Omit<Host, 'wheel' | 'deliveries' | 'roomEmptied' | 'sessionEnded'> {
  readonly meter: Meter
  /** In [0, 1). */
  readonly random: () => number
}

export interface Entry {
  readonly userId: string
  /** Null = begin at the head; undefined = the client sent something that is no cursor. */
  readonly cursor: StreamCursor | null | undefined
  readonly expiresAt: number | null
  /** Id of the browser's session that let it in. */
  readonly login?: string
}

/** What the open clients of a user say of the person in front of them. */
export interface Presence {
  readonly clients: number
  readonly visible: number
  readonly focused: number
  /** The conversations that are open in a focused client. */
  readonly threads: readonly string[]
}

const SIGNED_OUT = 'this browser was signed out'

/** Brings each user's stream to the connections of the user, whatever carries them. */
export class Hub {
  readonly host: Host
  readonly #random: () => number
  readonly #rooms = new Map<string, Room>()
  readonly #unsubscribe: readonly (() => void)[]
  /** Sessions of browsers that ended a moment ago: one that was looked at before may be about to open a connection. */
  readonly #signedOut = new Set<string>()
  #dirty: Room[] = []
  #opened = 0
  /** Sessions whose connection has not ended yet. */
  #unended = 0
  #allEnded: (() => void) | null = null
  #draining: Promise<void> | null = null

  constructor(options: HubOptions) {
    const { store, bus, clock, ids, log, trace, meter } = options
    this.host = {
      store,
      bus,
      clock,
      ids,
      log,
      trace,
      deliveries: meter.counter('ec_deliveries_total', { channel: 'ws' }),
      wheel: new TimingWheel(options.clock),
      roomEmptied: room => this.#onEmpty(room),
      sessionEnded: () => this.#onEnd(),
    }
    this.#random = options.random
    this.#unsubscribe = [
      bus.subscribe('stream', ({ userId, items }) => this.notice(userId, items)),
      bus.subscribe('restored', () => this.reset()),
      bus.subscribe('signedOut', ({ userId, sessions }) => this.#signOut(userId, sessions)),
      bus.subscribe('changed', ({ what, id }) => {
        if (what === 'user') void this.#checkUser(id)
      }),
    ]
  }

  /** Connections that are served. */
  get clients(): number {
    let clients = 0
    for (const room of this.#rooms.values()) clients += room.sessions.length
    return clients
  }

  /** What all clients together have waiting for the network. */
  get bufferedBytes(): number {
    return this.#allSessions().reduce((sum, session) => sum + session.sink.bufferedBytes(), 0)
  }

  get isDraining(): boolean {
    return this.#draining !== null
  }

  /**
   * Serves one more connection; null when the user has as many as he may. The owner of `sink` tells its end. One that
   * comes of a browser's session ends with it.
   */
  open(entry: Entry, sink: Sink): Session | null {
    const room = this.#rooms.get(entry.userId) ?? new Room(entry.userId, this.host)
    if (room.sessions.length >= LIMITS.socketsPerUser) return null
    this.#rooms.set(entry.userId, room)
    this.#unended += 1
    const { login = null } = entry
    const session = new Session(this.host, room, sink, this.#endOf(entry), this.#firstPingMs(), login)
    if (login !== null && this.#signedOut.has(login)) session.close(CLOSE.forced, SIGNED_OUT)
    else void session.start(entry.cursor)
    return session
  }

  /** Takes note of items that are durable by now. For a user without connections this costs one look-up. */
  notice(userId: string, items: readonly StreamItem[]): void {
    const room = this.#rooms.get(userId)
    if (room === undefined || !room.push(items)) return
    this.#dirty.push(room)
    // What else comes in this turn of the loop goes out together.
    if (this.#dirty.length === 1) setImmediate(() => this.#flush())
  }

  sessionsOf(userId: string): readonly Session[] {
    return this.#rooms.get(userId)?.sessions ?? []
  }

  presenceOf(userId: string): Presence {
    const now = this.host.clock.monotonic()
    const sights = this.sessionsOf(userId).map(session => session.sight(now))
    const focused = sights.filter(sight => sight.visible && sight.focused)
    return {
      clients: sights.length,
      visible: sights.filter(sight => sight.visible).length,
      focused: focused.length,
      threads: focused.flatMap(sight => sight.thread ?? []),
    }
  }

  /** A store took the place of another: every position is void, and clients come back to read anew. */
  reset(): void {
    this.#closeAll(CLOSE.stateLost, 'the store was restored; come back and read the history')
  }

  /**
   * Sends everyone away, each to come back after another delay, so that they do not all come at once. Resolves when the
   * last connection has gone, or was cut after `graceMs`.
   */
  drain(graceMs: number): Promise<void> {
    this.#draining ??= this.#sendAway(graceMs)
    return this.#draining
  }

  async #sendAway(graceMs: number): Promise<void> {
    const sessions = this.#allSessions()
    const spreadS = sessions.length / LIMITS.reconnectsPerSecond
    for (const session of sessions) {
      session.tell(reconnectFrame(Math.round(this.#random() * spreadS * 1000) / 1000))
      session.close(CLOSE.shutdown, 'the agent is stopping')
    }
    if (this.#unended === 0) return
    const cut = this.host.clock.setTimer(() => sessions.forEach(session => session.sink.terminate()), graceMs)
    await new Promise<void>(resolve => (this.#allEnded = resolve))
    cut.cancel()
  }

  /** Ends what is left and hears nothing more. */
  close(): void {
    for (const end of this.#unsubscribe) end()
    this.#closeAll(CLOSE.shutdown, 'the agent is stopping')
  }

  #flush(): void {
    const dirty = this.#dirty
    this.#dirty = []
    for (const room of dirty) {
      try {
        room.flush()
      } catch (error) {
        // A defect in one user's stream must not be felt in another's.
        this.host.log.error('a stream could not be sent', { error: toEcError(error).message })
        this.#closeRoom(room, CLOSE.stateLost, 'something went wrong; come back with your cursor')
      }
    }
  }

  /** A user that was erased has no stream any more; another that takes the same name begins at 1. */
  async #checkUser(userId: string): Promise<void> {
    const room = this.#rooms.get(userId)
    if (room === undefined) return
    try {
      const { seq } = await this.host.store.getHead(userId)
      if (seq < room.position) this.#closeRoom(room, CLOSE.forced, 'the user was erased')
    } catch (error) {
      this.host.log.warn('a changed user could not be looked at', { code: toEcError(error).code })
    }
  }

  #signOut(userId: string, logins: readonly string[]): void {
    for (const login of logins) this.#signedOut.add(login)
    for (const oldest of this.#signedOut) {
      if (this.#signedOut.size <= LIMITS.signedOut) break
      this.#signedOut.delete(oldest)
    }
    const theirs = this.sessionsOf(userId).filter(({ login }) => login !== null && logins.includes(login))
    for (const session of theirs) session.close(CLOSE.forced, SIGNED_OUT)
  }

  /** That a browser was signed out may fail to reach us, so its connection comes back now and then and shows its cookie. */
  #endOf({ expiresAt, login }: Entry): number | null {
    if (login === undefined) return expiresAt
    return Math.min(expiresAt ?? Number.POSITIVE_INFINITY, this.host.clock.now() + LIMITS.loginMs)
  }

  #closeAll(code: number, reason: string): void {
    for (const room of this.#rooms.values()) this.#closeRoom(room, code, reason)
  }

  #closeRoom(room: Room, code: number, reason: string): void {
    for (const session of room.sessions.slice()) session.close(code, reason)
  }

  #allSessions(): readonly Session[] {
    return [...this.#rooms.values()].flatMap(room => room.sessions)
  }

  /** Spreads the pings of clients that came at once over the whole interval. */
  #firstPingMs(): number {
    const seconds = LIMITS.pingEveryMs / 1000
    return (seconds - (this.#opened++ % seconds)) * 1000
  }

  #onEmpty(room: Room): void {
    if (this.#rooms.get(room.userId) === room) this.#rooms.delete(room.userId)
  }

  #onEnd(): void {
    this.#unended -= 1
    if (this.#unended === 0) this.#allEnded?.()
  }
}
