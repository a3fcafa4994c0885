import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EVENT_STATES, type EcEvent } from '#ec/core/event.js'
import { Inbox } from '../../../web/center/inbox/inbox.js'
import { readRow } from '../../../web/center/inbox/item.js'
import type { PendingHandle } from '../../../web/center/inbox/pending-changes.js'
import type { Reading } from '../../../web/center/inbox/readings.js'
import type { ServerFrame } from '../../../web/center/stream/frame.js'
import { InboxModel, NOW } from '../../support/inbox-model.js'
import { runs } from '../../support/long.js'

/** Events that go to no page, and progress, leave gaps in the numbers, which make a page look again. */
const gapless = fc.constantFrom('plain', 'question')
const kinds = fc.constantFrom('plain', 'plain', 'quiet', 'question', 'progress', 'done')
const change = fc.record({ do: fc.constant('change'), at: fc.nat(30), state: fc.constantFrom(...EVENT_STATES) })
const deliver = fc.record({ do: fc.constant('deliver'), count: fc.integer({ min: 1, max: 5 }) })
const requests = ['page', 'page', 'mend', 'paged', 'paged', 'ask', 'ask', 'told'] as const
const act = (...what: readonly string[]) => fc.record({ do: fc.constantFrom(...what) })

/** Nothing breaks: what is wrong stays wrong, since nothing makes the page begin anew. */
const calm = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('emit'), kind: gapless, job: fc.constant(0) }) },
  { weight: 6, arbitrary: change },
  { weight: 4, arbitrary: deliver },
  { weight: 8, arbitrary: act(...requests) },
  { weight: 2, arbitrary: act('mark', 'marked', 'refused', 'repeat') },
)
const wild = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('emit'), kind: kinds, job: fc.nat(2) }) },
  { weight: 6, arbitrary: change },
  { weight: 6, arbitrary: deliver },
  { weight: 4, arbitrary: act(...requests) },
  { weight: 3, arbitrary: act('repeat', 'cut', 'cut', 'connect', 'connect', 'settle', 'forget') },
  { weight: 3, arbitrary: act('mark', 'marked', 'refused') },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore'), to: fc.nat(20) }) },
)
type Step = typeof wild extends fc.Arbitrary<infer T> ? T : never
/** What is there before the page opens: mostly it is connected, sometimes it has all. */
const start = fc.record({ events: fc.array(kinds, { maxLength: 8 }), connects: fc.boolean(), settles: fc.boolean() })

/** A page and an agent, with everything between them on its way for as long as the test likes. */
class Play {
  readonly model = new InboxModel()
  readonly inbox = new Inbox()
  readonly happened: string[] = []
  /** Frames that the agent has sent, and the page has not got. */
  wire: ServerFrame[] = []
  isConnected = false
  sent: { readonly epoch: string; readonly seq: number } | null = null
  /** Answers of the agent that are on their way. */
  page: { reading: Reading; rows: readonly unknown[]; limit: number; mends: number | null } | null = null
  count: { head: number; epoch: string; unread: { total: number; action: number } } | null = null
  marks: { handle: PendingHandle; seq: number }[] = []
  delivered: ServerFrame[] = []
  /** What went out while the page was listening, and so had to be told of as happening. */
  readonly due = new Set<string>()

  run(step: Step): void {
    const { model } = this
    if ('kind' in step) this.#said(() => model.emit(step.kind, step.job))
    else if ('state' in step) this.#said(() => model.change(step.at, step.state))
    else if ('count' in step) this.deliver(step.count)
    else if ('to' in step) this.#restore(step.to)
    else this.#act(step.do)
    this.check()
  }

