import type { Account } from '../../core/account.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { ItemChange } from '../../core/item.ts'
import type { Resource } from '../../core/resource.ts'
import type { Reader } from '../../providers/provider.ts'

/** Of one page as many are told one by one; of what is beyond, how much it is. */
export const MAX_TOLD = 50

export interface Telling {
  readonly reader: Reader
  readonly resource: Resource
  readonly account: Account
  /** ms since 1970. */
  readonly now: number
}

/** The events for the owner of what a page changed. Pure. */
export function tellChanges(
  changes: readonly ItemChange[],
  { reader, resource, account, now }: Telling,
): readonly EventInput[] {
  const told: EventInput[] = []
  for (const [place, change] of changes.entries()) {
    if (told.length >= MAX_TOLD) return [...told, sumUp(changes.length - place, resource)]
    told.push(...reader.describe(change, resource, account, now))
  }
  return told
}

function sumUp(count: number, { id, name, userId, provider }: Resource): EventInput {
  return {
    user_id: userId,
    type: 'sync.changes',
    level: 'info',
    title: `${count} more changes in ${name}`,
    body: 'So much changed at once that the rest is not told one by one.',
    service: provider,
    collapse_key: `changes:${id}`,
    data: { resource: id, count },
  }
}
