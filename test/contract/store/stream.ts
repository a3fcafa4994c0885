import * as fc from 'fast-check'
import { EVENT_STATES, type EventState } from '#ec/core/event.js'
import type { EventQuery, StreamItem } from '#ec/backends/store.js'
import { describe, expect, it } from 'vitest'
import { runs } from '../../support/long.ts'
import { anEvent, aProgress, aScheduledEvent, T0 } from '../../support/store-samples.ts'
import { codeOf, type OpenStore } from './harness.ts'

/** A user's stream as it would be kept by hand. */
class StreamModel {
  #seq = 0
  #items: (StreamItem & { superseded?: boolean })[] = []
  #retracted = new Set<string>()
  #known = new Map<
    string,
    { read: boolean; seen: boolean; archived: boolean; answered: boolean; snoozed: number | null }
  >()

  append(id: string, ws: boolean, progressKey: string | null): void {
    if (progressKey !== null) {
      for (const item of this.#items) {
        if (item.kind === 'event' && item.progressKey === progressKey) item.superseded = true
      }
    }
    this.#known.set(id, { read: false, seen: false, archived: false, answered: false, snoozed: null })
    this.#items.push({ kind: 'event', userId: 'anna', seq: ++this.#seq, id, json: '', ws, progressKey })
  }

