import { describe, expect, it } from 'vitest'
import type { CenterState, Item } from '../../../../web/center/center.ts'
import { mirrorInbox } from '../../../../web/push/mirror-inbox.ts'

const EMPTY: CenterState = {
  user: null,
  connection: 'connecting',
  transport: null,
  unread: { total: 0, action: 0 },
  items: [],
  complete: false,
  progress: [],
  away: 0,
}

function item(id: string, over: Partial<Item> = {}): Item {
  const event = {
    id,
    user_id: 'ann',
    type: 'job.done',
    title: id,
    body: '',
    level: 'info',
    created_at: '2026-01-05T09:00:00.000Z',
  } as const
  return { seq: 1, event, seen: false, read: false, archived: false, snoozedUntil: null, question: null, ...over }
}

function open() {
  const listeners = new Set<(state: CenterState) => void>()
  const badges: number[] = []
  const closed: string[] = []
  const center = {
    state: EMPTY,
    subscribe(heard: (state: CenterState) => void) {
      listeners.add(heard)
      return () => void listeners.delete(heard)
    },
  }
  const stop = mirrorInbox(center, {
    setBadge: count => void badges.push(count),
    order: order => void (order.ec === 'close' && closed.push(...order.events)),
  })
  return {
    badges,
    closed,
    stop,
    show(items: readonly Item[], total = 0) {
      for (const listener of listeners) listener({ ...EMPTY, user: 'ann', items, unread: { total, action: 0 } })
    },
  }
}

describe('what stands outside the page', () => {
  it('is left alone until the agent has said who this is', () => {
    expect(open()).toMatchObject({ badges: [], closed: [] })
  })

  it('has the number of what is unread, told when it changes', () => {
    const { show, badges } = open()
    show([], 3)
    show([item('a')], 3)
    show([], 0)
    expect(badges).toEqual([3, 0])
  })

  it('loses the notifications of what is done with, each once', () => {
    const { show, closed } = open()
    const ended = { id: 'act', state: 'answered', answer: 'yes' } as const
    show([item('a'), item('b', { read: true }), item('c', { question: { ...ended, state: 'open' } })])
    expect(closed).toEqual(['b'])
    show([item('a', { archived: true }), item('b', { read: true }), item('c', { question: ended })])
    expect(closed).toEqual(['b', 'a', 'c'])
  })

  it('is left alone once the page has stopped', () => {
    const { show, stop, badges } = open()
    stop()
    show([], 7)
    expect(badges).toEqual([])
  })
})
