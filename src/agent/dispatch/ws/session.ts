import { setImmediate as nextTurn } from 'node:timers/promises'
import type { StreamItem } from '../../../backends/store.ts'
import { toEcError } from '../../../core/errors.ts'
import type { StreamCursor } from '../../../core/stream-cursor.ts'
import type { Chunk } from './chunk.ts'
import { helloFrame, itemFrame, liveFrame, type Frame } from './frame.ts'
import { Heartbeat } from './heartbeat.ts'
import type { Host } from './host.ts'
import { LagMeter } from './lag-meter.ts'
import { CLOSE, LIMITS } from './limits.ts'
import { fittingPage } from './page-size.ts'
import type { Room } from './room.ts'
import type { Sink } from './sink.ts'
import { startPosition } from './start-position.ts'
import type { Wakeable } from './timing-wheel.ts'

/**
 * `behind`: what comes next is read from the store, page by page, as fast as the network takes it. `live`: it comes from
 * the room. `closing`: said goodbye, waits for the connection to end.
 */
type Phase = 'behind' | 'live' | 'closing' | 'ended'

/** Whether a client can be seen, has the focus, and which conversation is open in it. */
export interface Sight {
  readonly visible: boolean
  readonly focused: boolean
  readonly thread: string | null
}

const UNSEEN: Sight = { visible: false, focused: false, thread: null }

/**
 * One connected client of a user. It is given everything in the user's stream after `position`, once, ascending, and
 * never has more in memory than `pauseBytes` and one piece. There may be tens of thousands, so it keeps plain fields
 * and neither timers nor closures of its own while nothing happens.
 */
export class Session implements Wakeable {
  wheelSlot = -1
  wheelIndex = -1
  readonly id: string
  readonly room: Room
  /** Id of the browser's session that let it in; null for a token. */
  readonly login: string | null
  /** What the client last said of itself, and when (monotonic ms). */
  #sight = UNSEEN
  #sightAt = Number.NEGATIVE_INFINITY

  readonly #host: Host
  readonly #sink: Sink
  #phase: Phase = 'behind'
  /** Everything up to here has been sent, or need not be. */
  #position = 0
  /** The head that `hello` told; what is not above it is a replay. */
  #head = 0
  #isGreeted = false
  /** Answers to a client that spoke before it was greeted; its messages are limited, and so are these. */
  #unsaid: string[] | null = null
  #saidLive = false
  #acked = 0
  /** ms since 1970; null = until it ends by itself. */
  #expiresAt: number | null

  readonly #heartbeat: Heartbeat
  /** Only while it is behind after having been live. */
  #lag: LagMeter | null = null
  #waiters: (() => void)[] | null = null

  constructor(host: Host, room: Room, sink: Sink, expiresAt: number | null, firstPingMs: number, login: string | null) {
    this.id = host.ids.next('ses')
    this.room = room
    this.login = login
    this.#host = host
    this.#sink = sink
    this.#expiresAt = expiresAt
    this.#heartbeat = new Heartbeat(host.wheel.now + firstPingMs)
    room.join(this)
    this.#scheduleWake()
  }

  get isLive(): boolean {
    return this.#phase === 'live'
  }

  get isOpen(): boolean {
    return this.#phase === 'behind' || this.#phase === 'live'
  }

  get position(): number {
    return this.#position
  }

  /** Notes what a person can see of the client at an instant (monotonic ms). */
  look(sight: Sight, at: number): void {
    this.#sight = sight
    this.#sightAt = at
  }

  /** What a person sees now. It holds as a lease does: a client that does not say so again is not looked at. */
  sight(now: number): Sight {
    return now - this.#sightAt <= LIMITS.sightMs ? this.#sight : UNSEEN
  }

  get sink(): Sink {
    return this.#sink
  }

