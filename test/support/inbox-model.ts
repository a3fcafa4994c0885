import type { EcEvent, EventState } from '#ec/core/event.js'
import type { ServerFrame } from '../../web/center/stream/frame.js'

/** An event in the model's store. */
export interface ModelEvent {
  readonly seq: number
  readonly event: EcEvent
  /** Whether it goes out on the stream. */
  readonly ws: boolean
  read: boolean
  seen: boolean
  archived: boolean
  answered: boolean
  retracted: boolean
  snoozedUntil: number | null
}

type Line =
  | { readonly kind: 'event'; readonly of: ModelEvent }
  | { readonly kind: 'state'; readonly seq: number; readonly id: string; readonly state: EventState }

export const NOW = Date.parse('2026-01-05T09:00:00.000Z')
export const SNOOZE = NOW + 3_600_000

/** One user's part of an agent, in the plainest way: everything is computed anew from the lines of the stream. */
export class InboxModel {
  epoch = 'e1'
  head = 0
  /** What was numbered up to here cannot be replayed any more. */
  forgotten = 0
  events: ModelEvent[] = []
  lines: Line[] = []
  #made = 0

  emit(kind: 'plain' | 'quiet' | 'question' | 'progress' | 'done', job: number): void {
    const types = { plain: 'task.created', quiet: 'task.created', question: 'action.required' } as const
    const type = kind === 'progress' || kind === 'done' ? (`job.${kind}` as const) : types[kind]
    this.#made += 1
    const id = `evt_${this.#made}`
    const data = kind === 'question' ? { options: ['yes', 'no'] } : { job_id: job }
    const created_at = new Date(NOW).toISOString()
    const event = { id, user_id: 'ann', type, title: id, body: '', level: 'info', created_at, data } as const
    const untouched = { read: false, seen: false, archived: false, answered: false, retracted: false }
    this.head += 1
    const of = { seq: this.head, event, ws: kind !== 'quiet', ...untouched, snoozedUntil: null }
    this.events.push(of)
    this.lines.push({ kind: 'event', of })
  }

  /** As the agent: a change that changes nothing has no number. */
  change(index: number, state: EventState): void {
    const of = this.events[index % Math.max(1, this.events.length)]
    if (of === undefined || of.retracted || !apply(of, state)) return
    this.head += 1
    this.lines.push({ kind: 'state', seq: this.head, id: of.event.id, state })
  }

  get unread(): { readonly total: number; readonly action: number } {
    const open = this.events.filter(({ event, ...of }) => event.type !== 'job.progress' && isOpen(of))
    return { total: open.length, action: open.filter(({ event }) => event.type === 'action.required').length }
  }

  /** What a connection with this cursor is told first; `cursor`: null = none. */
  connect(cursor: { readonly epoch: string; readonly seq: number } | null): readonly ServerFrame[] {
    const recovered =
      cursor === null || (cursor.epoch === this.epoch && cursor.seq <= this.head && cursor.seq >= this.forgotten)
    const hello = { t: 'hello', user: 'ann', epoch: this.epoch, head: this.head, pingMs: 25_000 } as const
    const after = recovered && cursor !== null ? cursor.seq : this.head
    return [{ ...hello, recovered, unread: this.unread }, ...this.replay(after), { t: 'live' }]
  }

