import { expect, it } from 'vitest'
import { fitEvents } from '#ec/agent/activity/fit-events.js'
import type { StoredEvent } from '#ec/backends/store.js'
import { PLAN } from '../../../support/store-samples.js'

function ofSize(chars: number): StoredEvent {
  const times = {
    seenAt: null,
    readAt: null,
    archivedAt: null,
    snoozedUntil: null,
    answeredAt: null,
    retractedAt: null,
  }
  return { json: 'x'.repeat(chars), id: `e${chars}`, userId: 'ann', seq: 1, keyId: null, plan: PLAN, ...times }
}

it.each([
  ['all that fit', [3, 3, 4], 10, [3, 3, 4], 0],
  ['the newest ones', [3, 3, 5], 10, [3, 5], 1],
  ['no older one that would fit behind one that does not', [1, 9, 5], 10, [5], 2],
  ['the newest of all, however large it is', [1, 1, 50], 10, [50], 2],
  ['nothing of nothing', [], 10, [], 0],
])('keeps %s', (_, sizes, chars, kept, skipped) => {
  const fitting = fitEvents(sizes.map(ofSize), chars)
  expect(fitting.events.map(({ json }) => json.length)).toEqual(kept)
  expect(fitting.skipped).toBe(skipped)
})
