import { describe, expect, it } from 'vitest'
import { Inbox } from '../../../web/center/inbox/inbox.js'
import { readRow, type HistoryRow } from '../../../web/center/inbox/item.js'
import { parseFrames, type ServerFrame } from '../../../web/center/stream/frame.js'
import { HELLO } from '../../support/link-world.js'

const NOW = Date.parse('2026-01-05T09:00:00.000Z')

function event(id: string, fields: object = {}) {
  const created_at = new Date(NOW).toISOString()
  return {
    id,
    user_id: 'ann',
    type: 'task.created',
    title: id,
    body: '',
    level: 'info',
    created_at,
    ...fields,
  } as const
}

function ev(seq: number, fields: object = {}, replay = false): ServerFrame {
  return { t: 'ev', seq, replay, event: event(`evt_${seq}`, fields) }
}

function st(seq: number, id: string, state: 'read' | 'archived' | 'answered' | 'retracted', by: string | null = null) {
  return { t: 'st', seq, id, state, by, until: null } as const
}

function rows(from: number, to: number): readonly HistoryRow[] {
  return Array.from({ length: to - from }, (_, i) => readRow({ ...event(`evt_${from + i}`), seq: from + i })!)
}

/** An inbox whose stream is live at its head. */
function open(head = 7, unread = { total: 0, action: 0 }): Inbox {
  const inbox = new Inbox()
  inbox.greet({ ...HELLO, head, unread }, null)
  inbox.take([{ t: 'live' }], NOW)
  return inbox
}

describe('the memory of a page', () => {
  it('is bounded while a flood comes: the newest 2,000 stay, and the count is of all', () => {
    const inbox = open(0)
    let happened = 0
    for (let seq = 1; seq <= 20_000; seq += 50) {
      const frames = Array.from({ length: 50 }, (_, i) => ev(seq + i, { data: { text: 'x'.repeat(50) } }))
      happened += inbox.take(frames, NOW).length
      expect(inbox.items.size).toBeLessThanOrEqual(2_000)
    }
    expect(happened).toBe(20_000)
    const { items, unread, complete } = inbox.shown
    expect(items).toHaveLength(2_000)
    expect([items[0]?.seq, items.at(-1)?.seq]).toEqual([20_000, 18_001])
    expect(unread.total).toBe(20_000)
    expect(complete).toBe(false)
    expect(inbox.items.floor).toBe(18_001)
  })

  it('grows with what a person loads by hand, up to 10,000', () => {
    const inbox = open(20_000)
    for (let seq = 20_001; seq <= 22_000; seq += 1) inbox.take([ev(seq)], NOW)
    expect(inbox.takePage(inbox.beginReading(), rows(19_901, 20_001), false, NOW)).toBe(100)
    expect(inbox.items.size).toBe(2_100)
    inbox.take([ev(22_001)], NOW)
    expect(inbox.items.size).toBe(2_100)
    for (let low = 19_801; !inbox.items.isFull; low -= 100) {
      inbox.takePage(inbox.beginReading(), rows(low, low + 100), false, NOW)
    }
    expect(inbox.items.size).toBe(10_000)
    inbox.takePage(inbox.beginReading(), rows(1, 101), true, NOW)
    expect(inbox.items.size).toBe(10_000)
    expect(inbox.shown.complete).toBe(false)
  })

  it('is bounded for what came while nobody was here, for jobs and for answers', () => {
    const inbox = new Inbox()
    inbox.greet({ ...HELLO, head: 30_000 }, { epoch: 'e1', seq: 0 })
    for (let seq = 1; seq <= 30_000; seq += 100) {
      inbox.take(
        Array.from({ length: 100 }, (_, i) => ev(seq + i, {}, true)),
        NOW,
      )
    }
    inbox.take([{ t: 'live' }], NOW)
    expect(inbox.shown.away).toBe(9_999)
    for (let i = 1; i <= 500; i++) inbox.take([ev(30_000 + i, { type: 'job.progress', data: { job_id: i } })], NOW)
    expect(inbox.shown.progress).toHaveLength(100)
  })
})

