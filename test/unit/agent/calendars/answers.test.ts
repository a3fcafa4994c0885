import { EventEmitter, once } from 'node:events'
import * as fc from 'fast-check'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Answers } from '#ec/agent/calendars/answers.js'
import { createCalendarApi } from '#ec/agent/calendars/calendar-api.js'
import { itemsTag } from '#ec/agent/calendars/keys.js'
import { createMemoryBus } from '#ec/backends/memory/bus.js'
import { createMemoryCache } from '#ec/backends/memory/cache.js'
import { silentLog } from '#ec/core/log.js'
import { FakeClock } from '../../../support/fake-clock.ts'
import { runs } from '../../../support/long.ts'
import { CalendarStore, loadCalendarProvider } from './calendar-store.ts'

const TTL_MS = 360_000
const DAY_MS = 86_400_000
const DAY = { from: Date.parse('2026-01-05T00:00:00Z'), to: Date.parse('2026-01-06T00:00:00Z') }

/** Something that happens to the copies, the cache or its reader. */
type Step =
  | {
      readonly type: 'write' | 'still' | 'remove' | 'rename'
      readonly calendar: string
      readonly item: number
      readonly at: number
    }
  | {
      readonly type: 'read'
      readonly what: 'events' | 'one' | 'list' | 'item'
      readonly user: string
      readonly from: number
    }
  | { readonly type: 'expire' | 'clear' }
  | { readonly type: 'add'; readonly calendar: string; readonly user: string }

/** Few and close together, so that they meet. */
const users = fc.constantFrom('ana', 'ana', 'ana', 'bob')
const CALENDARS = ['c1', 'c2', 'c3', 'c4'] as const
const calendars = fc.constantFrom(...CALENDARS)
/** Each with how much of what is under way gets on before the next. */
const steps = fc.array(
  fc.tuple(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          type: fc.constantFrom('write', 'write', 'write', 'write', 'write', 'still', 'rename', 'remove'),
          calendar: calendars,
          item: fc.nat(1),
          at: fc.nat(20),
        }),
      },
      {
        weight: 6,
        arbitrary: fc.record({
          type: fc.constant('read'),
          what: fc.constantFrom('events', 'events', 'events', 'one', 'list', 'item'),
          user: users,
          from: fc.constantFrom(0, 0, 6),
        }),
      },
      { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('expire', 'clear') }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('add'), calendar: calendars, user: users }) },
    ),
    fc.constantFrom(0, 2, 7, 20, 200),
  ),
  { minLength: 10, maxLength: 40 },
) as fc.Arbitrary<readonly (readonly [Step, number])[]>

function open(scheduler: fc.Scheduler | null, ttlMs = TTL_MS) {
  const clock = new FakeClock()
  const bus = createMemoryBus(silentLog)
  const cache = createMemoryCache(clock)
  const turn = async (): Promise<void> => void (await scheduler?.schedule(Promise.resolve()))
  const store = new CalendarStore(bus, clock, turn)
  /** As a cache at the other end of a network: every word takes its time, both ways. */
  const slow: typeof cache = {
    ...cache,
    get: async key => wait(cache.get(key)),
    set: async (...args) => turn().then(() => wait(cache.set(...args))),
    invalidate: async tags => turn().then(() => wait(cache.invalidate(tags))),
    clear: async prefix => turn().then(() => wait(cache.clear(prefix))),
  }
  async function wait<T>(asked: Promise<T>): Promise<T> {
    const answer = await asked
    await turn()
    return answer
  }
  const answers = new Answers({ cache: slow, bus, store, log: silentLog, ttlMs })
  const api = createCalendarApi({ store, answers, loadProvider: loadCalendarProvider })
  return { clock, bus, cache, store, answers, api }
}

type World = ReturnType<typeof open>
type Read = Extract<Step, { readonly type: 'read' }>

/** What the API should say of the copies as they are at this moment. */
async function readNow(world: World, step: Read): Promise<readonly string[]> {
  const fresh = open(null, 0)
  fresh.store.copy(world.store)
  return ask(fresh.api, step)
}

/**
 * What an answer says, each thing by itself: of two calendars it may be told as they were at two moments. Of what it calls
 * unknown it says nothing.
 */
