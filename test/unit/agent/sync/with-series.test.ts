import { expect, it } from 'vitest'
import { withSeries } from '#ec/agent/sync/with-series.js'
import type { Change, Item } from '#ec/core/item.js'

const item = (id: string, series: string | null = null, version = '1'): Item => {
  return { id, version, updatedAt: null, startsAt: null, endsAt: null, series, json: { id } }
}
const upsert = (one: Item): Change => ({ type: 'upsert', item: one })

/** What is asked of the copy, which has the series `s`. */
function storeOf(...known: readonly Item[]) {
  const asked: (readonly string[])[] = []
  const getItems = (_resource: string, ids: readonly string[]) => {
    asked.push(ids)
    return Promise.resolve(known.filter(({ id }) => ids.includes(id)))
  }
  return { getItems, asked }
}

const mapOf = (...changes: readonly Change[]) =>
  new Map(changes.map(change => [change.type === 'upsert' ? change.item.id : change.id, change]))

it('puts beside an exception its series, as the page has it or else as it is here, asked for once', async () => {
  const [first, second] = [item('s_1', 's'), item('s_2', 's')]
  const store = storeOf(item('s'))
  const changes = [
    { before: null, after: first },
    { before: second, after: null },
    { before: null, after: item('t_1', 't') },
    { before: null, after: item('alone') },
  ]
  const newer = item('t', null, '2')
  expect(await withSeries(store, 'r', changes, mapOf(upsert(newer)))).toEqual([
    { before: null, after: first, series: item('s') },
    { before: second, after: null, series: item('s') },
    { before: null, after: item('t_1', 't'), series: newer },
    { before: null, after: item('alone') },
  ])
  expect(store.asked).toEqual([['s']])
})

it('knows no series that is not here', async () => {
  const change = { before: null, after: item('s_1', 's') }
  expect(await withSeries(storeOf(), 'r', [change], mapOf())).toEqual([{ ...change, series: null }])
})

it('leaves out what goes with its series, and asks for nothing where nothing is an exception', async () => {
  const store = storeOf(item('s'))
  const gone = { before: item('s'), after: null }
  const changes = [gone, { before: item('s_1', 's'), after: null }]
  expect(await withSeries(store, 'r', changes, mapOf({ type: 'delete', id: 's', updatedAt: null }))).toEqual([gone])
  expect(store.asked).toEqual([])
})
