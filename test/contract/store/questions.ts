import type { GivenAnswer, NewEvent, Store } from '#ec/backends/store.js'
import { describe, expect, it } from 'vitest'
import { aKey, allBefore, anEvent, contentHashOf, T0 } from '../../support/store-samples.ts'
import type { OpenStore } from './harness.ts'
import { claim, done, leaseOf } from './jobs.ts'

const MINUTE = 60_000

/** An event that asks; `q` is its question's id, `evt-q` its own. */
function asking(over: Partial<NewEvent> = {}, question: Partial<NonNullable<NewEvent['question']>> = {}): NewEvent {
  const expiresAt = question.expiresAt ?? null
  const id = question.id ?? 'q'
  const userId = over.userId ?? 'anna'
  return anEvent({
    id: `evt-${id}`,
    type: 'action.required',
    expiresAt,
    keyId: 'key_a',
    ...over,
    question: {
      id,
      defaultOption: null,
      expiresAt,
      expireJob:
        expiresAt === null
          ? null
          : {
              kind: 'question.expire',
              group: '',
              priority: 0,
              maxAttempts: 4,
              runAt: expiresAt,
              payload: { user_id: userId, question: id },
            },
      ...question,
    },
  })
}

function given(option: string, over: Partial<GivenAnswer> = {}): GivenAnswer {
  return { userId: 'anna', id: 'q', option, input: null, by: 'user', session: 'ses_1', at: T0 + 1, ...over }
}

async function only(store: Store, id = 'q') {
  const [question, ...more] = await store.getQuestions(id)
  expect(more).toEqual([])
  return question
}