  /** What must hold at every moment. */
  check(): void {
    const { items, unread, away } = this.inbox.shown
    const seqs = items.map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.toSorted((a, b) => b - a))
    expect(new Set(items.map(({ event }) => event.id)).size).toBe(items.length)
    expect(unread.total).toBeGreaterThanOrEqual(0)
    expect(away).toBeGreaterThanOrEqual(0)
    expect(new Set(this.happened).size).toBe(this.happened.length)
  }

  deliver(count: number): void {
    const frames = this.wire.splice(0, count)
    if (frames.length > 0) this.#hear(frames)
  }

  connect(): void {
    if (this.isConnected) return
    this.isConnected = true
    this.sent = this.inbox.cursor
    this.wire = [...this.model.connect(this.sent)]
  }

  cut(): void {
    this.isConnected = false
    this.wire = []
    this.due.clear()
  }

  /** The end: all is delivered, and all is asked for that the page wants to know. */
  settle(): void {
    this.#act('refused')
    this.#act('paged')
    this.#act('told')
    this.connect()
    this.deliver(Infinity)
    for (let rounds = 0; rounds < 50; rounds++) {
      const { items, missing, doubt } = this.inbox
      if (missing !== null) this.#mend()
      else if (!items.isComplete) this.#readPage(3)
      else if (doubt !== 'none') this.#act('ask')
      else return
      this.#act('paged')
      this.#act('told')
    }
    throw new Error('the page never has enough')
  }

  #act(what: string): void {
    switch (what) {
      case 'forget':
        this.model.forgotten = this.model.head
        return
      case 'settle':
        return this.settle()
      case 'repeat':
        return this.#hear(this.delivered.filter(({ t }) => t === 'ev' || t === 'st').slice(-4))
      case 'cut':
        return this.cut()
      case 'connect':
        return this.connect()
      case 'ask':
        if (this.inbox.cursor === null || this.count !== null) return
        this.inbox.askForUnread()
        this.count = { head: this.model.head, epoch: this.model.epoch, unread: this.model.unread }
        return
      case 'told':
        if (this.count === null) return
        this.inbox.takeUnread(this.count.epoch === this.inbox.cursor?.epoch ? this.count : null)
        this.count = null
        return
      case 'page':
        return this.#readPage(3)
      case 'mend':
        return this.#mend()
      case 'paged':
        return this.#paged()
      case 'mark':
        return this.#mark()
      case 'marked':
        for (const { handle, seq } of this.marks.splice(0, 1)) handle.confirm(seq)
        return
      case 'refused':
        for (const { handle } of this.marks.splice(0)) handle.drop()
        return
      default:
        throw new Error(what)
    }
  }

  /** Something happens at the agent, which tells a page that listens. */
  #said(change: () => void): void {
    const before = this.model.head
    change()
    const frame = this.model.head > before ? this.model.frameOfLast() : null
    if (!this.isConnected || frame === null) return
    this.wire.push(frame)
    if (frame.t === 'ev') this.due.add(frame.event.id)
  }

  #restore(to: number): void {
    this.cut()
    this.model.restore(to)
    this.delivered = []
    this.marks.splice(0).forEach(({ handle }) => handle.drop())
    // A page that was asked for before is of a store that is gone; so is its connection.
    if (this.page !== null) this.inbox.endReading(this.page.reading)
    this.page = null
  }

  #hear(frames: readonly ServerFrame[]): void {
    for (const frame of frames) if (frame.t === 'hello') this.inbox.greet(frame, this.sent)
    const happened = this.inbox.take(frames, NOW).map(({ id }) => id)
    this.happened.push(...happened)
    this.delivered.push(...frames)
  }

  #readPage(limit: number): void {
    if (this.page !== null || this.inbox.cursor === null || this.inbox.items.isComplete) return
    const { floor } = this.inbox.items
    const rows = this.model.list({ ...(floor === null ? {} : { before: floor }), limit })
    this.page = { reading: this.inbox.beginReading(), rows, limit, mends: null }
  }

  #mend(): void {
    const { missing } = this.inbox
    if (this.page !== null || missing === null) return
    const rows = this.model.list({ after: missing.after, limit: 1000 })
    this.page = { reading: this.inbox.beginReading(), rows, limit: 1000, mends: missing.upTo }
  }

  #paged(): void {
    if (this.page === null) return
    const { reading, rows, limit, mends } = this.page
    this.page = null
    const read = rows.flatMap(row => readRow(row) ?? [])
    if (mends === null) this.inbox.takePage(reading, read, rows.length < limit, NOW)
    else {
      this.inbox.takeRows(reading, read, NOW)
      this.inbox.mended(mends)
    }
  }

  /** A person reads the newest unread item: the page shows it at once, the agent has it when it has. */
  #mark(): void {
    const item = this.inbox.shown.items.find(({ read }) => !read)
    if (item === undefined) return
    const { id } = item.event
    const before = this.inbox.shown.unread.total
    const handle = this.inbox.begin({ ids: [id], state: 'read' })
    expect(this.inbox.shown.items.find(({ event }) => event.id === id)?.read).toBe(true)
    expect(this.inbox.shown.unread.total).toBeLessThanOrEqual(before)
    const index = this.model.events.findIndex(({ event }) => event.id === id)
    if (index >= 0) this.#said(() => this.model.change(index, 'read'))
    this.marks.push({ handle, seq: this.model.head })
  }
}

describe('the inbox of a page', () => {
  it.each([
    ['history, stream and what a person does', calm, 14, 1_500],
    ['repetitions, gaps, cuts and restored backups', wild, 60, 600],
  ] as const)('shows in the end what the agent has, however %s fall together', (_what, step, maxLength, sample) => {
    fc.assert(
      fc.property(start, fc.array<Step>(step, { maxLength, size: 'max' }), ({ events, connects, settles }, steps) => {
        const play = new Play()
        for (const kind of events) play.model.emit(kind, 0)
        if (connects) play.connect()
        if (connects) play.deliver(2)
        if (settles) play.settle()
        for (const step of steps) play.run(step)
        // Nobody tells a page of an event that goes to other channels alone: it notices when the next number comes.
        play.run({ do: 'emit', kind: 'plain', job: 0 })
        play.settle()
        const { items, unread, progress } = play.inbox.shown
        const shown = items.map(({ seq, event, read, seen, archived, question, snoozedUntil }) => {
          return { seq, id: event.id, read, seen, archived, answered: question?.state === 'answered', snoozedUntil }
        })
        expect(shown).toEqual(play.model.inbox)
        expect(unread).toEqual(play.model.unread)
        const { running, unclear } = play.model
        const jobs = (of: readonly EcEvent[]) => {
          return of
            .filter(({ data }) => !unclear.has(data?.['job_id']))
            .map(({ id }) => id)
            .toSorted()
        }
        expect(jobs(progress)).toEqual(jobs(running))
        for (const id of play.due) expect(play.happened).toContain(id)
        play.check()
      }),
      { numRuns: runs(sample) },
    )
  })
})
