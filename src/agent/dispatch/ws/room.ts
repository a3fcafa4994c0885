import type { EventItem, StreamItem } from '../../../backends/store.ts'
import type { Timer } from '../../../core/clock.ts'
import { toEcError } from '../../../core/errors.ts'
import { progressKey, type EcEvent } from '../../../core/event.ts'
import { Chunk } from './chunk.ts'
import { itemFrame, type Frame } from './frame.ts'
import type { Host } from './host.ts'
import { LIMITS } from './limits.ts'
import { ProgressGate } from './progress-gate.ts'
import type { Session } from './session.ts'

/**
 * The sessions of one user. It follows the user's stream by what the bus tells, and sends what is new to every session
 * that is live, encoded once for all.
 *
 * The bus is a hint: it may lose a message or tell two in the wrong order. Numbers are given without gaps, so a room
 * that sees one missing sends its sessions to the store, which has everything; the store is also where a session reads
 * that comes back, that fell behind, or for which one turn brought too much. `position` is how far the room has looked:
 * a session is live once it has been given everything up to there.
 */
export class Room {
  readonly userId: string
  readonly #host: Host
  readonly #sessions: Session[] = []
  /** Null until the first session is live: before that, there is nobody who could miss anything. */
  #position: number | null = null
  /** The last number that went out to live sessions. */
  #sent = 0
  #pending: StreamItem[] = []
  #gate: ProgressGate | null = null
  #timer: Timer | null = null
  /** Numbers of the newest events, for acknowledgements. */
  #remembered: Map<number, string> | null = null
  #checking = false

  constructor(userId: string, host: Host) {
    this.userId = userId
    this.#host = host
  }

  get sessions(): readonly Session[] {
    return this.#sessions
  }

  get position(): number {
    return this.#position ?? 0
  }

  join(session: Session): void {
    this.#sessions.push(session)
  }

