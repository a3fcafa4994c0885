import type { Account } from '../../core/account.ts'
import { peekString } from '../../core/peek.ts'
import type { Resource } from '../../core/resource.ts'
import type { Difference } from './differences.ts'
import type { CalendarEvent } from './event.ts'
import { isOwn, isSameAddress, ownAnswer } from './people.ts'
import { lengthOf, lastEnd, readSeries } from './series.ts'
import type { ToldChange } from './told-change.ts'
import { instantOf } from './when.ts'

/** Why a change goes into the history alone. */
export type Quiet = 'own' | 'past' | 'declined' | 'birthday' | 'minor'

/** What is worth a look when one looks, and no interruption. */
const MINOR: ReadonlySet<Difference> = new Set(['guests', 'answers', 'call', 'notes', 'free'])

/**
 * Google never says who changed an event, so that it is told by whose it is: on the person's own calendar what he
 * organizes changes by his hand, and what others organize by theirs; on a shared calendar, whose organizer is the
 * calendar, what he made himself. Null = he is told.
 */
export function judgeQuiet(told: ToldChange, resource: Resource, account: Account, now: number): Quiet | null {
  const { kind, event, differences } = told
  const { json } = event
  if (peekString(json, 'eventType') === 'birthday') return 'birthday'
  if (isPast(event, now) && (told.was === null || isPast(told.was, now))) return 'past'
  if (ownAnswer(json) === 'declined') return 'declined'
  const maker = kind === 'created' || !isSameAddress(resource.target, account.address) ? 'creator' : 'organizer'
  const person = json[maker] ?? json[maker === 'creator' ? 'organizer' : 'creator']
  if (isOwn(person, resource, account)) return 'own'
  return kind === 'updated' && differences.every(difference => MINOR.has(difference)) ? 'minor' : null
}

/** It is over, all of it. */
function isPast(event: CalendarEvent, now: number): boolean {
  if (event.start === null) return false
  const series = readSeries(event)
  const end = series === null ? instantOf(event.start) + lengthOf(event.start, event.end) : lastEnd(series)
  // A day is over when it is over everywhere.
  const slack = event.start.kind === 'date' ? HALF_DAY_MS : 0
  return end !== null && end + slack <= now
}

const HALF_DAY_MS = 12 * 3_600_000
