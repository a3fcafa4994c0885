import type { Cached } from '../http/api.ts'
import type { Progress } from './calendars.ts'

export type Freshness = Pick<Cached<unknown>, 'freshAt' | 'incomplete'>

/** Of an answer that was made of copies that go so far. */
export function freshnessOf(rows: readonly Pick<Progress, 'id' | 'freshAt'>[]): Freshness {
  const incomplete = rows.flatMap(({ id, freshAt }) => (freshAt === null ? [id] : []))
  const known = rows.flatMap(({ freshAt }) => (freshAt === null ? [] : [freshAt]))
  return { freshAt: incomplete.length > 0 || known.length === 0 ? null : Math.min(...known), incomplete }
}

/**
 * How far copies go of which an answer was made when they went as far as `made`, and that go as far as `now`. Only where
 * nothing was found since is the answer as fresh as the copy: a change may be in the copy whose word has not come here yet.
 */
export function moveOn(made: readonly Progress[], now: readonly Progress[]): readonly Progress[] {
  const byId = new Map(now.map(row => [row.id, row]))
  return made.map(row => {
    const later = byId.get(row.id)
    if (row.freshAt === null || later === undefined || later.freshAt === null) return row
    return later.changedAt === row.changedAt && later.freshAt > row.freshAt ? { ...row, freshAt: later.freshAt } : row
  })
}