async function ask({ events, event, calendars: list }: World['api'], step: Read): Promise<readonly string[]> {
  const from = DAY.from + step.from * 3_600_000
  try {
    switch (step.what) {
      case 'list': {
        const { value } = await list(step.user)
        const known = value.filter(({ freshAt }) => freshAt !== null)
        return [value.map(({ id, name }) => `${id} ${name}`).join(), ...known.map(({ id, items }) => `${id} ${items}`)]
      }
      case 'item':
        return [JSON.stringify((await event(step.user, 'i1')).value)]
      case 'events':
      case 'one': {
        const window = { from, to: from + DAY_MS }
        const { value, incomplete } = await events(step.user, window, step.what === 'one' ? 'c1' : null)
        const known = CALENDARS.filter(id => !incomplete.includes(id))
        return known.map(id => `${id} ${JSON.stringify(value.filter(({ calendar }) => calendar === id))}`)
      }
      default:
        return step.what satisfies never
    }
  } catch (error) {
    return [String(error)]
  }
}

describe('answers from the cache', () => {
  it('are what the copies were at some moment between question and answer, whatever overtakes whatever', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.scheduler(), async (history, scheduler) => {
        const world = open(scheduler)
        world.store.add('c1', 'ana')
        world.store.add('c2', 'ana')
        world.store.add('c3', 'bob')
        for (const id of CALENDARS) world.store.still(id)
        const reads: {
          readonly answer: Promise<readonly string[]>
          readonly right: Set<string>
          readonly step: Read
          done: boolean
        }[] = []
        for (const [step, turns] of history) {
          if (step.type === 'read') {
            const right = new Set(await readNow(world, step))
            const answer = ask(world.api, step)
            const read = { answer, right, done: false, step }
            void answer.then(() => (read.done = true))
            reads.push(read)
          } else {
            act(world, step)
            for (const read of reads) {
              if (read.done) continue
              for (const said of await readNow(world, read.step)) read.right.add(said)
            }
          }
          await getOn(scheduler, turns)
        }
        await scheduler.waitFor(Promise.all(reads.map(({ answer }) => answer)))
        for (const { answer, right } of reads) for (const said of await answer) expect(right).toContain(said)
      }),
      { numRuns: runs(150) },
    )
  })
})

describe('an answer that is on its way into the cache', () => {
  it('does not outlive a change that came meanwhile', async () => {
    const bus = createMemoryBus(silentLog)
    const clock = new FakeClock()
    const cache = createMemoryCache(clock)
    const store = new CalendarStore(bus, clock, async () => {})
    const arrival = new EventEmitter()
    const onItsWay = once(arrival, 'here')
    const late: typeof cache = { ...cache, set: (...args) => onItsWay.then(() => cache.set(...args)) }
    const answers = new Answers({ cache: late, bus, store, log: silentLog, ttlMs: TTL_MS })
    store.add('c1', 'ana')
    let now = 'before'
    const ask = () => answers.read('key', 'ana', async () => ({ value: now, tags: [itemsTag('c1')] }))
    const first = ask()
    await nextTurn()
    now = 'after'
    bus.publish('synced', { resourceId: 'c1', userId: 'ana', changed: true })
    await nextTurn()
    arrival.emit('here')
    expect((await first).value).toBe('before')
    expect(await ask()).toEqual({ value: 'after', hit: false })
    expect(await ask()).toEqual({ value: 'after', hit: true })
  })
})

function act({ store, clock, answers }: World, step: Exclude<Step, { readonly type: 'read' }>): void {
  switch (step.type) {
    case 'write':
      return store.write(step.calendar, `i${step.item}`, DAY.from + step.at * 3_600_000)
    case 'still':
      return store.still(step.calendar)
    case 'remove':
      return store.remove(step.calendar)
    case 'rename':
      return store.rename(step.calendar, `name ${step.at}`)
    case 'add':
      return store.add(step.calendar, step.user)
    case 'expire':
      return clock.advance(TTL_MS)
    case 'clear':
      return void answers.clear('calendar:')
    default:
      return step satisfies never
  }
}

async function getOn(scheduler: fc.Scheduler, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    // What follows from the last one asks for its own turn first.
    for (let i = 0; i < 3; i++) await nextTurn()
    if (scheduler.count() === 0) return
    await scheduler.waitOne()
  }
  await nextTurn()
}