describe('an inbox', () => {
  it('counts what came while nobody was here until it is dealt with, here or elsewhere', () => {
    const inbox = new Inbox()
    inbox.greet({ ...HELLO, head: 14 }, { epoch: 'e1', seq: 7 })
    const replayed = [ev(8, {}, true), ev(9, {}, true), ev(10, {}, true), ev(11, {}, true)]
    const happened = inbox.take([...replayed, st(12, 'evt_8', 'read'), st(13, 'evt_9', 'archived'), { t: 'live' }], NOW)
    expect(happened).toEqual([])
    expect(inbox.shown.away).toBe(2)
    inbox.take([ev(15)], NOW)
    expect(inbox.shown.away).toBe(2)
    inbox.welcomeBack()
    expect(inbox.shown.away).toBe(0)
  })

  it('begins anew when the store is another, or the agent cannot replay', () => {
    for (const hello of [
      { ...HELLO, epoch: 'e2', head: 3, recovered: false },
      { ...HELLO, head: 90, recovered: false },
    ]) {
      const inbox = open()
      inbox.takePage(inbox.beginReading(), rows(1, 8), true, NOW)
      const stale = inbox.beginReading()
      inbox.greet(hello, { epoch: 'e1', seq: 7 })
      expect(inbox.shown).toMatchObject({ items: [], complete: false })
      expect(inbox.cursor).toEqual({ epoch: hello.epoch, seq: hello.head })
      // A page that was asked for before is of what was.
      expect(inbox.takePage(stale, rows(1, 8), true, NOW)).toBe(0)
      expect(inbox.shown.items).toEqual([])
    }
  })

  it('asks again for the count when the stream speaks of events that are not loaded', () => {
    const inbox = open(7, { total: 5, action: 0 })
    inbox.take([st(8, 'evt_far', 'read')], NOW)
    expect(inbox.doubt).toBe('soon')
    inbox.askForUnread()
    expect(inbox.doubt).toBe('none')
    inbox.take([ev(9)], NOW)
    inbox.takeUnread({ head: 8, unread: { total: 4, action: 0 } })
    expect(inbox.shown.unread.total).toBe(5)
    expect(inbox.doubt).toBe('none')
    inbox.take([st(10, 'evt_far', 'archived')], NOW)
    inbox.askForUnread()
    inbox.takeUnread(null)
    expect(inbox.doubt).toBe('soon')
    // A number of a place to come: what the stream tells up to there is in it already.
    inbox.askForUnread()
    inbox.takeUnread({ head: 11, unread: { total: 3, action: 0 } })
    inbox.take([st(11, 'evt_9', 'read')], NOW)
    expect(inbox.shown.unread.total).toBe(3)
  })

  it('shows what a person does until the stream tells of it, and no longer when it was refused', () => {
    const inbox = open(0)
    inbox.take([ev(1), ev(2)], NOW)
    const shown = () => [inbox.shown.unread.total, inbox.shown.items.map(({ read }) => read)]
    const reading = inbox.begin({ ids: ['evt_1'], state: 'read' })
    expect(shown()).toEqual([1, [false, true]])
    reading.confirm(3)
    expect(shown()).toEqual([1, [false, true]])
    inbox.take([st(3, 'evt_1', 'read')], NOW)
    expect(shown()).toEqual([1, [false, true]])
    const refused = inbox.begin({ ids: ['evt_2', 'evt_none'], state: 'archived' })
    expect(inbox.shown.unread.total).toBe(0)
    refused.drop()
    expect(shown()).toEqual([1, [false, true]])
    const all = inbox.begin({ ids: ['evt_2'], state: 'read', everything: true })
    expect(inbox.shown.unread).toEqual({ total: 0, action: 0 })
    all.drop()
    expect(inbox.shown.unread.total).toBe(1)
  })

  it('keeps an answer in sight from the click to the word of the stream', () => {
    const inbox = open(0)
    inbox.take([ev(1, { type: 'action.required', data: { action_id: 'q', options: ['a', 'b'] } })], NOW)
    const question = () => inbox.shown.items[0]?.question
    expect(question()).toEqual({ id: 'q', state: 'open', answer: null })
    const answering = inbox.begin({ ids: inbox.items.asking('q'), state: 'answered', option: 'b' })
    expect(question()).toEqual({ id: 'q', state: 'answered', answer: 'b' })
    expect(inbox.shown.unread).toEqual({ total: 0, action: 0 })
    inbox.knowAnswer('q', 'b')
    answering.confirm('word')
    expect(question()).toEqual({ id: 'q', state: 'answered', answer: 'b' })
    inbox.take([st(2, 'evt_1', 'answered')], NOW)
    expect(question()).toEqual({ id: 'q', state: 'answered', answer: 'b' })
    expect(inbox.nextUnknownAnswer()).toBeNull()
    expect(inbox.shown.unread).toEqual({ total: 0, action: 0 })
  })

  it('lets a question run out at its deadline, and waits a moment longer for a default answer', () => {
    const inbox = open(0)
    const asking = (more: object) => ({
      type: 'action.required',
      expires_at: new Date(NOW + 60_000).toISOString(),
      data: { options: ['a', 'b'], ...more },
    })
    inbox.take([ev(1, asking({})), ev(2, asking({ default_option: 'b' }))], NOW)
    const states = () => inbox.shown.items.map(({ question }) => [question?.state, question?.answer])
    expect(inbox.expire(NOW)).toBe(NOW + 60_000)
    expect(inbox.expire(NOW + 60_000)).toBeGreaterThan(NOW + 60_000)
    expect(states()).toEqual([
      ['open', null],
      ['expired', null],
    ])
    inbox.take([st(3, 'evt_2', 'answered', 'default')], NOW)
    expect(states()[0]).toEqual(['answered', 'b'])
    expect(inbox.expire(NOW + 90_000)).toBeNull()
  })

  it('hands out the same state while nothing has changed', () => {
    const inbox = open(0)
    inbox.take([ev(1)], NOW)
    const { shown } = inbox
    inbox.expire(NOW)
    expect(inbox.shown).toBe(shown)
    inbox.take([ev(2)], NOW)
    expect(inbox.shown).not.toBe(shown)
    expect(shown.items).toHaveLength(1)
  })
})

describe('the frames of the agent', () => {
  it.each([
    ['', []],
    ['nonsense', []],
    ['[]', []],
    ['null', []],
    ['{"t":"from a newer agent"}', []],
    ['{"t":"ev","seq":"7","ev":{}}', []],
    ['{"t":"ev","seq":7,"ev":{"id":"x"}}', []],
    ['{"t":"st","seq":7,"id":"x","state":"eaten"}', []],
    ['{"t":"hello"}', []],
    ['{}', [{ t: 'ping' }]],
    ['{"t":"live"}\n{}', [{ t: 'live' }, { t: 'ping' }]],
    ['{"t":"reconnect","after":4.2}', [{ t: 'reconnect', afterMs: 4_200 }]],
    ['{"t":"reconnect","after":-1}', [{ t: 'reconnect', afterMs: 0 }]],
  ])('are read, and what is none is passed over: %s', (text, frames) => {
    expect(parseFrames(text)).toEqual(frames)
  })
})
