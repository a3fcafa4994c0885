import { Heap } from '../../core/heap.ts'

/** What the list must know of a job to hand it out; `n` is the order of arrival. */
export interface ReadyEntry {
  readonly n: number
  readonly group: string
  readonly priority: number
  readonly runAt: number
  /** What its row says: it was made for later or waits for a retry. */
  readonly delayed: boolean
}

/**
 * A group of jobs that run one after another. It is in exactly one place: `idle` (nothing waits), `due` (in the heap of
 * those that can run), `delayed` (its first job waits for its instant), or `busy` (a run of its jobs is handed out).
 */
interface Group {
  readonly name: string
  place: 'idle' | 'due' | 'delayed' | 'busy'
  /** Ascending by `n`; the first is `waiting[head]`. */
  waiting: ReadyEntry[]
  head: number
  running: number
}

/**
 * The jobs that wait, in memory, beside the rows that are the truth: handing out costs no search in the database.
 * Groups keep their order; a group whose first job waits for a retry lets nothing else of it through. A job without a
 * group is a group of its own.
 */
export class ReadyList {
  readonly #groups = new Map<string, Group>()
  readonly #due = new Heap<Group>(comesFirst)
  readonly #delayed = new Heap<Group>((a, b) => first(a).runAt - first(b).runAt)
  /** Groups of what is handed out, by `n`. */
  readonly #running = new Map<number, { group: Group; entry: ReadyEntry }>()
  #waiting = 0

  /** Jobs that wait, due or not. */
  get waiting(): number {
    return this.#waiting
  }

  add(entry: ReadyEntry): void {
    const group = this.#groupOf(entry)
    insertSorted(group, entry)
    this.#waiting += 1
    if (group.place === 'idle') this.#place(group)
    else if (group.place !== 'busy' && first(group) === entry) this.#replace(group)
  }

  /** Notes a job that is in other hands already, so that its group waits for it. */
  hold(entry: ReadyEntry): void {
    const group = this.#groupOf(entry)
    group.place = 'busy'
    group.running += 1
    this.#running.set(entry.n, { group, entry })
  }

  /**
   * Takes at most `limit` due jobs: of each group a run of at most `perGroup` consecutive ones, highest priority and
   * oldest first.
   */
  take(now: number, limit: number, perGroup: number): readonly ReadyEntry[] {
    this.#wakeDelayed(now)
    const taken: ReadyEntry[] = []
    while (taken.length < limit) {
      const group = this.#due.pop()
      if (!group) break
      group.place = 'busy'
      const room = Math.min(perGroup, limit - taken.length)
      while (group.running < room && group.head < group.waiting.length && first(group).runAt <= now) {
        const entry = shift(group)
        group.running += 1
        this.#waiting -= 1
        this.#running.set(entry.n, { group, entry })
        taken.push(entry)
      }
    }
    return taken
  }

  /** A job that was taken has ended for good. */
  end(n: number): void {
    const running = this.#running.get(n)
    if (!running) return
    this.#running.delete(n)
    this.#settle(running.group)
  }

  /** A job that was taken waits again, from `runAt` on, in its old place of the group. */
  putBack(n: number, runAt: number, delayed: boolean): void {
    const running = this.#running.get(n)
    if (!running) return
    this.#running.delete(n)
    insertSorted(running.group, { ...running.entry, runAt, delayed })
    this.#waiting += 1
    this.#settle(running.group)
  }

  /** Whether something is due now. */
  hasDue(now: number): boolean {
    this.#wakeDelayed(now)
    return this.#due.size > 0
  }

  /** When the next group falls due; null when none waits for its instant. */
  nextRunAt(): number | null {
    const group = this.#delayed.peek()
    return group ? first(group).runAt : null
  }

  #groupOf(entry: ReadyEntry): Group {
    const name = entry.group === '' ? `\0${entry.n}` : entry.group
    const known = this.#groups.get(name)
    if (known) return known
    const group: Group = { name, place: 'idle', waiting: [], head: 0, running: 0 }
    this.#groups.set(name, group)
    return group
  }

  #settle(group: Group): void {
    group.running -= 1
    if (group.running === 0) this.#place(group)
  }

  #place(group: Group): void {
    if (group.head >= group.waiting.length) {
      group.place = 'idle'
      this.#groups.delete(group.name)
      return
    }
    // An instant in the past sorts to the front of the delayed and is woken by the next look at the clock.
    group.place = 'delayed'
    this.#delayed.push(group)
  }

  /** The first entry of a waiting group has changed: it may belong elsewhere. */
  #replace(group: Group): void {
    if (group.place === 'due') this.#due.remove(group)
    else this.#delayed.remove(group)
    this.#place(group)
  }

  #wakeDelayed(now: number): void {
    for (let group = this.#delayed.peek(); group && first(group).runAt <= now; group = this.#delayed.peek()) {
      this.#delayed.pop()
      group.place = 'due'
      this.#due.push(group)
    }
  }
}

function comesFirst(a: Group, b: Group): number {
  return first(b).priority - first(a).priority || first(a).n - first(b).n
}

function first(group: Group): ReadyEntry {
  const entry = group.waiting[group.head]
  if (!entry) throw new Error(`group ${group.name} is empty`)
  return entry
}

function shift(group: Group): ReadyEntry {
  const entry = first(group)
  group.head += 1
  // The spent front is cut off now and then, so that a long-lived group does not grow for ever.
  if (group.head > 1024 && group.head * 2 > group.waiting.length) {
    group.waiting = group.waiting.slice(group.head)
    group.head = 0
  }
  return entry
}

function insertSorted(group: Group, entry: ReadyEntry): void {
  let at = group.waiting.length
  while (at > group.head) {
    const before = group.waiting[at - 1]
    if (!before || before.n < entry.n) break
    at -= 1
  }
  if (at === group.head && group.head > 0) group.waiting[--group.head] = entry
  else group.waiting.splice(at, 0, entry)
}