  /** Says hello and sends what was missed. The room knows the session already, so nothing can fall between. */
  async start(cursor: StreamCursor | null | undefined): Promise<void> {
    const { store } = this.#host
    const userId = this.room.userId
    try {
      const { epoch } = store.identity()
      const head = await store.getHead(userId)
      const { position, recovered } = startPosition(cursor, epoch, head)
      const replay = position < head.seq ? await store.countStream(userId, position) : 0
      if (!this.isOpen) return
      this.#position = position
      this.#acked = position
      this.#head = head.seq
      const hello = { session: this.id, user: userId, epoch, head: head.seq, recovered, replay }
      this.#isGreeted = true
      this.#write([helloFrame({ ...hello, ping: LIMITS.pingEveryMs / 1000, unread: head.unread })])
      this.#unsaid?.forEach(text => this.reply(text))
      this.#unsaid = null
      if (position >= head.seq && this.room.admit(position)) this.#goLive()
      else await this.#catchUp()
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Sends new frames to a live session; false when they were not for it, or will reach it by the store. */
  deliver(chunk: Chunk): boolean {
    if (this.#phase !== 'live') {
      this.#lag?.missed(chunk.chars)
      return false
    }
    const part = chunk.after(this.#position)
    if (part === null) return false
    if (this.#sink.bufferedBytes() > LIMITS.pauseBytes) {
      this.fallBehind(chunk.chars)
      return false
    }
    this.#sink.send(part.bytes(this.#sink.format))
    this.#advance(part.last)
    return true
  }

  /** Sends a live session to the store for what comes next; `missedChars` is about what went past it. */
  fallBehind(missedChars: number): void {
    if (this.#phase !== 'live') {
      this.#lag?.missed(missedChars)
      return
    }
    this.#phase = 'behind'
    this.#lag = new LagMeter(this.#sink.bufferedBytes())
    this.#lag.missed(missedChars)
    this.#scheduleWake()
    this.#catchUp().catch((error: unknown) => this.#fail(error))
  }

  /** Any sign of life from the other side. */
  heard(): void {
    this.#heartbeat.heard()
  }

  /** Writes something outside of the stream, as the answer to a message; never before hello. */
  reply(text: string): void {
    if (!this.#isGreeted) (this.#unsaid ??= []).push(text)
    else if (this.isOpen) this.#sink.send(text)
  }

  /** Writes a numberless frame. */
  tell(frame: Frame): void {
    if (this.isOpen) this.#write([frame])
  }

  /** The client has everything up to `seq` and will ask for what comes after it. */
  acknowledge(seq: number): void {
    const upTo = Math.min(seq, this.#position)
    if (upTo <= this.#acked) return
    const at = this.#host.clock.now()
    const { userId } = this.room
    for (const eventId of this.room.eventsBetween(this.#acked, upTo)) {
      const row = { userId, eventId, at, step: 'received', channel: 'ws', target: this.id } as const
      this.#host.trace({ ...row, reason: null, count: null })
    }
    this.#acked = upTo
  }

  extend(expiresAt: number | null): void {
    this.#expiresAt = expiresAt
    this.#scheduleWake()
  }

  /** True once everything up to `seq` has been sent; false when the session ended or `signal` aborted first. */
  async reaches(seq: number, signal: AbortSignal): Promise<boolean> {
    const look = () => this.#wakeWaiters()
    signal.addEventListener('abort', look)
    while (this.isOpen && this.#position < seq && !signal.aborted) await this.#change()
    signal.removeEventListener('abort', look)
    return this.isOpen && this.#position >= seq
  }

  /** Says goodbye and stops; the connection may take a moment to end, or is cut. */
  close(code: number, reason: string): void {
    if (!this.isOpen) return
    this.#leave('closing')
    this.#sink.close(code, reason)
    this.#host.wheel.schedule(this, LIMITS.closeWithinMs)
  }

  /** The connection is gone. */
  end(): void {
    if (this.#phase === 'ended') return
    if (this.isOpen) this.#leave('ended')
    this.#phase = 'ended'
    this.#host.wheel.remove(this)
    this.#host.sessionEnded()
  }

  wake(): void {
    if (this.#phase === 'closing') this.#sink.terminate()
    if (!this.isOpen) return
    const { clock, wheel } = this.#host
    if (this.#expiresAt !== null && clock.now() >= this.#expiresAt) {
      return this.close(CLOSE.expired, 'the token has expired; come back with a new one')
    }
    if (this.#lag?.isTooMuch(this.#sink.bufferedBytes()))
      return this.close(CLOSE.slow, 'too slow; come back with your cursor')
    if (this.#heartbeat.isLost(wheel.now)) return this.close(CLOSE.noPong, 'no answer to the ping')
    if (this.#isGreeted && this.#heartbeat.isDue(wheel.now)) this.#ping()
    this.#scheduleWake()
  }

  // --- catching up --------------------------------------------------------------------------------------------------

  async #catchUp(): Promise<void> {
    let limit: number = LIMITS.page
    for (;;) {
      await this.#drained()
      if (!this.isOpen) return
      // What the room knew before we ask is in the answer, whether or not it is shown in it.
      const known = this.room.position
      const page = await this.#host.store.readStream(this.room.userId, this.#position, limit)
      if (!this.isOpen) return
      const sent = this.#sendItems(page)
      if (sent === page.length && page.length < limit) {
        this.#advance(Math.max(this.#position, known))
        if (this.room.admit(this.#position)) return this.#goLive()
      }
      limit = fittingPage(page)
      // Reading and writing may both be done at once, page after page; others want their turn too.
      await nextTurn()
    }
  }

  /** Sends items until the network has enough; how many went. The rest is forgotten, the store has it. */
  #sendItems(items: readonly StreamItem[]): number {
    let frames: Frame[] = []
    let chars = 0
    for (const [index, item] of items.entries()) {
      if (item.seq > this.#head) this.#sayLive(frames)
      const frame = itemFrame(item, item.seq <= this.#head)
      frames.push(frame)
      chars += frame.text.length
      this.#traceSent(frame)
      this.#advance(item.seq)
      if (chars < LIMITS.chunkChars) continue
      this.#write(frames)
      frames = []
      chars = 0
      if (this.#sink.bufferedBytes() > LIMITS.pauseBytes) return index + 1
    }
    if (frames.length > 0) this.#write(frames)
    return items.length
  }

  #goLive(): void {
    this.#phase = 'live'
    this.#lag = null
    const frames: Frame[] = []
    this.#sayLive(frames)
    if (frames.length > 0) this.#write(frames)
  }

  #sayLive(frames: Frame[]): void {
    if (this.#saidLive) return
    this.#saidLive = true
    // A browser that gets nothing more before the connection breaks comes back with this for its cursor.
    frames.push(liveFrame(Math.max(this.#position, this.#head)))
  }

  /** Resolves once there is room for more. A ping is the marker: it is written behind everything that waits. */
  async #drained(): Promise<void> {
    if (this.#sink.bufferedBytes() <= LIMITS.pauseBytes) return
    await new Promise<void>(resolve => this.#sink.send(this.#sink.format.ping, resolve))
  }

  #traceSent({ seq, eventId }: Frame): void {
    if (eventId === null || seq === null) return
    const { userId } = this.room
    this.#host.deliveries.add()
    this.room.remember(seq, eventId)
    const reason = seq <= this.#head ? 'replay' : null
    const at = this.#host.clock.now()
    this.#host.trace({ userId, eventId, at, step: 'sent', channel: 'ws', target: this.id, reason, count: 1 })
  }

  // --- the rest -----------------------------------------------------------------------------------------------------

  #ping(): void {
    this.#sink.send(this.#sink.format.ping)
    this.#heartbeat.pinged(this.#host.wheel.now, this.#sink.answers)
    void this.room.check()
  }

  #scheduleWake(): void {
    if (!this.isOpen) return
    const { clock, wheel } = this.#host
    let next = this.#heartbeat.nextAt() - wheel.now
    if (this.#expiresAt !== null) next = Math.min(next, this.#expiresAt - clock.now())
    if (this.#lag !== null) next = 0
    wheel.schedule(this, next)
  }

  #write(frames: readonly Frame[]): void {
    const { format } = this.#sink
    this.#sink.send(Buffer.from(format.encode(frames, this.#host.store.identity().epoch)))
  }

  #advance(position: number): void {
    this.#position = position
    this.#wakeWaiters()
  }

  #change(): Promise<void> {
    return new Promise(resolve => (this.#waiters ??= []).push(resolve))
  }

  #wakeWaiters(): void {
    const waiters = this.#waiters
    this.#waiters = null
    waiters?.forEach(resolve => resolve())
  }

  #leave(phase: 'closing' | 'ended'): void {
    this.#phase = phase
    this.room.leave(this)
    this.#wakeWaiters()
  }

  #fail(error: unknown): void {
    if (!this.isOpen) return
    this.#host.log.warn('a client could not be served from the store', { code: toEcError(error).code })
    this.close(CLOSE.stateLost, 'the stream could not be read; come back in a moment')
  }
}
