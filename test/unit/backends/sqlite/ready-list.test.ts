import * as fc from 'fast-check'
import { ReadyList, type ReadyEntry } from '#ec/backends/sqlite/ready-list.js'
import { describe, expect, it } from 'vitest'
import { LONG } from '../../../support/long.js'

/** The same list, kept in the plainest way. */
class NaiveList {
  waiting: ReadyEntry[] = []
  running: ReadyEntry[] = []

  take(now: number, limit: number, perGroup: number): readonly ReadyEntry[] {
    const taken: ReadyEntry[] = []
    const groups = new Map<string, ReadyEntry[]>()
    for (const entry of this.waiting.toSorted((a, b) => a.n - b.n)) {
      const name = entry.group || `#${entry.n}`
      groups.set(name, [...(groups.get(name) ?? []), entry])
    }
    const busy = new Set(this.running.map(entry => entry.group || `#${entry.n}`))
    const due = [...groups].filter(([name, [first]]) => !busy.has(name) && first && isDue(first, now)).map(([, g]) => g)
    due.sort(([a], [b]) => b!.priority - a!.priority || a!.n - b!.n)
    for (const group of due) {
      let run = 0
      for (const entry of group) {
        if (taken.length === limit || run === perGroup || !isDue(entry, now) || (entry.tried && run > 0)) break
        taken.push(entry)
        run += 1
        if (entry.tried) break
      }
    }
    this.waiting = this.waiting.filter(entry => !taken.includes(entry))
    this.running.push(...taken)
    return taken
  }

  nextRunAt(): number | null {
    const busy = new Set(this.running.map(entry => entry.group))
    const firsts = this.waiting.filter(
      entry =>
        (entry.group === '' || !busy.has(entry.group)) &&
        !this.waiting.some(other => entry.group !== '' && other.group === entry.group && other.n < entry.n),
    )
    return firsts.length > 0 ? Math.min(...firsts.map(entry => (entry.delayed ? entry.runAt : 0))) : null
  }
}

function isDue(entry: ReadyEntry, now: number): boolean {
  return !entry.delayed || entry.runAt <= now
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      group: fc.constantFrom('', '', 'a', 'b', 'c'),
      priority: fc.integer({ min: -1, max: 1 }),
      runAt: fc.integer({ min: 0, max: 30 }),
      delayed: fc.boolean(),
      tried: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('take' as const),
      limit: fc.nat(6),
      perGroup: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('end' as const), which: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('put back' as const),
      which: fc.nat(20),
      runAt: fc.integer({ min: 0, max: 40 }),
      delayed: fc.boolean(),
    }),
  },
  // The clock goes on and, now and then, back.
  { weight: 2, arbitrary: fc.record({ do: fc.constant('clock' as const), by: fc.integer({ min: -10, max: 15 }) }) },
  // Changes that a failed batch takes back again.
  { weight: 2, arbitrary: fc.record({ do: fc.constant('undo take' as const), limit: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('undo end' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('undo put back' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('undo add' as const), group: fc.constantFrom('', 'a', 'b') }) },
)

describe('ReadyList', () => {
  it('hands out what a naive list would, whatever is added, ended, put back and undone', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), steps => {
        const list = new ReadyList()
        const naive = new NaiveList()
        let n = 0
        let now = 10
        const pick = (which: number): ReadyEntry | undefined => naive.running[which % Math.max(1, naive.running.length)]
        const drop = (entry: ReadyEntry): void => void (naive.running = naive.running.filter(r => r !== entry))
        for (const s of steps) {
          if (s.do === 'add') {
            const { do: _, ...rest } = s
            const entry = { n: ++n, ...rest }
            list.add(entry)
            naive.waiting.push(entry)
          } else if (s.do === 'take') {
            expect(list.take(now, s.limit, s.perGroup)).toEqual(naive.take(now, s.limit, s.perGroup))
            const next = naive.nextRunAt()
            expect(list.hasDue(now)).toBe(next !== null && next <= now)
            if (next !== null && next > now) expect(list.nextRunAt()).toBe(next)
          } else if (s.do === 'clock') {
            now = Math.max(0, now + s.by)
          } else if (s.do === 'undo take') {
            for (const entry of list.take(now, s.limit, 3)) list.putBack(entry)
          } else if (s.do === 'undo add') {
            const entry = { n: n + 1, group: s.group, priority: 9, runAt: 0, delayed: false, tried: false }
            list.add(entry)
            list.remove(entry)
          } else {
            const entry = pick(s.which)
            if (!entry) continue
            if (s.do === 'end') {
              list.end(entry)
              drop(entry)
            } else if (s.do === 'put back') {
              const back = { ...entry, runAt: s.runAt, delayed: s.delayed }
              list.putBack(back)
              drop(entry)
              naive.waiting.push(back)
            } else if (s.do === 'undo end') {
              list.end(entry)
              list.hold(entry)
            } else {
              const back = { ...entry, runAt: 99, delayed: true, tried: true }
              list.putBack(back)
              list.remove(back)
              list.hold(entry)
            }
          }
          expect(list.waiting).toBe(naive.waiting.length)
          for (const entry of naive.running) {
            const first = naive.running.filter(r => r.group === entry.group).sort((a, b) => a.n - b.n)[0]
            expect(list.nextToEnd(entry)?.n).toBe(entry.group === '' ? entry.n : first?.n)
          }
        }
      }),
      { numRuns: LONG ? 100_000 : 2000 },
    )
  })

  it('holds back what was due when the clock is set back, and says so', () => {
    const list = new ReadyList()
    list.add({ n: 1, group: 'later', priority: 1, runAt: 7, delayed: true, tried: false })
    expect(list.hasDue(8)).toBe(true)
    expect(list.hasDue(5)).toBe(false)
    expect(list.nextRunAt()).toBe(7)
    list.add({ n: 2, group: '', priority: 0, runAt: 0, delayed: false, tried: false })
    expect(list.hasDue(8)).toBe(true)
    expect(list.take(5, 9, 9).map(entry => entry.n)).toEqual([2])
    expect(list.take(7, 9, 9).map(entry => entry.n)).toEqual([1])
  })

  it('forgets groups that are empty, and the spent front of those that live long', () => {
    const list = new ReadyList()
    for (let n = 1; n <= 20_000; n++) {
      list.add({ n, group: 'g', priority: 0, runAt: 0, delayed: false, tried: false })
      const [entry] = list.take(0, 1, 1)
      expect(entry?.n).toBe(n)
      list.end(entry!)
    }
    expect(list.waiting).toBe(0)
    expect(list.hasDue(0)).toBe(false)
    expect(list.nextRunAt()).toBeNull()
  })

  it('ignores the end of what it does not know', () => {
    const list = new ReadyList()
    const unknown = { n: 1, group: 'g', priority: 0, runAt: 0, delayed: false, tried: false }
    list.end(unknown)
    list.putBack(unknown)
    list.remove(unknown)
    expect(list.waiting).toBe(0)
    expect(list.take(0, 9, 9)).toEqual([])
  })
})
