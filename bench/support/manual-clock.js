/**
 * A clock that moves only when it is told to, for months in seconds: timers stand in a heap, and whoever drives it fires
 * one instant after the other.
 */
export class ManualClock {
  #now
  #monotonic = 0
  #heap = []
  #order = 0

  constructor(now = Date.parse('2026-01-05T00:00:00.000Z')) {
    this.#now = now
  }

  now() {
    return Math.floor(this.#now)
  }

  monotonic() {
    return this.#monotonic
  }

  setTimer(run, ms) {
    const timer = { at: this.#monotonic + Math.max(0, ms), order: this.#order++, run }
    this.#push(timer)
    return { cancel: () => void (timer.run = null) }
  }

  /** Milliseconds until the next timer; Infinity without one. */
  untilNext() {
    while (this.#heap.length > 0 && this.#heap[0].run === null) this.#pop()
    return this.#heap.length === 0 ? Infinity : this.#heap[0].at - this.#monotonic
  }

  /** Moves on and fires nothing; what has fallen due is fired by `fire`. */
  move(ms) {
    this.#now += ms
    this.#monotonic += ms
  }

  /** The wall clock alone: a wrong setting, mended. */
  jump(ms) {
    this.#now += ms
  }

  /** Fires what is due at this instant, in order; how many. */
  fire() {
    let fired = 0
    while (this.untilNext() <= 0) {
      const { run } = this.#pop()
      fired += 1
      run()
    }
    return fired
  }

  #push(timer) {
    const heap = this.#heap
    let i = heap.push(timer) - 1
    while (i > 0) {
      const up = (i - 1) >> 1
      if (!isBefore(heap[i], heap[up])) break
      ;[heap[i], heap[up]] = [heap[up], heap[i]]
      i = up
    }
  }

  #pop() {
    const heap = this.#heap
    const [first] = heap
    const last = heap.pop()
    if (heap.length === 0) return first
    heap[0] = last
    for (let i = 0; ;) {
      const left = 2 * i + 1
      const right = left + 1
      let least = i
      if (left < heap.length && isBefore(heap[left], heap[least])) least = left
      if (right < heap.length && isBefore(heap[right], heap[least])) least = right
      if (least === i) return first
      ;[heap[i], heap[least]] = [heap[least], heap[i]]
      i = least
    }
  }
}

function isBefore(a, b) {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
