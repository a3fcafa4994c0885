import type { EcEvent } from '../../../src/core/event.ts'
import type { StreamCursor } from '../../../src/core/stream-cursor.ts'
import type { CenterState } from '../center.ts'
import type { ServerFrame, UnreadCounts } from '../stream/frame.ts'
import { Answers } from './answers.ts'
import { Gap, type Missing } from './gap.ts'
import {
  answeredByDefault,
  changeItem,
  isAction,
  isUnread,
  newItem,
  passTime,
  questionEndsAt,
  type HistoryRow,
} from './item.ts'
import { PendingChanges, type PendingChange, type PendingHandle } from './pending-changes.ts'
import { ProgressBoard } from './progress-board.ts'
import { overtake, Readings, type Reading } from './readings.ts'
import { Shelf } from './shelf.ts'
import { UnreadCount, type Doubt } from './unread-count.ts'

type Hello = Extract<ServerFrame, { t: 'hello' }>
type StateFrame = Extract<ServerFrame, { t: 'st' }>
type EventFrame = Extract<ServerFrame, { t: 'ev' }>

/** What of the state the inbox answers for. */
export type Shown = Pick<CenterState, 'unread' | 'items' | 'complete' | 'progress' | 'away'>

const MAX_AWAY = 9_999

/**
 * One person's inbox as one page knows it: pure, and total over whatever order frames, pages of history and answers
 * come in. The stream is the truth, in the order of its numbers; history fills in what lies before it. Nothing here
 * reads a clock or speaks to anybody.
 */
export class Inbox {
  #epoch: string | null = null
  #position = 0
  #head = 0
  #isReplaying = false
  /** What is held here of the history. */
  readonly items = new Shelf()
  readonly #pending = new PendingChanges()
  readonly #progress = new ProgressBoard()
  readonly #unread = new UnreadCount()
  readonly #answers = new Answers()
  readonly #readings = new Readings()
  readonly #gap = new Gap()
  readonly #away = new Set<string>()
  #shown: Shown | null = null

  /** The place up to which everything was taken; null before the first hello. */
  get cursor(): StreamCursor | null {
    return this.#epoch === null ? null : { epoch: this.#epoch, seq: this.#position }
  }

  get doubt(): Doubt {
    return this.#unread.doubt
  }

  /** What must be read of history, since events may be missing; null when none are. */
  get missing(): Missing | null {
    return this.#isReplaying ? null : this.#gap.missing
  }