export function questionContract(open: OpenStore): void {
  describe('questions', () => {
    it('are born with their event, and survive a crash', async () => {
      const t = await open()
      const event = asking({}, { expiresAt: T0 + MINUTE, defaultOption: 'no' })
      await t.store.appendEvents([event, asking({ userId: 'boris' }), anEvent()])
      await t.crash()
      const anna = {
        id: 'q',
        userId: 'anna',
        eventId: 'evt-q',
        keyId: 'key_a',
        state: 'open',
        expiresAt: T0 + MINUTE,
        createdAt: T0,
        endedAt: null,
        answer: null,
        eventJson: event.json,
      }
      expect(await t.store.getQuestions('q', 'anna')).toEqual([anna])
      expect((await t.store.getQuestions('q')).map(question => question.userId)).toEqual(['anna', 'boris'])
      expect((await t.store.listQuestions({ limit: 10, userId: 'anna', state: 'open' })).rows).toEqual([anna])
      expect((await t.store.listQuestions({ limit: 10, keyId: 'key_b' })).rows).toEqual([])
      expect((await claim(t.store)).jobs).toEqual([])
      expect((await claim(t.store, { now: T0 + MINUTE })).jobs).toMatchObject([
        { kind: 'question.expire', payload: { user_id: 'anna', question: 'q' } },
      ])
    })

    it('share no id within a user, and the event that would is not there either', async () => {
      const { store } = await open()
      const one = asking({ contentHash: contentHashOf('one') })
      await store.appendEvents([one])
      expect(await store.appendEvents([one])).toMatchObject([{ outcome: 'repeated', id: 'evt-q' }])
      expect(await store.appendEvents([asking({ id: 'other' })])).toEqual([{ outcome: 'conflict', id: 'evt-q' }])
      expect(await store.getEvents('other')).toEqual([])
      await store.answerQuestion(given('yes'))
      expect(await store.appendEvents([asking({ id: 'other' })])).toEqual([{ outcome: 'conflict', id: 'evt-q' }])
    })

    it('take one of fifty answers that come at once, and say so in the stream once', async () => {
      const t = await open()
      await t.store.appendEvents([asking()])
      expect((await t.store.getHead('anna')).unread).toEqual({ total: 1, action: 1 })
      const tries = Array.from({ length: 50 }, (_, i) => given(`option ${i}`, { session: `ses_${i}` }))
      const ends = await Promise.all(tries.map(each => t.store.answerQuestion(each)))
      const winners = ends.filter(({ outcome }) => outcome === 'ended')
      expect(winners).toHaveLength(1)
      expect(ends.filter(({ outcome }) => outcome === 'refused')).toHaveLength(49)
      expect(ends.flatMap(({ items }) => items)).toHaveLength(1)
      const won = tries[ends.findIndex(({ outcome }) => outcome === 'ended')]
      await t.crash()
      expect(await only(t.store)).toMatchObject({
        state: 'answered',
        endedAt: T0 + 1,
        answer: { option: won?.option, input: null, by: 'user', at: T0 + 1 },
      })
      expect((await t.store.readStream('anna', 1, 10)).map(item => item.kind === 'state' && item)).toMatchObject([
        { seq: 2, id: 'evt-q', state: 'answered', by: won?.session },
      ])
      expect((await t.store.getHead('anna')).unread).toEqual({ total: 0, action: 0 })
    })

    it('take the same answer again, and no other', async () => {
      const { store } = await open()
      await store.appendEvents([asking()])
      await store.answerQuestion(given('yes', { input: 'with pleasure' }))
      const again = (over: Partial<GivenAnswer>) =>
        store.answerQuestion(given('yes', { input: 'with pleasure', at: T0 + 9, ...over }))
      expect(await again({})).toEqual({ outcome: 'repeated', items: [] })
      expect(await again({ session: 'ses_2' })).toEqual({ outcome: 'repeated', items: [] })
      expect(await again({ input: null })).toEqual({ outcome: 'refused', items: [] })
      expect(await again({ option: 'no' })).toEqual({ outcome: 'refused', items: [] })
      expect(await only(store)).toMatchObject({ answer: { option: 'yes', input: 'with pleasure', at: T0 + 1 } })
      expect(await store.answerQuestion(given('yes', { userId: 'boris' }))).toEqual({ outcome: 'unknown', items: [] })
      expect(await store.cancelQuestion('anna', 'q', 'ci', T0 + 10)).toEqual({ outcome: 'refused', items: [] })
      expect(await store.expireQuestion('anna', 'q', T0 + 10)).toEqual({ outcome: 'refused', items: [] })
    })

    it('end by their default answer at the deadline, once', async () => {
      const t = await open()
      await t.store.appendEvents([asking({}, { expiresAt: T0 + MINUTE, defaultOption: 'no' })])
      const { jobs } = await claim(t.store, { now: T0 + MINUTE })
      const end = await t.store.expireQuestion('anna', 'q', T0 + MINUTE)
      expect(end).toMatchObject({
        outcome: 'ended',
        items: [{ seq: 2, id: 'evt-q', state: 'answered', by: 'default' }],
      })
      // The process dies before the job has ended: it runs again.
      await t.crash()
      const [job] = (await claim(t.store, { now: T0 + MINUTE })).jobs
      expect(job).toMatchObject({ id: jobs[0]?.id })
      expect(await t.store.expireQuestion('anna', 'q', T0 + 2 * MINUTE)).toEqual({ outcome: 'refused', items: [] })
      await t.store.finishJob(leaseOf(job!), done())
      expect(await only(t.store)).toMatchObject({
        state: 'answered',
        answer: { option: 'no', input: null, by: 'default', at: T0 + MINUTE },
      })
      expect((await t.store.getHead('anna')).unread.total).toBe(0)
    })

    it('expire without a default, and take no answer after that', async () => {
      const { store } = await open()
      await store.appendEvents([asking({}, { expiresAt: T0 + MINUTE })])
      expect(await store.expireQuestion('anna', 'q', T0 + MINUTE)).toEqual({ outcome: 'ended', items: [] })
      expect(await store.answerQuestion(given('yes', { at: T0 + 1 }))).toEqual({ outcome: 'refused', items: [] })
      expect(await only(store)).toMatchObject({ state: 'expired', endedAt: T0 + MINUTE, answer: null })
    })

    it('keep to the deadline when an answer comes after it but before its job', async () => {
      const { store } = await open()
      await store.appendEvents([
        asking({}, { expiresAt: T0 + MINUTE, defaultOption: 'no' }),
        asking({}, { id: 'bare', expiresAt: T0 + MINUTE }),
        asking({}, { id: 'just', expiresAt: T0 + MINUTE }),
      ])
      const late = { at: T0 + MINUTE }
      const refused = await store.answerQuestion(given('yes', late))
      expect(refused).toMatchObject({ outcome: 'refused', items: [{ state: 'answered', by: 'default' }] })
      expect(await only(store)).toMatchObject({ answer: { option: 'no', by: 'default' } })
      expect(await store.answerQuestion(given('no', late))).toEqual({ outcome: 'repeated', items: [] })
      expect(await store.answerQuestion(given('yes', { ...late, id: 'bare' }))).toEqual({
        outcome: 'refused',
        items: [],
      })
      expect(await only(store, 'bare')).toMatchObject({ state: 'expired' })
      const inTime = given('yes', { id: 'just', at: T0 + MINUTE - 1 })
      expect(await store.answerQuestion(inTime)).toMatchObject({ outcome: 'ended' })
    })

    it('end once when answer, deadline and withdrawal meet', async () => {
      const { store } = await open()
      for (let round = 0; round < 30; round++) {
        const id = `race${round}`
        await store.appendEvents([asking({}, { id, defaultOption: 'no' })])
        const ways = [
          () => store.answerQuestion(given('yes', { id })),
          () => store.expireQuestion('anna', id, T0 + 1),
          () => store.cancelQuestion('anna', id, 'ci', T0 + 1),
        ]
        const turned = ways.map((_, i) => ways[(i + round) % ways.length]!)
        const ends = await Promise.all(turned.map(way => way()))
        expect(ends.filter(({ outcome }) => outcome === 'ended')).toHaveLength(1)
        expect(ends.flatMap(({ items }) => items)).toHaveLength(1)
      }
    })

    it('are withdrawn with their event, whichever of the two is asked for', async () => {
      const { store } = await open()
      await store.appendEvents([asking(), asking({}, { id: 'p' }), asking({}, { id: 'r' })])
      expect(await store.cancelQuestion('anna', 'q', 'ci', T0 + 5)).toMatchObject({
        outcome: 'ended',
        items: [{ id: 'evt-q', state: 'retracted', by: 'ci' }],
      })
      expect(await store.cancelQuestion('anna', 'q', 'ci', T0 + 6)).toEqual({ outcome: 'repeated', items: [] })
      await store.answerQuestion(given('yes', { id: 'r' }))
      const ids = ['evt-p', 'evt-r']
      await store.changeStates({ userId: 'anna', ids, state: 'retracted', by: null, at: T0 + 5, until: null })
      const { rows } = await store.listQuestions({ limit: 10 })
      expect(rows.map(({ id, state, endedAt }) => [id, state, endedAt])).toEqual([
        ['q', 'cancelled', T0 + 5],
        ['p', 'cancelled', T0 + 5],
        ['r', 'answered', T0 + 1],
      ])
      expect(await store.answerQuestion(given('yes'))).toEqual({ outcome: 'refused', items: [] })
      expect((await store.getHead('anna')).unread).toEqual({ total: 0, action: 0 })
    })

    it('make the job that tells whoever asked, with each end but a withdrawal, if the key says where', async () => {
      const t = await open()
      const url = 'https://ci.example/answers'
      await t.store.addKey(aKey({ id: 'key_a', name: 'a', callbackUrl: url }), contentHashOf('a'))
      await t.store.addKey(aKey({ id: 'key_b', name: 'b' }), contentHashOf('b'))
      await t.store.addKey(aKey({ id: 'key_c', name: 'c', callbackUrl: url }), contentHashOf('c'))
      await t.store.revokeKey('key_c', T0)
      await t.store.appendEvents([
        ...['answered', 'expired', 'cancelled'].map(id => asking({}, { id })),
        ...['key_b', 'key_c', null].map(keyId => asking({ keyId }, { id: `by ${keyId}` })),
      ])
      for (const id of ['answered', 'answered', 'by key_b', 'by key_c', 'by null']) {
        await t.store.answerQuestion(given('yes', { id }))
      }
      await t.store.expireQuestion('anna', 'expired', T0 + 1)
      await t.store.cancelQuestion('anna', 'cancelled', 'ci', T0 + 1)
      await t.crash()
      const { jobs } = await claim(t.store, { now: T0 + 1 })
      const payload = (question: string) => ({ user_id: 'anna', question, key: 'key_a', url })
      expect(jobs.map(job => [job.kind, job.payload])).toEqual([
        ['question.callback', payload('answered')],
        ['question.callback', payload('expired')],
      ])
    })

    it('go with their user and with their event, but never while they are open', async () => {
      const { store } = await open()
      await store.appendEvents([asking(), asking({}, { id: 'p' }), asking({ userId: 'boris' }), anEvent()])
      await store.answerQuestion(given('yes', { id: 'p' }))
      while ((await store.prune(allBefore(T0 + MINUTE), 10)) > 0);
      expect((await store.listQuestions({ limit: 10 })).rows.map(row => [row.userId, row.id])).toEqual([
        ['anna', 'q'],
        ['boris', 'q'],
      ])
      await store.eraseUser('boris')
      expect((await store.listQuestions({ limit: 10 })).rows.map(row => row.userId)).toEqual(['anna'])
      await store.appendEvents([asking({ userId: 'boris' })])
      expect(await store.getQuestions('q', 'boris')).toMatchObject([{ state: 'open' }])
    })
  })
}
