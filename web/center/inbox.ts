import type { EcEvent } from '../../src/core/event.ts'
import type { StreamCursor } from '../../src/core/stream-cursor.ts'
import type { CenterState, Item } from './center.ts'
import type { ServerFrame, UnreadCounts } from './stream/frame.ts'
import { answered, changeItem, isAction, isUnread, newItem, questionEndsAt, type HistoryRow } from './item.ts'
import { PendingChanges, type PendingChange } from './pending-changes.ts'
import { ProgressBoard } from './progress-board.ts'
import { UnreadCount, type Doubt } from './unread-count.ts'

type Hello = Extract<ServerFrame, { t: 'hello' }>
type StateFrame = Extract<ServerFrame, { t: 'st' }>
type EventFrame = Extract<ServerFrame, { t: 'ev' }>

/** What of the state the inbox answers for. */
export type Shown = Pick<CenterState, 'unread' | 'items' | 'complete' | 'progress' | 'away'>

/** A page of history that is on its way: what the stream tells meanwhile is laid over it. */
export interface Reading {
  readonly since: StateFrame[]
}

const LIMITS = {
  /** Items that stay in memory as new ones come. */
  items: 2_000,
  /** Items that a person may have loaded by hand. */
  loadedByHand: 10_000,
  away: 9_999,
  answers: 500,
} as const

/**
 * One person's inbox as one page knows it: pure, and total over whatever order frames, pages of history and answers
 * come in. The stream is the truth, in the order of its numbers; history fills in what lies before it. Nothing here
 * reads a clock or speaks to anybody.
 */
export class Inbox {
  #epoch: string | null = null
  #position = 0
  #head = 0
  readonly #items = new Map<string, Item>()
  readonly #pending = new PendingChanges()
  readonly #progress = new ProgressBoard()
  readonly #unread = new UnreadCount()
  readonly #away = new Set<string>()
  /** The options that won, by question. */
  readonly #answers = new Map<string, string | null>()
  readonly #readings = new Set<Reading>()
  /** Everything from this number on is loaded; null before the first page. */
  #floor: number | null = null
  #complete = false
  #room: number = LIMITS.items
  /** The place behind which events may be missing that go to other channels. */
  #gapFrom: number | null = null
  #mustMend = false
  #shown: Shown | null = null

  /** The place up to which everything was taken; null before the first hello. */
  get cursor(): StreamCursor | null {
    return this.#epoch === null ? null : { epoch: this.#epoch, seq: this.#position }
  }

  /** Lowest number from which on history is loaded; null when none is. */
  get floor(): number | null {
    return this.#floor
  }

  get isComplete(): boolean {
    return this.#complete
  }

  /** Whether more may be loaded by hand. */
  get isFull(): boolean {
    return this.#items.size >= LIMITS.loadedByHand
  }

  get doubt(): Doubt {
    return this.#unread.doubt
  }

  /** The place behind which history must be read, since events may be missing; null when none is. */
  get mendFrom(): number | null {
    return this.#mustMend ? this.#gapFrom : null
  }

