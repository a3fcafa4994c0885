import type { Account } from '../../core/account.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { ItemChange } from '../../core/item.ts'
import type { Resource } from '../../core/resource.ts'
import type { Reader } from '../../providers/provider.ts'

/** Of one page as many are told one by one; of what is beyond, how much it is. */
export const MAX_TOLD = 50
/** Of what goes into the history alone: it interrupts nobody, but each is a row. */
export const MAX_QUIET = 200

export interface Telling {
  readonly reader: Reader
  readonly resource: Resource
  readonly account: Account
  /** ms since 1970. */
  readonly now: number
}

/** The events for the owner of what a page changed. What is quiet takes no place from what is not. Pure. */
export function tellChanges(
  changes: readonly ItemChange[],
  { reader, resource, account, now }: Telling,
): readonly EventInput[] {
  const described = changes.flatMap(change => reader.describe(change, resource, account, now))
  const left = { loud: MAX_TOLD, quiet: MAX_QUIET }
  const told = described.filter(event => {
    const kind = isQuiet(event) ? 'quiet' : 'loud'
    left[kind] -= 1
    return left[kind] >= 0
  })
  const untold = described.length - told.length
  if (untold === 0) return told
  const summary = sumUp(untold, resource)
  // What nobody would have been told of is not told of in sum either.
  return [...told, left.loud < 0 ? summary : { ...summary, channels: [] }]
}

function isQuiet({ channels }: EventInput): boolean {
  return channels?.length === 0
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