  get awayIds(): readonly string[] {
    return [...this.#away]
  }

  /** The agent's count, without what is on its way to it. */
  get counted(): UnreadCounts {
    return this.#unread.value
  }

  get shown(): Shown {
    return (this.#shown ??= this.#show())
  }

  // --- the stream ---------------------------------------------------------------------------------------------------

  /** `sent`: the cursor that the stream was opened with. What cannot be replayed makes all that is here void. */
  greet(hello: Hello, sent: StreamCursor | null): void {
    if (this.#epoch !== null && (this.#epoch !== hello.epoch || !hello.recovered)) this.clear()
    if (this.#epoch === null) {
      this.#epoch = hello.epoch
      this.#position = hello.recovered && sent?.epoch === hello.epoch ? sent.seq : hello.head
    }
    this.#head = hello.head
    this.#isReplaying = true
    this.#setUnread(hello.head, hello.unread)
    this.#touch()
  }

  /** Takes the place of a stream that another tab holds, and what that has told it. */
  adopt(cursor: StreamCursor, unread: UnreadCounts, away: readonly string[]): void {
    if (this.#epoch !== null && this.#epoch !== cursor.epoch) this.clear()
    if (this.#epoch === null) {
      this.#epoch = cursor.epoch
      this.#position = cursor.seq
      this.#head = cursor.seq
      for (const id of away) this.#away.add(id)
    }
    // A count of a place that we have left behind is no news.
    if (cursor.seq >= this.#position) this.#setUnread(cursor.seq, unread)
    this.#touch()
  }

  /** Takes frames of the stream, in order; gives back the events that happen now. `now` is ms since 1970. */
  take(frames: readonly ServerFrame[], now: number): readonly EcEvent[] {
    const happened: EcEvent[] = []
    for (const frame of frames) {
      if (frame.t === 'live') this.#goLive()
      else if ((frame.t === 'ev' || frame.t === 'st') && this.#advance(frame)) {
        if (frame.t === 'st') this.#change(frame)
        else if (this.#add(frame, now)) happened.push(frame.event)
      }
    }
    this.#pending.settle(this.#position)
    this.items.trim()
    this.#touch()
    return happened
  }

  // --- history ------------------------------------------------------------------------------------------------------

  /** History is about to be read; from now on the stream is laid over what comes. */
  beginReading(): Reading {
    return this.#readings.begin()
  }

  endReading(reading: Reading): void {
    this.#readings.end(reading)
  }

  /** The page before all that is loaded; how many items it added. */
  takePage(reading: Reading, rows: readonly HistoryRow[], isLast: boolean, now: number): number {
    const before = this.items.size
    if (!this.#merge(reading, rows, now)) return 0
    const added = this.items.size - before
    const lowest = rows.reduce((low, { item }) => Math.min(low, item.seq), Infinity)
    this.items.extend(lowest === Infinity ? null : lowest, isLast)
    this.items.trim()
    return added
  }

  /** Rows from anywhere. */
  takeRows(reading: Reading, rows: readonly HistoryRow[], now: number): void {
    this.#merge(reading, rows, now)
    this.items.trim()
  }

  /** History was read for what was missing up to here, as far as is sensible. */
  mended(upTo: number): void {
    this.#gap.mended(upTo)
  }

  // --- the count ----------------------------------------------------------------------------------------------------

  askForUnread(): void {
    this.#unread.ask()
  }

  /** What the agent says is unread; null when it could not be asked. */
  takeUnread(answer: { readonly head: number; readonly unread: UnreadCounts } | null): void {
    if (answer === null) return this.#unread.giveUp()
    const isSame = this.#unread.answer(answer.head, answer.unread)
    if (isSame !== null) this.#gap.counted(answer.head, this.#position, isSame)
    this.#touch()
  }

  // --- what a person does -------------------------------------------------------------------------------------------

  /** Shows a change at once. */
  begin(change: PendingChange): PendingHandle {
    const handle = this.#pending.add(change)
    this.#touch()
    return {
      confirm: upTo => {
        const isTold = change.ids.every(id => this.items.byId.get(id)?.question?.state === 'answered')
        if (upTo === 'word' && isTold) handle.drop()
        else handle.confirm(upTo)
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
    this.#answers.know(question, option)
    if (this.items.updateAll(item => this.#answers.fill(item))) this.#touch()
  }

  nextUnknownAnswer(): string | null {
    return this.#answers.nextUnknown(this.items.sorted)
  }

  welcomeBack(): void {
    this.#away.clear()
    this.#touch()
  }

  /** What passes by itself: questions run out, snoozes end. When to look again (ms since 1970), or null. */
  expire(now: number): number | null {
    const jobs = this.#progress.shown
    let next = this.#progress.expire(now) ?? Infinity
    const isOther = this.items.updateAll(item => {
      const passed = passTime(item, now)
      next = Math.min(next, questionEndsAt(passed) ?? Infinity, passed.snoozedUntil ?? Infinity)
      return passed
    })
    if (isOther || this.#progress.shown !== jobs) this.#touch()
    return next === Infinity ? null : next
  }

  /** Forgets everything but changes that are on their way. */
  clear(): void {
    this.#epoch = null
    this.#position = 0
    this.#head = 0
    this.#isReplaying = false
    this.items.clear()
    this.#pending.clear()
    this.#progress.clear()
    this.#answers.clear()
    this.#readings.clear()
    this.#gap.clear()
    this.#away.clear()
    this.#touch()
  }

  /** The count is right from now on, and cannot tell any more whether something is missing. */
  #setUnread(head: number, unread: UnreadCounts): void {
    this.#gap.suspect()
    this.#unread.set(head, unread)
  }

  /** False for what was taken already. */
  #advance(frame: EventFrame | StateFrame): boolean {
    const { seq } = frame
    if (seq <= this.#position) return false
    if (seq !== this.#position + 1) {
      this.#gap.open(this.#position, seq)
      if (this.#unread.covers(this.#position + 1)) this.#gap.suspect()
      // Of progress only the newest is sent.
      const isProgress = frame.t === 'ev' && frame.event.type === 'job.progress'
      this.#unread.mistrust(seq, isProgress ? 'later' : 'soon')
    }
    this.#position = seq
    return true
  }

  #add({ seq, replay, event }: EventFrame, now: number): boolean {
    if (this.#progress.take(seq, event, now, now)) return !replay
    const known = this.items.byId.get(event.id)
    if (known === undefined) this.items.put(this.#answers.fill(newItem(seq, event)))
    this.#unread.change(seq, { total: 1, action: event.type === 'action.required' ? 1 : 0 })
    if (replay && known === undefined && this.#away.size < MAX_AWAY) this.#away.add(event.id)
    return !replay
  }

  #change(frame: StateFrame): void {
    const { seq, id, state, until, by } = frame
    this.#readings.hear(frame)
    this.#pending.told(id, state)
    if (ENDS_AWAY.has(state)) this.#away.delete(id)
    const item = this.items.byId.get(id)
    if (item === undefined) {
      if (state === 'retracted') this.#progress.retract(id)
      else this.#gap.suspect()
      if (state !== 'seen' && state !== 'snoozed') this.#unread.loseTrack(seq)
      return
    }
    const changed = changeItem(item, state, until)
    const next = state === 'answered' && by === 'default' ? answeredByDefault(changed) : changed
    const left = state === 'retracted' ? 0 : Number(isUnread(next))
    const delta = left - Number(isUnread(item))
    this.#unread.change(seq, { total: delta, action: isAction(item) ? delta : 0 })
    if (state === 'retracted') this.items.remove(id)
    else this.items.put(this.#answers.fill(next))
  }

  #goLive(): void {
    if (this.#position < this.#head) this.#gap.open(this.#position, this.#head)
    if (this.#position < this.#head) this.#gap.suspect()
    this.#position = Math.max(this.#position, this.#head)
    this.#isReplaying = false
  }

  /** False for a reading that has become void: its rows are passed over. */
  #merge(reading: Reading, rows: readonly HistoryRow[], now: number): boolean {
    if (!this.#readings.end(reading)) return false
    for (const { item, isRetracted } of overtake(rows, reading)) {
      const { event, seq } = item
      const isProgress = this.#progress.take(seq, event, Math.min(now, Date.parse(event.created_at)), now)
      if (isRetracted) this.#progress.retract(event.id)
      else if (!isProgress && !this.items.byId.has(event.id)) this.items.put(this.#answers.fill(item))
    }
    // What was read may be ahead of the stream, so that frames to come change less than they seem to.
    this.#unread.loseTrack(Infinity)
    this.#touch()
    return true
  }

  #show(): Shown {
    const changed = this.#pending.over(this.items.byId)
    let { total, action } = this.#unread.value
    for (const [id, item] of changed) {
      const was = this.items.byId.get(id)
      const delta = Number(isUnread(item)) - Number(was !== undefined && isUnread(was))
      total += delta
      if (isAction(item)) action += delta
    }
    const unread = { total: Math.max(0, total), action: Math.max(0, action) }
    return {
      unread: this.#pending.readsEverything ? { total: 0, action: 0 } : unread,
      items: changed.size === 0 ? this.items.sorted : this.items.sorted.map(item => changed.get(item.event.id) ?? item),
      complete: this.items.isComplete,
      progress: this.#progress.shown,
      away: this.#away.size,
    }
  }

  #touch(): void {
    this.#shown = null
  }
}

/** Who has read, answered or put away an event knows of it. */
const ENDS_AWAY = new Set<StateFrame['state']>(['read', 'archived', 'answered', 'retracted'])
