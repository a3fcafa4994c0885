import { Heap } from '../../core/heap.ts'

/** What the list must know of a job to hand it out; `n` is the order of arrival. */
export interface ReadyEntry {
  readonly n: number
  readonly group: string
  readonly priority: number
  readonly runAt: number
  /** What its row says: it was made for later or waits for a retry. One that is not delayed is due at any time. */
  readonly delayed: boolean
  /** It was handed out before. It gets a run of its own: what it does to its worker befalls no other. */
  readonly tried: boolean
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
  /** What is handed out, ascending by `n`. */
  readonly running: ReadyEntry[]
}

/**
 * The jobs that wait, in memory, beside the rows that are the truth: handing out costs no search in the database.
 * Groups keep their order; a group whose first job waits for a retry lets nothing else of it through. A job without a
 * group is a group of its own. Each change can be taken back by another: `take` by `putBack`, `end` by `hold`,
 * `putBack` by `remove` and `hold`.
 */
export class ReadyList {
  readonly #groups = new Map<string, Group>()
  readonly #due = new Heap<Group>(comesFirst)
  readonly #delayed = new Heap<Group>((a, b) => dueAt(first(a)) - dueAt(first(b)))
  #waiting = 0

  /** Jobs that wait, due or not. */
  get waiting(): number {
    return this.#waiting
  }

  add(entry: ReadyEntry): void {
    const group = this.#groupOf(entry)
    insertSorted(group, entry)
    this.#waiting += 1
    if (group.place !== 'busy' && first(group) === entry) this.#place(group)
  }

  /** Takes a waiting job out, as if it had never come. */
  remove(entry: ReadyEntry): void {
    const group = this.#groups.get(groupName(entry))
    const at = group ? group.waiting.findLastIndex(waiting => waiting.n === entry.n) : -1
    if (!group || at < group.head) return
    // Its place in a heap hangs on the first job, so it leaves the heap before the first may change.
    if (group.place !== 'busy') this.#unplace(group)
    group.waiting.splice(at, 1)
    this.#waiting -= 1
    if (group.place !== 'busy') this.#place(group)
  }

  /** Notes a job that is in other hands already, so that its group waits for it. */
  hold(entry: ReadyEntry): void {
    const group = this.#groupOf(entry)
    if (group.place !== 'busy') this.#unplace(group)
    group.place = 'busy'
    const { running } = group
    const at = running.findLastIndex(before => before.n < entry.n) + 1
    running.splice(at, 0, entry)
  }

  /**
   * Takes at most `limit` due jobs: of each group a run of at most `perGroup` consecutive ones, highest priority and
   * oldest first.
   */
  take(now: number, limit: number, perGroup: number): readonly ReadyEntry[] {
    const taken: ReadyEntry[] = []
    while (taken.length < limit && this.hasDue(now)) {
      const group = this.#due.pop()
      if (!group) break
      const run = startRun(group, now, Math.min(perGroup, limit - taken.length))
      this.#waiting -= run.length
      taken.push(...run)
      group.place = 'busy'
    }
    return taken
  }

  /** The job of this one's group that must end next; null when none is handed out. */
  nextToEnd(entry: ReadyEntry): ReadyEntry | null {
    return this.#groups.get(groupName(entry))?.running[0] ?? null
  }

  /** A job that was taken has ended for good. */
  end(entry: ReadyEntry): void {
    const group = this.#groups.get(groupName(entry))
    if (group && leaveRunning(group, entry)) this.#settle(group)
  }

  /** A job that was taken waits again, in its old place of the group; `back` is what is known of it now. */
  putBack(back: ReadyEntry): void {
    const group = this.#groups.get(groupName(back))
    if (!group || !leaveRunning(group, back)) return
    insertSorted(group, back)
    this.#waiting += 1
    this.#settle(group)
  }

  /** Whether something is due now. */
  hasDue(now: number): boolean {
    this.#wakeDelayed(now)
    // The clock may have been set back after a group fell due: it waits again.
    for (let group = this.#due.peek(); group && dueAt(first(group)) > now; group = this.#due.peek()) this.#place(group)
    return this.#due.size > 0
  }

  /** When the next group falls due; null when none waits for its instant. */
  nextRunAt(): number | null {
    const group = this.#delayed.peek()
    return group ? dueAt(first(group)) : null
  }

  #groupOf(entry: ReadyEntry): Group {
    const name = groupName(entry)
    const known = this.#groups.get(name)
    if (known) return known
    const group: Group = { name, place: 'idle', waiting: [], head: 0, running: [] }
    this.#groups.set(name, group)
    return group
  }

  #settle(group: Group): void {
    if (group.running.length > 0) return
    group.place = 'idle'
    this.#place(group)
  }

  /** Brings a group of which nothing is handed out to where its first job belongs. */
  #place(group: Group): void {
    this.#unplace(group)
    if (group.head >= group.waiting.length) {
      this.#groups.delete(group.name)
      return
    }
    // An instant in the past sorts to the front of the delayed and is woken by the next look at the clock.
    group.place = 'delayed'
    this.#delayed.push(group)
  }

  #unplace(group: Group): void {
    if (group.place === 'due') this.#due.remove(group)
    else if (group.place === 'delayed') this.#delayed.remove(group)
    group.place = 'idle'
  }

  #wakeDelayed(now: number): void {
    for (let group = this.#delayed.peek(); group && dueAt(first(group)) <= now; group = this.#delayed.peek()) {
      this.#delayed.pop()
      group.place = 'due'
      this.#due.push(group)
    }
  }
}

function groupName(entry: ReadyEntry): string {
  return entry.group === '' ? `\0${entry.n}` : entry.group
}

/** A clock that was set back cannot hold up what was due when it came. */
function dueAt(entry: ReadyEntry): number {
  return entry.delayed ? entry.runAt : 0
}

/** Hands out the next jobs of a group: as many as are due, at most `room`. */
function startRun(group: Group, now: number, room: number): readonly ReadyEntry[] {
  const { running } = group
  while (running.length < room) {
    const entry = group.waiting[group.head]
    if (!entry || dueAt(entry) > now || (entry.tried && running.length > 0)) break
    running.push(shift(group))
    if (entry.tried) break
  }
  return running
}

function leaveRunning(group: Group, entry: ReadyEntry): boolean {
  const at = group.running.findIndex(running => running.n === entry.n)
  if (at < 0) return false
  group.running.splice(at, 1)
  return true
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