  get awayIds(): readonly string[] {
    return [...this.#away]
  }

  /** True: what was here is void (another epoch, or a gap that no replay can fill), and history must be read. */
  greet(hello: Hello, sent: StreamCursor | null): boolean {
    const isNew = this.#epoch === null
    const isVoid = this.#epoch !== null && (this.#epoch !== hello.epoch || !hello.recovered)
    if (isVoid) this.clear()
    if (isNew || isVoid) this.#position = !isVoid && hello.recovered && sent !== null ? sent.seq : hello.head
    this.#epoch = hello.epoch
    this.#head = hello.head
    this.#unread.set(hello.head, hello.unread)
    this.#touch()
    return isNew || isVoid
  }

  /** Takes frames of the stream, in order; gives back the events that happen now. `now` is ms since 1970. */
  take(frames: readonly ServerFrame[], now: number): readonly EcEvent[] {
    const happened: EcEvent[] = []
    for (const frame of frames) {
      if (frame.t === 'live') this.#goLive()
      else if (frame.t === 'ev' || frame.t === 'st') {
        if (frame.seq <= this.#position) continue
        this.#lookForGap(frame)
        this.#position = frame.seq
        if (frame.t === 'st') this.#change(frame)
        else if (this.#add(frame, now)) happened.push(frame.event)
      }
    }
    this.#pending.settle(this.#position)
    this.#trim()
    this.#touch()
    return happened
  }

  // --- history ------------------------------------------------------------------------------------------------------

  /** History is about to be read; from now on the stream is laid over what comes. */
  beginReading(): Reading {
    const reading: Reading = { since: [] }
    this.#readings.add(reading)
    return reading
  }

  endReading(reading: Reading): void {
    this.#readings.delete(reading)
  }

  /** The page before `floor`; how many items it added. */
  takePage(reading: Reading, rows: readonly HistoryRow[], isLast: boolean, now: number): number {
    if (!this.#readings.has(reading)) return 0
    const before = this.#items.size
    this.takeRows(reading, rows, now)
    const added = this.#items.size - before
    for (const { item } of rows) this.#floor = Math.min(this.#floor ?? item.seq, item.seq)
    this.#complete = isLast
    this.#room = Math.max(this.#room, Math.min(this.#items.size, LIMITS.loadedByHand))
    this.#trim()
    return added
  }

  /** Rows from anywhere. A reading that was overtaken by a void is passed over. */
  takeRows(reading: Reading, rows: readonly HistoryRow[], now: number): void {
    if (!this.#readings.delete(reading)) return
    const later = new Map<string, StateFrame[]>()
    for (const frame of reading.since) later.set(frame.id, [...(later.get(frame.id) ?? []), frame])
    for (const { item, isRetracted } of rows) {
      const { event, seq } = item
      const changes = later.get(event.id) ?? []
      if (isRetracted || this.#items.has(event.id) || changes.some(({ state }) => state === 'retracted')) continue
      if (this.#progress.take(seq, event, Math.min(now, Date.parse(event.created_at)))) continue
      const changed = changes.reduce((sum, { state, until }) => changeItem(sum, state, until), item)
      this.#items.set(event.id, this.#withAnswer(changed))
    }
    // What was read may be ahead of the stream, so that frames to come change less than they seem to.
    this.#unread.mistrust(Infinity, 'soon')
    this.#touch()
  }

  /** Gaps were filled as far as is sensible. */
  mended(): void {
    this.#gapFrom = null
    this.#mustMend = false
  }

  // --- the count ----------------------------------------------------------------------------------------------------

  askForUnread(): void {
    this.#unread.ask()
  }

  /** What the agent says is unread; null when it could not be asked. */
  takeUnread(answer: { readonly head: number; readonly unread: UnreadCounts } | null): void {
    if (answer === null) return this.#unread.giveUp()
    const isSame = this.#unread.answer(answer.head, answer.unread)
    if (this.#gapFrom !== null && !isSame) this.#mustMend = true
    else if (!this.#mustMend) this.#gapFrom = null
    this.#touch()
  }

  // --- what a person does -------------------------------------------------------------------------------------------

  /** Shows a change at once; `confirm` with the place at which the stream tells of it, `drop` when it was refused. */
  begin(change: PendingChange): { confirm(upTo: number): void; drop(): void } {
    const handle = this.#pending.add(change)
    this.#touch()
    return {
      confirm: upTo => {
        handle.confirm(upTo)
        this.#pending.settle(this.#position)
        this.#touch()
      },
      drop: () => {
        handle.drop()
        this.#touch()
      },
    }
  }

  /** The option that won; null when it cannot be known. */
  knowAnswer(question: string, option: string | null): void {
    this.#answers.set(question, option)
    if (this.#answers.size > LIMITS.answers) this.#answers.delete([...this.#answers.keys()][0] ?? '')
    for (const [id, item] of this.#items)
      if (item.question?.id === question) this.#items.set(id, this.#withAnswer(item))
    this.#touch()
  }

  /** A question that was answered somewhere else, of which nobody has asked yet how. */
  nextUnknownAnswer(): string | null {
    for (const { question } of this.#items.values()) {
      if (question?.state === 'answered' && question.answer === null && !this.#answers.has(question.id)) {
        return question.id
      }
    }
    return null
  }

  /** Unread events that are loaded. */
  unreadIds(): readonly string[] {
    return [...this.#items.values()].filter(isUnread).map(({ event }) => event.id)
  }

  welcomeBack(): void {
    this.#away.clear()
    this.#touch()
  }

  /** What passes by itself: questions run out, snoozes end. When to look again (ms since 1970), or null. */
  expire(now: number): number | null {
    let next = this.#progress.expire(now)
    for (const [id, item] of this.#items) {
      const endsAt = questionEndsAt(item)
      const { question, snoozedUntil } = item
      if (question !== null && endsAt !== null && endsAt <= now) {
        this.#items.set(id, { ...item, question: { ...question, state: 'expired' } })
      } else if (snoozedUntil !== null && snoozedUntil <= now) {
        this.#items.set(id, { ...item, snoozedUntil: null })
      } else {
        next = Math.min(next ?? Infinity, endsAt ?? Infinity, snoozedUntil ?? Infinity)
        continue
      }
      next = now
    }
    this.#touch()
    return next === Infinity ? null : next
  }

  // --- what is shown ------------------------------------------------------------------------------------------------

  get shown(): Shown {
    return (this.#shown ??= this.#show())
  }

  /** Forgets everything but changes that are on their way. */
  clear(): void {
    this.#epoch = null
    this.#position = 0
    this.#head = 0
    this.#items.clear()
    this.#pending.clear()
    this.#progress.clear()
    this.#away.clear()
    this.#answers.clear()
    this.#readings.clear()
    this.#floor = null
    this.#complete = false
    this.#room = LIMITS.items
    this.mended()
    this.#touch()
  }

  #show(): Shown {
    const changed = this.#pending.over(this.#items)
    let { total, action } = this.#unread.value
    for (const [id, item] of changed) {
      const was = this.#items.get(id)
      if (was === undefined) continue
      const delta = Number(isUnread(item)) - Number(isUnread(was))
      total += delta
      if (isAction(item)) action += delta
    }
    const all = this.#pending.readsEverything
    return {
      unread: all ? { total: 0, action: 0 } : { total: Math.max(0, total), action: Math.max(0, action) },
      items: this.#sorted().map(item => changed.get(item.event.id) ?? item),
      complete: this.#complete,
      progress: this.#progress.shown,
      away: this.#away.size,
    }
  }

  #add({ seq, replay, event }: EventFrame, now: number): boolean {
    if (this.#progress.take(seq, event, now)) return !replay
    const known = this.#items.get(event.id)
    if (known === undefined) this.#items.set(event.id, this.#withAnswer(newItem(seq, event)))
    this.#unread.change(seq, { total: 1, action: event.type === 'action.required' ? 1 : 0 })
    // It was read from history in a later state, of which the stream is yet to tell.
    if (known !== undefined && !isUnread(known)) this.#unread.mistrust(seq, 'soon')
    if (replay && known === undefined && this.#away.size < LIMITS.away) this.#away.add(event.id)
    return !replay
  }

  #change(frame: StateFrame): void {
    for (const { since } of this.#readings) since.push(frame)
    const { seq, id, state, until, by } = frame
    if (state !== 'seen' && state !== 'snoozed' && state !== 'unread' && state !== 'unarchived') this.#away.delete(id)
    const item = this.#items.get(id)
    if (item === undefined) {
      this.#progress.retract(id)
      if (state !== 'seen' && state !== 'snoozed') this.#unread.mistrust(seq, 'soon')
      return
    }
    let next = changeItem(item, state, until)
    if (state === 'answered' && by === 'default' && next.question !== null)
      next = { ...next, question: byDefault(next) }
    const left = state === 'retracted' ? 0 : Number(isUnread(next))
    const delta = left - Number(isUnread(item))
    this.#unread.change(seq, { total: delta, action: isAction(item) ? delta : 0 })
    if (state === 'retracted') this.#items.delete(id)
    else this.#items.set(id, this.#withAnswer(next))
  }

  #goLive(): void {
    if (this.#position < this.#head) this.#gapFrom ??= this.#position
    this.#position = Math.max(this.#position, this.#head)
    this.#mustMend = this.#gapFrom !== null
  }

  /** Numbers are given without a gap; one that does not come belongs to something that is not sent here. */
  #lookForGap(frame: EventFrame | StateFrame): void {
    if (frame.seq === this.#position + 1) return
    this.#gapFrom ??= this.#position
    // Of progress only the newest is sent.
    const isProgress = frame.t === 'ev' && frame.event.type === 'job.progress'
    this.#unread.mistrust(frame.seq, isProgress ? 'later' : 'soon')
  }

  #withAnswer(item: Item): Item {
    const option = this.#answers.get(item.question?.id ?? '')
    if (item.question?.state !== 'answered' || option === undefined) return item
    return { ...item, question: answered(item.question, option) }
  }

  #sorted(): readonly Item[] {
    return [...this.#items.values()].sort((a, b) => b.seq - a.seq)
  }

  /** Lets go of the oldest. */
  #trim(): void {
    if (this.#items.size <= this.#room) return
    const sorted = this.#sorted()
    for (const { event } of sorted.slice(this.#room)) this.#items.delete(event.id)
    const lowest = sorted[this.#room - 1]?.seq ?? 0
    this.#floor = Math.max(this.#floor ?? lowest, lowest)
    this.#complete = false
  }

  #touch(): void {
    this.#shown = null
  }
}

function byDefault(item: Item): Item['question'] {
  const option = item.event.data?.['default_option']
  return answered(item.question, typeof option === 'string' ? option : null)
}
