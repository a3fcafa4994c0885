import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { openReader } from '#ec/backends/sqlite/connection.js'
import { listJobs } from '#ec/backends/sqlite/reads/jobs.js'
import { StoreFile, type MemoryLimits, type UnitCall, type UnitOutcome } from '#ec/backends/sqlite/store-file.js'
import type { Job, Lease } from '#ec/core/job.js'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../support/long.ts'
import { T0 } from '../../../support/store-samples.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import {
  accept,
  acceptBadly,
  append,
  claim,
  FAILS,
  finish,
  finishBadly,
  finishLater,
  leasesOf,
} from '../../../support/unit-calls.ts'

function open(dir: string, limits: MemoryLimits = {}): StoreFile {
  return new StoreFile(join(dir, 'ec.db'), T0, randomUUID, limits)
}

/** So little that all the ways of living without it are gone. */
const TINY: MemoryLimits = { jobs: 4, keys: 3 }

/** Everything that can be handed out, in order, then the counts, and the next numbers of these users. */
function exhaust(file: StoreFile, users: readonly string[]): unknown {
  const order: Lease[] = []
  for (;;) {
    const leases = leasesOf(file.run([claim({ now: T0 + 1e6 })], T0)[0])
    if (leases.length === 0) break
    order.push(...leases)
    const ended = file.run(
      leases.map(lease => finish(lease)),
      T0,
    )
    expect(ended.every(outcome => outcome.ok)).toBe(true)
  }
  return { order, counts: file.countJobs(), seqs: users.map(user => file.run([append(user)], T0)) }
}

/** The jobs as whoever reads the file sees them. */
function jobsIn(dir: string): readonly Job[] {
  const reader = openReader(join(dir, 'ec.db'))
  const { rows } = listJobs(reader.sql, { limit: 1000, after: '0' })
  reader.close()
  return rows
}

function countByReading(dir: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = { ready: 0, delayed: 0, running: 0, done: 0, dead: 0 }
  for (const job of jobsIn(dir)) counts[job.state] = (counts[job.state] ?? 0) + 1
  return counts
}

