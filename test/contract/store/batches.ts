import * as fc from 'fast-check'
import type { Store } from '#ec/backends/store.js'
import type { ClaimedJob } from '#ec/core/job.js'
import { describe, expect, it } from 'vitest'
import { runs } from '../../support/long.ts'
import { aJob, aKey, aNotification, anEvent, aScheduledEvent, T0 } from '../../support/store-samples.ts'
import type { OpenStore } from './harness.ts'
import { claim, dead, done, leaseOf, retry } from './jobs.ts'

/** Everything that memory mirrors of the rows: what a fresh start must show just the same. */
async function mirror(store: Store, users: readonly string[]) {
  const heads = await Promise.all(users.map(user => store.getHead(user)))
  const { rows } = await store.listJobs({ limit: 1000, after: '0' })
  return { counts: await store.countJobs(), heads, jobs: rows }
}

/** What can be handed out now, in order; it is given back. */
async function due(store: Store, now: number): Promise<readonly string[]> {
  const seen: string[] = []
  for (;;) {
    const { jobs } = await claim(store, { now, limit: 1000, perGroup: 1000 })
    if (jobs.length === 0) return seen
    seen.push(...jobs.map(job => `${job.id}.${job.attempt}`))
    for (const job of jobs) await store.finishJob(leaseOf(job), done())
  }
}

