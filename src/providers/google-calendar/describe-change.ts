import type { Account } from '../../core/account.ts'
import { draftEvent, type EventDraft } from '../../core/event-draft.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { ItemChange } from '../../core/item.ts'
import { peekLine, peekString } from '../../core/peek.ts'
import type { Resource } from '../../core/resource.ts'
import type { CalendarEvent } from './event.ts'
import { judgeQuiet, type Quiet } from './judge-quiet.ts'
import { titleOf } from './occurrences.ts'
import { isOwn, isSameAddress, nameOf } from './people.ts'
import { sayRepeats } from './say-repeats.ts'
import { saySpan } from './say-when.ts'
import { tellChange, type ToldChange } from './told-change.ts'
import type { When } from './when.ts'

/**
 * `calendar.event.created`, `.updated` or `.deleted` for the owner; none where a person would see no difference. What he
 * did himself, what lies in the past and what he declined goes into his history alone (`judge-quiet.ts`). Descriptions
 * and the addresses of guests are never told: they hold phone numbers, PINs and other people. Never throws.
 */
export function describeChange(
  change: ItemChange,
  resource: Resource,
  account: Account,
  now: number,
): readonly EventInput[] {
  const told = tellChange(change)
  if (told === null) return []
  const quiet = judgeQuiet(told, resource, account, now)
  const event = draftEvent(draftOf(told, resource, account, now, quiet), {
    userId: resource.userId,
    provider: 'google-calendar',
    receivedAt: now,
  })
  return [quiet === null ? event : { ...event, channels: [] }]
}

function draftOf(told: ToldChange, resource: Resource, account: Account, now: number, quiet: Quiet | null): EventDraft {
  const { kind, event, was, differences } = told
  const { json } = event
  return {
    type: `calendar.event.${kind}`,
    title: sayTitle(told, resource, account),
    body: sayBody(told, resource, now),
    url: peekString(json, 'htmlLink'),
    urlLabel: 'Open in Google Calendar',
    thread: `event:${event.series ?? event.id}`,
    actor: actorOf(told, resource, account),
    at: kind === 'deleted' ? undefined : peekString(json, 'updated'),
    data: {
      resource_id: resource.id,
      calendar: resource.target,
      event_id: event.id,
      series_id: event.series,
      start: sayEdge(event.start),
      end: sayEdge(event.end),
      all_day: event.start?.kind === 'date',
      changed: differences.join(','),
      previous_start: differences.includes('time') ? sayEdge(was?.start ?? null) : null,
      quiet,
    },
  }
}

function sayTitle({ kind, event, was, differences: [first, ...rest] }: ToldChange, of: Resource, by: Account): string {
  const name = titleOf(event)
  const inviter = inviterOf(event, of, by)
  if (kind === 'created') return inviter === '' ? `New: ${name}` : `${inviter} invites you: ${name}`
  if (kind === 'deleted') return `Cancelled: ${name}`
  if (rest.length > 0 && first !== 'time') return `Changed: ${name}`
  switch (first) {
    case 'time':
      return `Moved: ${name}`
    case 'title':
      return `Renamed: ${was === null ? '' : `${titleOf(was)} is now `}${name}`
    case 'place':
      return `New place: ${name}`
    case 'guests':
    case 'answers':
      return `Guests changed: ${name}`
    default:
      return `Changed: ${name}`
  }
}

function sayBody({ kind, event, was, differences }: ToldChange, resource: Resource, now: number): string {
  const place = peekLine(event.json, 'location')
  const isMoved = differences.includes('time')
  const parts = [
    event.start === null ? '' : `${isMoved ? 'Now ' : ''}${saySpan(event.start, event.end, now)}`,
    isMoved && was?.start ? `Before ${saySpan(was.start, was.end, now)}` : '',
    sayRepeats(event.recurrence),
    event.series === null ? '' : 'Only this one of a series',
    differences.includes('title') && was !== null ? `Before "${titleOf(was)}"` : '',
    place === '' ? '' : `At ${place}`,
    differences.includes('place') && place === '' ? 'Without a place now' : '',
    differences.includes('status') && peekString(event.json, 'status') === 'tentative' ? 'Not certain yet' : '',
    kind === 'deleted' ? `No longer in ${resource.name}` : `In ${resource.name}`,
  ]
  return parts.filter(part => part !== '').join('\n')
}

/** The organizer, where it is somebody else who invited the person; of a shared calendar it is the calendar itself. */
function inviterOf({ json }: CalendarEvent, resource: Resource, account: Account): string {
  const { organizer } = json
  if (!isSameAddress(resource.target, account.address) || isOwn(organizer, resource, account)) return ''
  return peekString(organizer, 'email') === '' ? '' : nameOf(organizer)
}

/** Google never says who changed an event: of a new one its creator is told, of others the organizer. */
function actorOf({ kind, event }: ToldChange, resource: Resource, account: Account): string {
  const person = kind === 'created' ? (event.json['creator'] ?? event.json['organizer']) : event.json['organizer']
  return isOwn(person, resource, account) ? '' : nameOf(person)
}

function sayEdge(when: When | null): string | null {
  if (when === null) return null
  return when.kind === 'date' ? when.date : new Date(when.at).toISOString()
}