/** What is done; `lease` picks one of those that were ever given. */
const aUnit = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('accept' as const),
      key: fc.nat(20),
      job: fc.record({
        group: fc.constantFrom('', 'a', 'b'),
        runAt: fc.constantFrom(T0, T0, T0 + 700),
        maxAttempts: fc.integer({ min: 1, max: 3 }),
      }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('claim' as const),
      over: fc.record({
        limit: fc.integer({ min: 1, max: 6 }),
        perGroup: fc.integer({ min: 1, max: 3 }),
        leaseUntil: fc.constantFrom(T0, T0 + 1e9),
      }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      lease: fc.nat(30),
      how: fc.constantFrom('done', 'later', 'dead', 'release', 'badly'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('append' as const), user: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fail' as const) }) },
  fc.record({ do: fc.constant('accept badly' as const), key: fc.nat(20) }),
  fc.record({ do: fc.constant('expire' as const) }),
  fc.record({ do: fc.constant('revive' as const), job: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ do: fc.constant('shift' as const) }),
  fc.record({ do: fc.constant('erase' as const), user: fc.nat(1) }),
)
type AUnit = typeof aUnit extends fc.Arbitrary<infer Value> ? Value : never

function toCall(unit: AUnit, given: readonly Lease[]): UnitCall {
  switch (unit.do) {
    case 'accept':
      return accept(`k${unit.key}`, unit.job)
    case 'accept badly':
      return acceptBadly(`k${unit.key}`)
    case 'append':
      return append(`u${unit.user}`)
    case 'claim':
      return claim(unit.over)
    case 'end': {
      // The newest ones first: they are likely to be held still.
      const lease = given[given.length - 1 - (unit.lease % Math.max(1, given.length))]
      if (!lease) return FAILS
      if (unit.how === 'release') return { name: 'releaseJobs', args: [[lease]] }
      if (unit.how === 'later') return finishLater(lease)
      return unit.how === 'badly' ? finishBadly(lease) : finish(lease, unit.how === 'dead' ? 'dead' : 'done')
    }
    case 'expire':
      return { name: 'expireLeases', args: [T0] }
    case 'revive':
      return { name: 'retryJob', args: [`job_${unit.job}`, T0] }
    case 'shift':
      return { name: 'shiftRetries', args: [-20] }
    case 'erase':
      return { name: 'eraseUser', args: [`u${unit.user}`] }
    case 'fail':
      return FAILS
    default:
      return unit satisfies never
  }
}

/** Plays a history and gives back what is still in hand at its end, since a start would count that as a crash. */
function play(file: StoreFile, history: readonly (readonly AUnit[])[], afterBatch: () => void): void {
  const given: Lease[] = []
  file.run([append('taken', 'taken')], T0)
  for (const batch of history) {
    const outcomes = file.run(
      batch.map(unit => toCall(unit, given)),
      T0,
    )
    given.push(...outcomes.flatMap(leasesOf))
    afterBatch()
  }
  file.run([{ name: 'releaseJobs', args: [given] }], T0)
}

describe('StoreFile', () => {
  it('answers each unit of a batch for itself', () => {
    const file = open(tempDir())
    const outcomes = file.run([append('anna'), FAILS, append('anna'), accept('k'), accept('k')], T0)
    expect(outcomes).toEqual([
      { ok: true, value: { outcome: 'appended', seq: 1 } },
      { ok: false, error: expect.objectContaining({ code: 'EC_LEASE_LOST' }) },
      { ok: true, value: { outcome: 'appended', seq: 2 } },
      { ok: true, value: [1] },
      { ok: true, value: [-1] },
    ])
    file.close()
  })

  it('makes a user anew whom only a failed unit had named', () => {
    const dir = tempDir()
    const file = open(dir)
    file.run([append('x', 'taken'), append('taken', 'taken')], T0)
    const [lease] = leasesOf(file.run([accept('k')], T0) && file.run([claim()], T0)[0])
    expect(file.run([finishBadly(lease!)], T0)).toMatchObject([{ ok: false }])
    file.run([append('u0')], T0)
    file.close()
    const reader = openReader(join(dir, 'ec.db'))
    expect(reader.sql('select id from users order by n').all()).toEqual([{ id: 'x' }, { id: 'taken' }, { id: 'u0' }])
    reader.close()
  })

  it(
    'shows in memory what the file holds, after any batches and those that were run twice',
    { timeout: 60_000 },
    () => {
      const users = ['u0', 'u1']
      const history = fc.array(fc.array(aUnit, { minLength: 1, maxLength: 8 }), { maxLength: 14 })
      fc.assert(
        fc.property(history, batches => {
          const dir = tempDir()
          const stopped = open(dir)
          play(stopped, batches, () => {
            expect(stopped.countJobs()).toEqual(countByReading(dir))
          })
          stopped.close()
          const started = open(dir)
          const goingOn = open(tempDir())
          play(goingOn, batches, () => {})
          expect(exhaust(started, users)).toEqual(exhaust(goingOn, users))
          started.close()
          goingOn.close()
        }),
        { numRuns: runs(50) },
      )
    },
  )

  it('does each unit as if it came alone, in whatever batches they come', { timeout: 60_000 }, () => {
    const what = fc.constantFrom('accept', 'accept badly', 'append', 'fail', 'erase')
    fc.assert(
      fc.property(fc.array(fc.tuple(what, fc.nat(3), fc.boolean()), { maxLength: 25 }), units => {
        const calls = units.map(([name, i]): UnitCall => {
          if (name === 'accept') return accept(`k${i}`)
          if (name === 'accept badly') return acceptBadly(`k${i}`)
          if (name === 'append') return append(`u${i}`, `e${i}`)
          return name === 'fail' ? FAILS : { name: 'eraseUser', args: [`u${i}`] }
        })
        const alone = open(tempDir())
        const expected = calls.flatMap(call => alone.run([call], T0))
        alone.close()
        const together = open(tempDir())
        const outcomes: UnitOutcome[] = []
        let batch: UnitCall[] = []
        for (const [i, call] of calls.entries()) {
          batch.push(call)
          if (!units[i]?.[2]) continue
          outcomes.push(...together.run(batch, T0))
          batch = []
        }
        outcomes.push(...together.run(batch, T0))
        together.close()
        expect(outcomes).toEqual(expected)
      }),
      { numRuns: runs(40) },
    )
  })

  it(
    'hands each job out once and each group in order, however little of a backlog fits in memory',
    { timeout: 60_000 },
    () => {
      const history = fc.array(fc.array(aUnit, { minLength: 1, maxLength: 8 }), { maxLength: 14 })
      fc.assert(
        fc.property(history, fc.constantFrom(TINY, { jobs: 1, keys: 1 }, { jobs: 12, keys: 8 }), (batches, limits) => {
          const dir = tempDir()
          const file = open(dir, limits)
          play(file, batches, () => {
            expect(file.countJobs()).toEqual(countByReading(dir))
          })
          const waiting = jobsIn(dir).filter(job => job.state === 'ready' || job.state === 'delayed')
          const handedOut: string[] = []
          for (;;) {
            const [outcome] = file.run([claim({ now: T0 + 1e6, limit: 5, perGroup: 2 })], T0)
            const leases = leasesOf(outcome)
            handedOut.push(...leases.map(lease => lease.job))
            expect(
              file
                .run(
                  leases.map(lease => finish(lease)),
                  T0,
                )
                .every(end => end.ok),
            ).toBe(true)
            if (outcome?.ok && leases.length === 0) {
              expect(outcome.value).toMatchObject({ more: [], waiting: 0 })
              break
            }
          }
          expect(handedOut.toSorted()).toEqual(waiting.map(job => job.id).toSorted())
          for (const group of ['a', 'b']) {
            const ids = waiting.filter(job => job.group === group).map(job => job.id)
            expect(handedOut.filter(id => ids.includes(id))).toEqual(ids)
          }
          file.close()
        }),
        { numRuns: runs(50) },
      )
    },
  )

  it('knows every key again, however few of them fit in memory', { timeout: 60_000 }, () => {
    const keys = fc.array(fc.array(fc.nat(40), { minLength: 1, maxLength: 6 }), { maxLength: 30 })
    fc.assert(
      fc.property(keys, fc.constantFrom(1, 3, 10), fc.boolean(), (batches, limit, reopen) => {
        const dir = tempDir()
        let file = open(dir, { keys: limit })
        const known = new Map<number, number>()
        for (const [i, batch] of batches.entries()) {
          const expected = batch.map(key => {
            const n = known.get(key)
            if (n !== undefined) return -n
            known.set(key, known.size + 1)
            return known.size
          })
          const outcomes = file.run([...batch.map(key => accept(`k${key}`)), ...(i % 3 === 0 ? [FAILS] : [])], T0)
          expect(outcomes.slice(0, batch.length)).toEqual(expected.map(value => ({ ok: true, value: [value] })))
          if (reopen && i % 4 === 3) {
            file.close()
            file = open(dir, { keys: limit })
          }
        }
        file.close()
      }),
      { numRuns: runs(40) },
    )
  })

  it('does the jobs that are only on disk although memory is full of what waits for next month', () => {
    const file = open(tempDir(), TINY)
    for (let i = 0; i < 20; i++) file.run([accept(`later${i}`, { group: '', runAt: T0 + 1e9 })], T0)
    file.run([accept('now', { group: '' })], T0)
    expect(leasesOf(file.run([claim()], T0)[0])).toEqual([{ job: 'job_21', attempt: 1 }])
    expect(file.run([claim()], T0)).toMatchObject([{ value: { jobs: [], more: [], nextRunAt: T0 + 1e9, waiting: 20 } }])
    file.close()
  })
})
