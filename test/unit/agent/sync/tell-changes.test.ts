import { describe, expect, it } from 'vitest'
import { MAX_QUIET, MAX_TOLD, tellChanges } from '#ec/agent/sync/tell-changes.js'
import type { ItemChange } from '#ec/core/item.js'
import type { Reader } from '#ec/providers/provider.js'
import { aSituation } from '../../../support/situation.ts'
import { anAccount, T0 } from '../../../support/store-samples.ts'

/** A change whose telling is `loud`, `quiet`, or none at all. */
function change(how: string, n: number): ItemChange {
  const id = `${how}-${n}`
  return {
    before: null,
    after: { id, version: '1', updatedAt: null, startsAt: null, endsAt: null, series: null, json: { how } },
  }
}

const changes = (how: string, count: number) => Array.from({ length: count }, (_, n) => change(how, n))

const reader: Reader = {
  version: '1',
  whole: true,
  readPage: () => Promise.reject(new Error('nothing is read here')),
  describe({ after }, { userId }) {
    const how = after?.json['how']
    if (how === 'none') return []
    const event = { user_id: userId, type: 'thing.changed', title: after?.id ?? '', body: '', level: 'info' } as const
    return [how === 'quiet' ? { ...event, channels: [] } : event]
  },
}

const { resource } = aSituation()
const tell = (all: readonly ItemChange[]) =>
  tellChanges(all, { reader, resource, account: anAccount(), now: T0 }).map(({ title, channels }) =>
    channels === undefined ? title : `(${title})`,
  )

describe('what a page changed', () => {
  it('is told in its order, as loud or as quiet as it is', () => {
    expect(tell([change('quiet', 1), change('loud', 1), change('none', 1), change('quiet', 2)])).toEqual([
      '(quiet-1)',
      'loud-1',
      '(quiet-2)',
    ])
  })

  it('is told in full although much of it is quiet', () => {
    const told = tell([...changes('quiet', MAX_TOLD + 10), ...changes('loud', MAX_TOLD)])
    expect(told).toHaveLength(2 * MAX_TOLD + 10)
    expect(told.at(-1)).toBe(`loud-${MAX_TOLD - 1}`)
  })

  it('beyond the bound is told by how much it is, without what nobody would have been told', () => {
    const told = tell([...changes('none', 30), ...changes('loud', MAX_TOLD + 3), ...changes('none', 30)])
    expect(told.slice(-2)).toEqual([`loud-${MAX_TOLD - 1}`, '3 more changes in Work'])
  })

  it('is summed up in silence when only quiet changes are left out', () => {
    const told = tell([...changes('quiet', MAX_QUIET + 2), change('loud', 1)])
    expect(told).toHaveLength(MAX_QUIET + 2)
    expect(told.slice(-2)).toEqual(['loud-1', '(2 more changes in Work)'])
  })
})
