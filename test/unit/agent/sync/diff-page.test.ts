import { describe, expect, it } from 'vitest'
import { diffPage, latestChanges } from '#ec/agent/sync/diff-page.js'
import { findMissed, LATE_MS } from '#ec/agent/sync/find-missed.js'
import type { Change, Item } from '#ec/core/item.js'

const item = (id: string, over: Partial<Item> = {}): Item => ({
  id,
  version: 'v1',
  updatedAt: 0,
  startsAt: null,
  endsAt: null,
  series: null,
  json: { id, title: 'one' },
  ...over,
})
const upsert = (one: Item): Change => ({ type: 'upsert', item: one })
const gone = (id: string): Change => ({ type: 'delete', id, updatedAt: null })
const diff = (changes: readonly Change[], known: readonly Item[], full = false) =>
  diffPage(latestChanges(changes), known, { generation: 7, full })

describe('a page beside the copy', () => {
  it('finds what is new, what is other and what is gone', () => {
    const found = diff([upsert(item('new')), upsert(item('b', { version: 'v2' })), gone('c')], [item('b'), item('c')])
    expect(found.changes.map(({ before, after }) => [before?.version, after?.version])).toEqual([
      [undefined, 'v1'],
      ['v1', 'v2'],
      ['v1', undefined],
    ])
    expect(found.removed).toEqual(['c'])
    expect(found.writes.map(write => [write.item.id, write.generation])).toEqual([
      ['new', 7],
      ['b', 7],
    ])
  })

  it('takes the same version for the same, and writes it in a full pass alone, to mark it as seen', () => {
    const same = upsert(item('a', { json: { id: 'a', title: 'other' } }))
    expect(diff([same], [item('a')])).toMatchObject({ writes: [], changes: [] })
    expect(diff([same], [item('a')], true)).toMatchObject({ writes: [{ generation: 7 }], changes: [] })
  })

  it('compares contents where there is no version, whatever the order of the keys (a missing etag)', () => {
    const had = item('a', { version: null, json: { id: 'a', title: 'one' } })
    expect(diff([upsert(item('a', { version: null, json: { title: 'one', id: 'a' } }))], [had]).changes).toEqual([])
    expect(diff([upsert(item('a', { version: null, json: { title: 'two', id: 'a' } }))], [had]).changes).toHaveLength(1)
  })

  it('takes the last word of an item that is named several times', () => {
    const twice = [upsert(item('a', { version: 'v2' })), gone('a'), upsert(item('a', { version: 'v3' }))]
    expect(diff(twice, [item('a')]).changes.map(({ after }) => after?.version)).toEqual(['v3'])
    expect(diff([upsert(item('a')), gone('a')], []).changes).toEqual([])
  })

  it('knows nothing of what it never had, and takes exceptions along all the same (pitfalls 23 and 25)', () => {
    expect(diff([gone('series')], [])).toMatchObject({ removed: [], changes: [], removedSeries: ['series'] })
  })

  it('names the exceptions that are there, changed or not', () => {
    const had = item('s-0', { series: 's' })
    const page = [upsert(had), upsert(item('s-1', { series: 's' })), upsert(item('a')), gone('s-2')]
    expect(diff(page, [had])).toMatchObject({ exceptions: ['s-0', 's-1'], writes: [{ item: { id: 's-1' } }, {}] })
  })
})

describe('what was missed', () => {
  const NOW = 100 * LATE_MS
  const judge = (updatedAt: number | null, announcedAt: number | null = null, since = 0) =>
    findMissed([{ before: null, after: item('a', { updatedAt }) }], { now: NOW, since, announcedAt })

  it.each([
    ['an old change that nobody announced', judge(NOW - LATE_MS - 1), NOW - LATE_MS - 1],
    ['a young one, whose notification may be on its way', judge(NOW - LATE_MS + 1), null],
    ['an old one with an announcement since', judge(NOW - 2 * LATE_MS, NOW - LATE_MS), null],
    ['one of before the last read', judge(NOW - 3 * LATE_MS, null, NOW - 2 * LATE_MS), null],
    ['one of which the service does not say when', judge(null), null],
    ['one in the future, of a clock that is ahead (pitfall 86)', judge(NOW + LATE_MS), null],
  ])('%s', (_, found, expected) => {
    expect(found).toBe(expected)
  })

  it('says nothing by what is gone', () => {
    expect(findMissed([{ before: item('a'), after: null }], { now: NOW, since: 0, announcedAt: null })).toBeNull()
  })
})