  /** Idempotent; the hub drops a room that nobody is left in. */
  leave(session: Session): void {
    const index = this.#sessions.indexOf(session)
    if (index >= 0) this.#sessions.splice(index, 1)
    if (index >= 0 && this.#sessions.length === 0) this.#close()
  }

  /** Lets a session be live that was given everything up to `position`; false when the room is further already. */
  admit(position: number): boolean {
    this.#position ??= position
    return this.#position <= position
  }

  /** Takes what the bus told; true when it is the first of this turn. */
  push(items: readonly StreamItem[]): boolean {
    const first = this.#pending.length === 0
    for (const item of items) this.#pending.push(item)
    return first && this.#pending.length > 0
  }

  /** Sends what has come in this turn. */
  flush(): void {
    const items = this.#pending.sort((a, b) => a.seq - b.seq)
    this.#pending = []
    const newest = Math.max(this.position, items.at(-1)?.seq ?? 0)
    if (!this.#sessions.some(session => session.isLive)) {
      if (this.#position !== null) this.#position = newest
      return this.#sendToStore(sizeOf(items))
    }
    const fresh = this.#contiguous(items)
    this.#position = newest
    if (fresh === null) return this.#sendToStore(sizeOf(items))
    this.#broadcast(this.#toFrames(fresh))
  }

  /**
   * Asks the store whether there is more than the bus told. Cheap: one look at one row; the sessions ask in the rhythm of
   * their pings.
   */
  async check(): Promise<void> {
    if (this.#checking || this.#pending.length > 0 || this.#position === null) return
    this.#checking = true
    try {
      const position = this.#position
      const { seq } = await this.#host.store.getHead(this.userId)
      // What the bus told in the meantime is on its way already.
      if (seq > position && this.#position === position && this.#pending.length === 0) {
        this.#position = seq
        this.#sendToStore(0)
      }
    } catch (error) {
      this.#host.log.warn('a stream could not be checked', { code: toEcError(error).code })
    } finally {
      this.#checking = false
    }
  }

  remember(seq: number, eventId: string): void {
    const remembered = (this.#remembered ??= new Map())
    remembered.set(seq, eventId)
    if (remembered.size <= LIMITS.remembered) return
    for (const oldest of remembered.keys()) {
      remembered.delete(oldest)
      return
    }
  }

  /** The events with a number in (after, upTo], as far as the room remembers them. */
  eventsBetween(after: number, upTo: number): readonly string[] {
    if (this.#remembered === null) return []
    return [...this.#remembered].flatMap(([seq, id]) => (seq > after && seq <= upTo ? [id] : []))
  }

  /** The items that follow the room's position without a gap; null when there is one. Repetitions are dropped. */
  #contiguous(items: readonly StreamItem[]): readonly StreamItem[] | null {
    const fresh: StreamItem[] = []
    let position = this.position
    for (const item of items) {
      if (item.seq <= position) continue
      if (item.seq !== position + 1) return null
      position = item.seq
      fresh.push(item)
    }
    return fresh
  }

  #sendToStore(chars: number): void {
    for (const session of this.#sessions) session.fallBehind(chars)
  }

  #toFrames(items: readonly StreamItem[]): readonly Frame[] {
    // What is withdrawn in the turn that brought it never goes out.
    const withdrawn = new Set(items.filter(isWithdrawal).map(item => item.id))
    const frames: Frame[] = []
    for (const item of items) {
      if (item.kind === 'event' && (!item.ws || withdrawn.has(item.id))) continue
      if (item.kind === 'event' && item.progressKey !== null) {
        if (!this.#passesGate(item, item.progressKey)) continue
      } else if (item.kind === 'event') {
        frames.push(...this.#lastProgressOf(item))
      }
      frames.push(itemFrame(item, false))
    }
    return frames
  }

  #broadcast(frames: readonly Frame[]): void {
    if (frames.length === 0) return
    const chunk = new Chunk(frames, this.#host.store.identity().epoch)
    this.#sent = Math.max(this.#sent, chunk.last)
    if (chunk.chars > LIMITS.turnChars) return this.#sendToStore(chunk.chars)
    let count = 0
    for (const session of this.#sessions) if (session.deliver(chunk)) count += 1
    const at = this.#host.clock.now()
    for (const { seq, eventId } of frames) {
      if (eventId === null || seq === null) continue
      this.remember(seq, eventId)
      this.#host.deliveries.add(count)
      if (count > 0) this.#host.trace(sentRow(this.userId, eventId, at, count))
    }
  }

  // --- progress: the newest of each job, at most twice a second --------------------------------------------------

  #passesGate(item: EventItem, key: string): boolean {
    const gate = (this.#gate ??= new ProgressGate(LIMITS.progressEveryMs))
    const passes = gate.pass(key, item, this.#host.clock.monotonic())
    this.#armGate()
    return passes
  }

  /** The end of a job goes out behind its last progress, never before it. */
  #lastProgressOf(item: EventItem): readonly Frame[] {
    if (this.#gate === null || this.#gate.size === 0 || !item.json.includes('"job.done"')) return []
    const event: EcEvent = JSON.parse(item.json)
    if (event.type !== 'job.done') return []
    const held = this.#gate.take(progressKey({ ...event, type: 'job.progress' }) ?? '')
    return held !== null && held.seq > this.#sent && held.seq < item.seq ? [itemFrame(held, false)] : []
  }

  #armGate(): void {
    const at = this.#timer === null ? (this.#gate?.nextAt() ?? null) : null
    if (at === null) return
    const { clock } = this.#host
    this.#timer = clock.setTimer(() => this.#releaseProgress(), at - clock.monotonic())
  }

  #releaseProgress(): void {
    this.#timer = null
    const now = this.#host.clock.monotonic()
    const frames: Frame[] = []
    for (const item of this.#gate?.takeDue(now) ?? []) {
      if (item.seq > this.#sent) {
        frames.push(itemFrame(item, false))
        this.#gate?.sent(item.progressKey ?? item.id, now)
      } else void this.#renumber(item)
    }
    this.#broadcast(frames)
    this.#armGate()
  }

  /**
   * Other items have gone out since this one was held back, so it takes a new number and comes in again by the bus, for
   * every process that serves the user.
   */
  async #renumber(item: EventItem): Promise<void> {
    const { store, bus, log, clock } = this.#host
    try {
      const moved = await store.renumberProgress(this.userId, item.id)
      if (moved !== null) bus.publish('stream', { userId: this.userId, items: [moved] })
    } catch (error) {
      log.warn('held-back progress could not be sent yet', { event: item.id, code: toEcError(error).code })
      this.#gate?.keep(item.progressKey ?? item.id, item, clock.monotonic())
      this.#armGate()
    }
  }

  /** Whoever comes back asks for what is behind his cursor, so what is held behind newer items must move in front. */
  #close(): void {
    this.#timer?.cancel()
    this.#timer = null
    const held = this.#gate?.held() ?? []
    this.#gate = null
    for (const item of held) if (item.seq <= this.#sent) void this.#renumber(item)
    this.#host.roomEmptied(this)
  }
}

/** About how many characters these items make. */
function sizeOf(items: readonly StreamItem[]): number {
  return items.reduce((sum, item) => sum + (item.kind === 'event' ? item.json.length : 0), 0)
}

function isWithdrawal(item: StreamItem): boolean {
  return item.kind === 'state' && item.state === 'retracted'
}

function sentRow(userId: string, eventId: string, at: number, count: number) {
  return { userId, eventId, at, step: 'sent', channel: 'ws', target: null, reason: null, count } as const
}