  replay(after: number): readonly ServerFrame[] {
    return this.lines
      .filter(line => seqOf(line) > after)
      .filter(line => line.kind === 'state' || (line.of.ws && !line.of.retracted && !this.#isOvertaken(line.of)))
      .map(line => toFrame(line, true))
  }

  /** What goes out now; null when the last line stays inside. */
  frameOfLast(): ServerFrame | null {
    const line = this.lines.at(-1)
    return line === undefined || (line.kind === 'event' && !line.of.ws) ? null : toFrame(line, false)
  }

  /** As `GET /api/events`, ascending. */
  list(where: { readonly before?: number; readonly after?: number; readonly limit: number }): readonly unknown[] {
    const { before = Infinity, after, limit } = where
    const found = this.events.filter(({ seq }) => seq < before && seq > (after ?? 0))
    return (after === undefined ? found.slice(-limit) : found.slice(0, limit)).map(renderRow)
  }

  /** What a page must show in the end, newest first. */
  get inbox(): readonly unknown[] {
    return this.events
      .filter(({ event, retracted }) => event.type !== 'job.progress' && !retracted)
      .map(({ seq, event, read, seen, archived, answered, snoozedUntil }) => ({
        seq,
        id: event.id,
        read,
        seen,
        archived,
        answered,
        snoozedUntil,
      }))
      .toReversed()
  }

  /** Jobs of which it cannot be told whether they have ended: the word of it was taken back. */
  get unclear(): ReadonlySet<unknown> {
    const taken = this.events.filter(({ event, retracted }) => retracted && event.type === 'job.done')
    return new Set(taken.map(({ event }) => event.data?.['job_id']))
  }

  /** Jobs that go on, as anybody can tell who has heard everything. */
  get running(): readonly EcEvent[] {
    const ended = (of: ModelEvent) =>
      this.events.some(
        ({ seq, event }) =>
          seq > of.seq && event.data?.['job_id'] === of.event.data?.['job_id'] && event.type === 'job.done',
      )
    return this.events
      .filter(of => of.event.type === 'job.progress' && !of.retracted && !this.#isOvertaken(of) && !ended(of))
      .map(({ event }) => event)
  }

  /** A backup of an earlier time takes the place of the store; later numbers are given anew. */
  restore(to: number): void {
    this.epoch = `e${Number(this.epoch.slice(1)) + 1}`
    this.head = Math.min(this.head, to)
    this.forgotten = Math.min(this.forgotten, to)
    this.lines = this.lines.filter(line => seqOf(line) <= this.head)
    this.events = this.events
      .filter(({ seq }) => seq <= this.head)
      .map(of => ({ ...of, read: false, seen: false, archived: false, answered: false, retracted: false }))
      .map(of => ({ ...of, snoozedUntil: null }))
    const states = this.lines.flatMap(line => (line.kind === 'state' ? [line] : []))
    for (const { id, state } of states) {
      const of = this.events.find(({ event }) => event.id === id)
      if (of !== undefined) apply(of, state)
    }
    this.lines = this.lines.map(line =>
      line.kind === 'event' ? { kind: 'event', of: this.events.find(({ seq }) => seq === line.of.seq)! } : line,
    )
  }

  #isOvertaken(of: ModelEvent): boolean {
    if (of.event.type !== 'job.progress') return false
    return this.events.some(
      ({ seq, event }) =>
        seq > of.seq && event.type === 'job.progress' && event.data?.['job_id'] === of.event.data?.['job_id'],
    )
  }
}

function apply(of: ModelEvent, state: EventState): boolean {
  const before = JSON.stringify(of)
  if (state === 'seen') of.seen = true
  if (state === 'read' && !of.read) Object.assign(of, { read: true, seen: true })
  if (state === 'unread') of.read = false
  if (state === 'archived') of.archived = true
  if (state === 'unarchived') of.archived = false
  if (state === 'snoozed') of.snoozedUntil = SNOOZE
  if (state === 'answered' && of.event.type === 'action.required') {
    Object.assign(of, { answered: true, read: true, seen: true })
  }
  if (state === 'retracted') of.retracted = true
  return JSON.stringify(of) !== before
}

function isOpen({ read, archived, retracted }: Pick<ModelEvent, 'read' | 'archived' | 'retracted'>): boolean {
  return !read && !archived && !retracted
}

function seqOf(line: Line): number {
  return line.kind === 'event' ? line.of.seq : line.seq
}

function toFrame(line: Line, replay: boolean): ServerFrame {
  if (line.kind === 'event') return { t: 'ev', seq: line.of.seq, replay, event: line.of.event }
  const { seq, id, state } = line
  return { t: 'st', seq, id, state, by: null, until: state === 'snoozed' ? SNOOZE : null }
}

function renderRow({ seq, event, ...of }: ModelEvent): unknown {
  const at = new Date(NOW).toISOString()
  return {
    ...event,
    seq,
    ...(of.seen ? { seen_at: at } : {}),
    ...(of.read ? { read_at: at } : {}),
    ...(of.archived ? { archived_at: at } : {}),
    ...(of.answered ? { answered_at: at } : {}),
    ...(of.retracted ? { retracted_at: at } : {}),
    ...(of.snoozedUntil === null ? {} : { snoozed_until: new Date(of.snoozedUntil).toISOString() }),
  }
}