  change(state: EventState, id: string): void {
    const known = this.#known.get(id)
    if (!known || this.#retracted.has(id)) return
    const before = JSON.stringify(known)
    if (state === 'seen') known.seen = true
    if (state === 'read') known.read = known.seen = true
    if (state === 'unread') known.read = false
    if (state === 'archived') known.archived = true
    if (state === 'unarchived') known.archived = false
    if (state === 'snoozed') known.snoozed = T0 + 5
    if (state === 'answered' && !known.answered) known.answered = known.read = known.seen = true
    if (state === 'retracted') this.#retracted.add(id)
    if (state !== 'retracted' && JSON.stringify(known) === before) return
    this.#items.push({
      kind: 'state',
      userId: 'anna',
      seq: ++this.#seq,
      id,
      state,
      by: null,
      at: T0,
      until: state === 'snoozed' ? T0 + 5 : null,
    })
  }

  renumber(id: string): void {
    const at = this.#items.findIndex(item => item.kind === 'event' && item.id === id)
    const item = this.#items[at]
    if (item?.kind !== 'event' || item.progressKey === null || item.superseded || this.#retracted.has(id)) return
    this.#items.splice(at, 1)
    this.#items.push({ ...item, seq: ++this.#seq })
  }

  after(seq: number): readonly string[] {
    return this.#items
      .filter(item => item.seq > seq)
      .filter(item => item.kind === 'state' || (item.ws && !item.superseded && !this.#retracted.has(item.id)))
      .map(describeItem)
  }

  get head(): number {
    return this.#seq
  }
}

function describeItem(item: StreamItem): string {
  return `${item.seq} ${item.id} ${item.kind === 'state' ? item.state : 'event'}`
}

export function streamContract(open: OpenStore): void {
  describe('a user’s stream', () => {
    it(
      'gives what was missed after any number, in pages of any size, as a model says',
      { timeout: 60_000 },
      async () => {
        const ids = ['e0', 'e1', 'e2', 'e3', 'e4']
        const step = fc.oneof(
          { weight: 2, arbitrary: fc.record({ do: fc.constant('event' as const), ws: fc.boolean() }) },
          fc.record({ do: fc.constant('progress' as const), job: fc.constantFrom('x', 'y') }),
          {
            weight: 3,
            arbitrary: fc.record({
              do: fc.constant('change' as const),
              state: fc.constantFrom(...EVENT_STATES),
              id: fc.constantFrom(...ids),
            }),
          },
          fc.record({ do: fc.constant('renumber' as const), id: fc.constantFrom(...ids) }),
        )
        const { store } = await open()
        let users = 0
        await fc.assert(
          fc.asyncProperty(fc.array(step, { maxLength: 50 }), fc.integer({ min: 1, max: 7 }), async (steps, page) => {
            const userId = `user${users++}`
            const model = new StreamModel()
            let n = 0
            const work: Promise<unknown>[] = []
            for (const s of steps) {
              if (s.do === 'event' || s.do === 'progress') {
                const id = `e${n++}`
                const ws = s.do === 'progress' || s.ws
                const event = s.do === 'progress' ? aProgress(s.job, { userId, id }) : anEvent({ userId, id, ws })
                model.append(id, ws, event.progressKey)
                work.push(store.appendEvents([event]))
              } else if (s.do === 'change') {
                model.change(s.state, s.id)
                const until = s.state === 'snoozed' ? T0 + 5 : null
                work.push(store.changeStates({ userId, ids: [s.id], state: s.state, by: null, at: T0, until }))
              } else {
                model.renumber(s.id)
                work.push(store.renumberProgress(userId, s.id))
              }
            }
            await Promise.all(work)
            expect((await store.getHead(userId)).seq).toBe(model.head)
            for (const after of [0, 1, Math.floor(model.head / 2), model.head]) {
              const all: string[] = []
              for (let at = after; ;) {
                const items = await store.readStream(userId, at, page)
                all.push(...items.map(describeItem))
                if (items.length < page) break
                at = items.at(-1)?.seq ?? 0
              }
              expect(all).toEqual(model.after(after))
              expect(await store.countStream(userId, after)).toBe(all.length)
            }
          }),
          { numRuns: runs(60) },
        )
      },
    )

    it('is empty for a user that nobody named', async () => {
      const { store } = await open()
      expect(await store.getHead('nobody')).toEqual({ seq: 0, pruned: 0, unread: { total: 0, action: 0 } })
      expect(await store.readStream('nobody', 0, 10)).toEqual([])
      expect(await store.countStream('nobody', 0)).toBe(0)
    })
  })

  describe('the list of events', () => {
    it('goes forward and back in pages of a user’s stream', async () => {
      const { store } = await open()
      for (let i = 1; i <= 23; i++) await store.appendEvents([anEvent({ id: `e${i}` }), anEvent({ userId: 'boris' })])
      const list = (query: Partial<EventQuery>) => store.listEvents({ userId: 'anna', limit: 10, ...query })
      const ids = async (query: Partial<EventQuery>) => (await list(query)).rows.map(row => row.id)

      const newest = await list({})
      expect(newest.rows.map(row => row.seq)).toEqual([14, 15, 16, 17, 18, 19, 20, 21, 22, 23])
      expect(newest.next).toBeNull()
      expect(await ids({ before: '14' })).toEqual(['e4', 'e5', 'e6', 'e7', 'e8', 'e9', 'e10', 'e11', 'e12', 'e13'])
      expect((await list({ before: '14' })).next).toBe('13')
      expect(await ids({ before: '4' })).toEqual(['e1', 'e2', 'e3'])
      expect(await ids({ before: '1' })).toEqual([])
      expect(await ids({ after: '5', before: '8' })).toEqual(['e6', 'e7'])

      const seen: string[] = []
      for (let after: string | null = '0'; after !== null;) {
        const page = await list({ after })
        seen.push(...page.rows.map(row => row.id))
        after = page.next
      }
      expect(seen).toEqual(Array.from({ length: 23 }, (_, i) => `e${i + 1}`))
      expect((await list({ after: '13' })).next).toBeNull()
      expect((await list({ after: '12' })).next).toBe('22')
      expect(await ids({ after: '23' })).toEqual([])
    })

    it('lists all users together in the order of arrival', async () => {
      const { store } = await open()
      await store.appendEvents([anEvent({ id: 'a' }), anEvent({ id: 'b', userId: 'boris' }), anEvent({ id: 'c' })])
      const first = await store.listEvents({ limit: 2, after: '0' })
      expect(first.rows.map(row => row.id)).toEqual(['a', 'b'])
      expect((await store.listEvents({ limit: 2, after: first.next ?? '' })).rows.map(row => row.id)).toEqual(['c'])
    })

    it('refuses a cursor that no page gave', async () => {
      const { store } = await open()
      for (const cursor of ['x', '-1', '1.5', '1e3', ' 1', '9999999999999999']) {
        expect(await codeOf(store.listEvents({ limit: 1, after: cursor }))).toBe('EC_USAGE')
        expect(await codeOf(store.listEvents({ limit: 1, before: cursor }))).toBe('EC_USAGE')
      }
    })

    it('filters by what an event is and by what became of it', async () => {
      const { store } = await open()
      await store.appendEvents([
        anEvent({ id: 'a', type: 'task.created', service: 'board', level: 'error', keyId: 'key_1' }),
        anEvent({ id: 'b', type: 'job.done', service: 'ci' }),
        anEvent({ id: 'c', type: 'job.done', service: 'ci' }),
        anEvent({ id: 'd' }),
        aProgress('x', { id: 'p' }),
        aScheduledEvent(T0 + 1000, { id: 's' }),
      ])
      const change = (id: string, state: EventState) =>
        store.changeStates({
          userId: 'anna',
          ids: [id],
          state,
          by: null,
          at: T0,
          until: state === 'snoozed' ? T0 + 9 : null,
        })
      await change('b', 'read')
      await change('c', 'archived')
      await change('d', 'retracted')
      await change('a', 'snoozed')
      const ids = async (query: Partial<EventQuery>) =>
        (await store.listEvents({ userId: 'anna', limit: 50, ...query })).rows.map(row => row.id)
      expect(await ids({})).toEqual(['a', 'b', 'c', 'd', 'p'])
      expect(await ids({ type: 'job.done', service: 'ci' })).toEqual(['b', 'c'])
      expect(await ids({ level: 'error' })).toEqual(['a'])
      expect(await ids({ keyId: 'key_1' })).toEqual(['a'])
      expect(await ids({ state: 'unread' })).toEqual(['a'])
      expect(await ids({ state: 'read' })).toEqual(['b'])
      expect(await ids({ state: 'seen' })).toEqual(['b'])
      expect(await ids({ state: 'archived' })).toEqual(['c'])
      expect(await ids({ state: 'retracted' })).toEqual(['d'])
      expect(await ids({ state: 'snoozed' })).toEqual(['a'])
      expect(await ids({ state: 'scheduled' })).toEqual(['s'])
    })

    it('finds text in title and body in any alphabet and case, and nowhere else', async () => {
      const { store } = await open()
      await store.appendEvents([
        anEvent({ id: 'a', title: 'Сборка ГОТОВА', body: 'main' }),
        anEvent({ id: 'b', title: 'deploy', body: 'Ошибка: нет места' }),
        anEvent({ id: 'c', title: '100% done_now', body: '' }),
      ])
      const found = async (q: string) =>
        (await store.listEvents({ userId: 'anna', limit: 9, q })).rows.map(row => row.id)
      expect(await found('готова')).toEqual(['a'])
      expect(await found('ОШИБКА: НЕТ')).toEqual(['b'])
      expect(await found('DEPLOY')).toEqual(['b'])
      expect(await found('100%')).toEqual(['c'])
      expect(await found('e_n')).toEqual(['c'])
      expect(await found('%')).toEqual(['c'])
      expect(await found('user_id')).toEqual([])
      expect(await found(`' or 1 --`)).toEqual([])
    })
  })

  describe('traces', () => {
    it('are read in the order in which they were written', async () => {
      const { store } = await open()
      const row = {
        userId: 'anna',
        eventId: 'a',
        at: T0,
        channel: null,
        target: null,
        reason: null,
        count: null,
      } as const
      await store.recordTraces([
        { ...row, step: 'queued', until: '2026-01-05T10:00:00.000Z', about: 'a phone' },
        { ...row, step: 'sent', channel: 'ws', target: 'ses_1', reason: 'type_rule', count: 2 },
        { ...row, userId: 'boris', step: 'dropped' },
        { ...row, eventId: 'b', step: 'dropped' },
      ])
      expect(await store.readTrace('anna', 'a')).toEqual([
        { at: '2026-01-05T09:00:00.000Z', step: 'queued', until: '2026-01-05T10:00:00.000Z', about: 'a phone' },
        { at: '2026-01-05T09:00:00.000Z', step: 'sent', channel: 'ws', target: 'ses_1', reason: 'type_rule', count: 2 },
      ])
      expect(await store.readTrace('anna', 'nothing')).toEqual([])
    })
  })
}