export function batchContract(open: OpenStore): void {
  describe('units that come together', () => {
    it('fail alone, whatever fails', { timeout: 60_000 }, async () => {
      const unit = fc.oneof(
        fc.record({ do: fc.constant('append' as const), user: fc.constantFrom('u0', 'u1') }),
        fc.record({ do: fc.constant('same id' as const), content: fc.constantFrom('x', 'y') }),
        // Breaks a rule of the database, and is an error of the unit.
        fc.record({ do: fc.constant('twice' as const) }),
        fc.record({ do: fc.constant('accept' as const), key: fc.constantFrom('k0', 'k1', 'k2') }),
        fc.record({ do: fc.constant('key' as const), name: fc.constantFrom('n0', 'n1') }),
        fc.record({ do: fc.constant('lost lease' as const) }),
      )
      const { store } = await open()
      let runsSoFar = 0
      await fc.assert(
        fc.asyncProperty(fc.array(unit, { minLength: 1, maxLength: 40 }), async units => {
          const run = `run${runsSoFar++}`
          const [u0, u1] = [`${run}-u0`, `${run}-u1`]
          const jobsBefore = (await store.countJobs()).ready
          await store.appendEvents([anEvent({ id: 'taken', userId: u0 })])
          const seqs: Record<string, number> = { [u0]: 1, [u1]: 0 }
          const ids = new Map<string, string>()
          const keys = new Set<string>()
          const names = new Set<string>()
          const work: Promise<unknown>[] = []
          const expected: string[] = []
          for (const u of units) {
            switch (u.do) {
              case 'append':
                work.push(
                  store
                    .appendEvents([anEvent({ userId: `${run}-${u.user}` })])
                    .then(([a]) => a?.outcome === 'appended' && a.item?.seq),
                )
                expected.push(String((seqs[`${run}-${u.user}`] = (seqs[`${run}-${u.user}`] ?? 0) + 1)))
                break
              case 'same id': {
                const event = anEvent({ id: 'same', userId: u0, contentHash: u.content })
                work.push(store.appendEvents([event]).then(([a]) => a?.outcome))
                const first = ids.get('same')
                expected.push(first === undefined ? 'appended' : first === u.content ? 'repeated' : 'conflict')
                if (first === undefined) {
                  ids.set('same', u.content)
                  seqs[u0] = (seqs[u0] ?? 0) + 1
                }
                break
              }
              case 'twice':
                work.push(store.appendEvents([anEvent({ id: 'taken', userId: u0 })]))
                expected.push('EC_INTERNAL')
                break
              case 'accept':
                work.push(
                  store.acceptNotifications([aNotification({ key: `${run}-${u.key}` })]).then(([a]) => a?.outcome),
                )
                expected.push(keys.has(u.key) ? 'duplicate' : 'accepted')
                keys.add(u.key)
                break
              case 'key':
                work.push(
                  store
                    .addKey(
                      aKey({ id: `key_${run}-${work.length}`, name: `${run}-${u.name}` }),
                      `${run}-hash${work.length}`,
                    )
                    .then(() => 'added'),
                )
                expected.push(names.has(u.name) ? 'EC_CONFLICT' : 'added')
                names.add(u.name)
                break
              case 'lost lease':
                work.push(
                  store.finishJob(
                    { job: 'job_1', attempt: 7 },
                    done({ effects: { events: [anEvent({ userId: u1 })] } }),
                  ),
                )
                expected.push('EC_LEASE_LOST')
                break
              default:
                u satisfies never
            }
          }
          const results = await Promise.allSettled(work)
          expect(results.map(r => String(r.status === 'fulfilled' ? r.value : r.reason.code))).toEqual(expected)
          expect((await store.getHead(u0)).seq).toBe(seqs[u0])
          expect((await store.getHead(u1)).seq).toBe(seqs[u1])
          expect((await store.countJobs()).ready - jobsBefore).toBe(keys.size)
        }),
        { numRuns: runs(100) },
      )
    })

    it('leave in memory what a fresh start shows, through any history', { timeout: 120_000 }, async () => {
      const users = ['u0', 'u1', 'u2']
      const unit = fc.oneof(
        {
          weight: 3,
          arbitrary: fc.record({
            do: fc.constant('accept' as const),
            key: fc.nat(30),
            group: fc.constantFrom('', 'a', 'b'),
            delay: fc.constantFrom(0, 0, 500),
            max: fc.integer({ min: 1, max: 3 }),
          }),
        },
        {
          weight: 2,
          arbitrary: fc.record({ do: fc.constant('append' as const), user: fc.nat(2), later: fc.boolean() }),
        },
        {
          weight: 3,
          arbitrary: fc.record({
            do: fc.constant('claim' as const),
            limit: fc.integer({ min: 1, max: 8 }),
            perGroup: fc.integer({ min: 1, max: 4 }),
            short: fc.boolean(),
          }),
        },
        {
          weight: 5,
          arbitrary: fc.record({
            do: fc.constant('end' as const),
            which: fc.nat(9),
            how: fc.constantFrom('done', 'retry', 'dead', 'release'),
          }),
        },
        fc.record({ do: fc.constant('expire' as const) }),
        fc.record({ do: fc.constant('revive' as const), job: fc.integer({ min: 1, max: 20 }) }),
        fc.record({ do: fc.constant('shift' as const) }),
        fc.record({ do: fc.constant('erase' as const), user: fc.nat(2) }),
        fc.record({ do: fc.constant('read' as const), user: fc.nat(2) }),
        fc.record({ do: fc.constant('prune' as const) }),
        // One that fails, and takes the first try of its batch with it.
        { weight: 3, arbitrary: fc.record({ do: fc.constant('fail' as const) }) },
        { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
      )
      await fc.assert(
        fc.asyncProperty(
          fc.array(unit, { maxLength: 60 }),
          fc.constantFrom('reopen' as const, 'crash' as const),
          async (units, how) => {
            const t = await open()
            const { store } = t
            const inHand: ClaimedJob[] = []
            let work: Promise<unknown>[] = []
            let n = 0
            const settle = async (): Promise<void> => {
              await Promise.allSettled(work)
              work = []
            }
            for (const u of units) {
              switch (u.do) {
                case 'accept':
                  work.push(
                    store.acceptNotifications([
                      aNotification({
                        key: `k${u.key}`,
                        job: aJob({ group: u.group, runAt: T0 + u.delay, maxAttempts: u.max }),
                      }),
                    ]),
                  )
                  break
                case 'append': {
                  const event = { id: `e${n++}`, userId: `u${u.user}` }
                  work.push(store.appendEvents([u.later ? aScheduledEvent(T0 + 100, event) : anEvent(event)]))
                  break
                }
                case 'claim':
                  work.push(
                    claim(store, { limit: u.limit, perGroup: u.perGroup, leaseUntil: u.short ? T0 : T0 + 1e6 }).then(
                      ({ jobs }) => void inHand.push(...jobs),
                    ),
                  )
                  break
                case 'end': {
                  const [job] = inHand.splice(u.which % Math.max(1, inHand.length), 1)
                  if (!job) break
                  const end =
                    u.how === 'retry'
                      ? retry(T0 + 50)
                      : u.how === 'dead'
                        ? dead()
                        : done({ effects: { events: [anEvent({ userId: 'u0' })] } })
                  work.push(
                    u.how === 'release' ? store.releaseJobs([leaseOf(job)]) : store.finishJob(leaseOf(job), end),
                  )
                  break
                }
                case 'expire':
                  work.push(store.expireLeases(T0))
                  break
                case 'revive':
                  work.push(store.retryJob(`job_${u.job}`, T0))
                  break
                case 'shift':
                  work.push(store.shiftRetries(-10))
                  break
                case 'erase':
                  work.push(store.eraseUser(`u${u.user}`))
                  break
                case 'read':
                  work.push(
                    store.changeStates({
                      userId: `u${u.user}`,
                      ids: ['e0', 'e1', 'e2', 'e3'],
                      state: 'read',
                      by: null,
                      at: T0,
                      until: null,
                    }),
                  )
                  break
                case 'prune':
                  work.push(
                    store.prune(
                      {
                        progressBefore: 0,
                        eventsBefore: T0 + 1,
                        bodiesBefore: 0,
                        notificationsBefore: 0,
                        callsBefore: 0,
                        jobsBefore: T0 + 1,
                        engagementBefore: 0,
                        reportsBefore: 0,
                        sessionsBefore: 0,
                        tracesBefore: 0,
                      },
                      3,
                    ),
                  )
                  break
                case 'fail':
                  work.push(store.finishJob({ job: 'job_1', attempt: 99 }, done()))
                  break
                case 'wait':
                  await settle()
                  break
                default:
                  u satisfies never
              }
            }
            await settle()
            // A crash counts attempts of what is handed out, so nothing is.
            await store.releaseJobs(
              (await store.listJobs({ limit: 1000, state: 'running', after: '0' })).rows.map(job => ({
                job: job.id,
                attempt: job.attempt,
              })),
            )
            const before = await mirror(store, users)
            expect(before.counts.running).toBe(0)
            const file = `${t.dir}/history.db`
            await store.backup(file)
            const live = await due(store, T0 + 1e6)
            await store.restore(file)
            await t[how]()
            expect(await mirror(t.store, users)).toEqual(before)
            expect(await due(t.store, T0 + 1e6)).toEqual(live)
          },
        ),
        { numRuns: runs(5) },
      )
    })
  })
}
