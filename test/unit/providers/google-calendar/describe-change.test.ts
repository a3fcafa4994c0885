import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEvent } from '#ec/core/event-schema.js'
import type { Item } from '#ec/core/item.js'
import type { JsonObject } from '#ec/core/json.js'
import { describeChange } from '#ec/providers/google-calendar/describe-change.js'
import { readChange } from '#ec/providers/google-calendar/read-change.js'
import { anAccount } from '../../../support/account-context.js'
import { aResource } from '../../../support/webhook.js'

const NOW = Date.parse('2026-01-05T09:00:00Z')
const ANA = { email: 'ana@example.com', self: true }
const BEN = { email: 'ben@example.com', displayName: 'Ben Example' }
const OWN = { ...aResource('google-calendar'), name: 'Ana', accountId: 'a', target: 'ana@example.com' }
const TEAM = { ...OWN, name: 'Team', target: 'c_team@group.calendar.google.com' }

const at = (dateTime: string, timeZone = 'Europe/Madrid') => ({ dateTime, timeZone })

/** Ben invites Ana, unless told otherwise. */
function item(more: JsonObject = {}): Item {
  const change = readChange({
    id: 'e1',
    status: 'confirmed',
    etag: '"1"',
    updated: '2026-01-05T08:59:00.000Z',
    htmlLink: 'https://www.google.com/calendar/event?eid=e1',
    summary: 'Planning',
    description: 'Dial 1234, PIN 5678',
    creator: BEN,
    organizer: BEN,
    attendees: [
      { ...BEN, responseStatus: 'accepted' },
      { ...ANA, responseStatus: 'needsAction' },
    ],
    start: at('2026-01-06T10:00:00+01:00'),
    end: at('2026-01-06T10:30:00+01:00'),
    ...more,
  })
  if (change?.type !== 'upsert') throw new Error('no item')
  return change.item
}

interface Change {
  readonly before?: Item | null
  readonly after?: Item | null
  readonly series?: Item
}

function tell({ before = null, after = null, ...rest }: Change, resource = OWN, now = NOW) {
  return describeChange({ before, after, ...rest }, resource, anAccount(), now)
}

const quiet = (events: ReturnType<typeof tell>) => events.map(({ channels, data }) => [channels, data?.['quiet']])

describe('a change of a calendar', () => {
  it('is told with what, when in its own zone, where, and a link; never with what its description says', () => {
    expect(tell({ after: item({ location: 'Room 4' }) })).toEqual([
      {
        user_id: 'ana',
        type: 'calendar.event.created',
        title: 'Ben Example invites you: Planning',
        body: 'Tue 6 Jan 10:00 to 10:30 (Europe/Madrid)\nAt Room 4\nIn Ana',
        level: 'info',
        cta: { label: 'Open in Google Calendar', url: 'https://www.google.com/calendar/event?eid=e1' },
        data: {
          resource_id: OWN.id,
          calendar: 'ana@example.com',
          event_id: 'e1',
          start: '2026-01-06T09:00:00.000Z',
          end: '2026-01-06T09:30:00.000Z',
          all_day: false,
        },
        created_at: '2026-01-05T08:59:00.000Z',
        thread: 'event:e1',
        service: 'google-calendar',
        actor: 'Ben Example',
        source: 'google-calendar',
      },
    ])
  })

  it.each<[string, JsonObject, string, string]>([
    [
      'it was moved',
      { start: at('2026-01-07T12:00:00+01:00'), end: at('2026-01-07T13:00:00+01:00') },
      'Moved: Planning',
      'Now Wed 7 Jan 12:00 to 13:00 (Europe/Madrid)\nBefore Tue 6 Jan 10:00 to 10:30 (Europe/Madrid)\nIn Ana',
    ],
    [
      'it takes days now',
      { start: { date: '2026-01-07' }, end: { date: '2026-01-09' } },
      'Moved: Planning',
      'Now Wed 7 Jan to Thu 8 Jan\nBefore Tue 6 Jan 10:00 to 10:30 (Europe/Madrid)\nIn Ana',
    ],
    [
      'it was renamed',
      { summary: 'Review' },
      'Renamed: Planning is now Review',
      'Tue 6 Jan 10:00 to 10:30 (Europe/Madrid)\nBefore "Planning"\nIn Ana',
    ],
    [
      'it has another place',
      { location: 'Room 5' },
      'New place: Planning',
      'Tue 6 Jan 10:00 to 10:30 (Europe/Madrid)\nAt Room 5\nIn Ana',
    ],
    [
      'it repeats',
      { recurrence: ['RRULE:FREQ=WEEKLY;INTERVAL=2'] },
      'Changed: Planning',
      'Tue 6 Jan 10:00 to 10:30 (Europe/Madrid)\nRepeats every 2 weeks\nIn Ana',
    ],
    [
      'it is not certain',
      { status: 'tentative' },
      'Changed: Planning',
      'Tue 6 Jan 10:00 to 10:30 (Europe/Madrid)\nNot certain yet\nIn Ana',
    ],
  ])('says that %s', (_what, more, title, body) => {
    const [event, ...rest] = tell({ before: item(), after: item({ ...more, etag: '"2"' }) })
    expect(event).toMatchObject({ type: 'calendar.event.updated', title, body })
    expect(event).not.toHaveProperty('channels')
    expect(rest).toEqual([])
  })

  it('on a shared calendar is new, and no invitation of the calendar’s', () => {
    const after = item({ organizer: { email: TEAM.target, displayName: 'Team', self: true }, attendees: null })
    expect(tell({ after }, TEAM)).toMatchObject([{ title: 'New: Planning', actor: 'Ben Example' }])
  })

  it('says that it was cancelled, with what it was', () => {
    expect(tell({ before: item() })).toMatchObject([
      {
        type: 'calendar.event.deleted',
        title: 'Cancelled: Planning',
        body: 'Tue 6 Jan 10:00 to 10:30 (Europe/Madrid)\nNo longer in Ana',
      },
    ])
  })

  it.each<[string, JsonObject]>([
    ['the ETag', { etag: '"2"', updated: '2026-01-05T08:59:30.000Z', sequence: 3 }],
    ['reminders', { etag: '"2"', reminders: { useDefault: false } }],
    ['a colour', { etag: '"2"', colorId: '5' }],
    ['what programs keep with it', { etag: '"2"', extendedProperties: { private: { a: 'b' } } }],
    [
      'the zone in which the same instant is written',
      { start: at('2026-01-06T09:00:00Z', 'Europe/London'), end: at('2026-01-06T09:30:00Z', 'Europe/London') },
    ],
    [
      'the order of its guests',
      {
        attendees: [
          { ...ANA, responseStatus: 'needsAction' },
          { ...BEN, responseStatus: 'accepted' },
        ],
      },
    ],
  ])('is none when only %s differs', (_what, more) => {
    expect(tell({ before: item(), after: item(more) })).toEqual([])
  })
})

describe('a change of one instance of a series', () => {
  const series = item({ id: 's', recurrence: ['RRULE:FREQ=DAILY'] })
  const original = {
    id: 's_20260108T090000Z',
    recurringEventId: 's',
    originalStartTime: at('2026-01-08T10:00:00+01:00'),
  }

  it('says from where it was moved, though nobody kept that', () => {
    const after = item({ ...original, start: at('2026-01-08T16:00:00+01:00'), end: at('2026-01-08T16:30:00+01:00') })
    expect(tell({ after, series })).toMatchObject([
      {
        type: 'calendar.event.updated',
        title: 'Moved: Planning',
        body:
          'Now Thu 8 Jan 16:00 to 16:30 (Europe/Madrid)\nBefore Thu 8 Jan 10:00 to 10:30 (Europe/Madrid)\n' +
          'Only this one of a series\nIn Ana',
        thread: 'event:s',
        data: { event_id: 's_20260108T090000Z', series_id: 's', previous_start: '2026-01-08T09:00:00.000Z' },
      },
    ])
  })

  it('says which was cancelled, though of it only the id is left', () => {
    const after = item({ id: original.id, status: 'cancelled' })
    const told = {
      type: 'calendar.event.deleted',
      title: 'Cancelled: Planning',
      body: 'Thu 8 Jan 10:00 to 10:30 (Europe/Madrid)\nOnly this one of a series\nNo longer in Ana',
    }
    const bare = { status: 'cancelled', start: null, summary: null, organizer: null, creator: null, attendees: null }
    expect(tell({ after: { ...after, json: { id: original.id, status: 'cancelled' } }, series })).toMatchObject([told])
    expect(tell({ after: item({ ...original, ...bare }), series })).toMatchObject([told])
  })

  it('says nothing of one that was removed from what nobody knew', () => {
    const gone = item({ id: original.id, status: 'cancelled' })
    expect(tell({ after: gone })).toEqual([])
    expect(tell({ before: gone, after: gone, series })).toEqual([])
    expect(tell({ before: gone })).toEqual([])
  })

  it('says that it is again as the series has it, when it is no longer changed by itself', () => {
    const before = item({ ...original, start: at('2026-01-08T16:00:00+01:00'), end: at('2026-01-08T16:30:00+01:00') })
    expect(tell({ before, series })).toMatchObject([
      { type: 'calendar.event.updated', title: 'Moved: Planning', data: { start: '2026-01-08T09:00:00.000Z' } },
    ])
    expect(tell({ before: item({ id: original.id, status: 'cancelled' }), series })).toEqual([])
  })

  it('is an invitation of its own where the person has no series', () => {
    expect(tell({ after: item(original) })).toMatchObject([{ title: 'Ben Example invites you: Planning' }])
  })
})

describe('is only kept in the history', () => {
  const own = { creator: ANA, organizer: ANA }

  it.each<[string, Change, typeof OWN, string]>([
    ['what he made', { after: item(own) }, OWN, 'own'],
    [
      'what he moved',
      { before: item(own), after: item({ ...own, start: at('2026-01-06T09:00:00+01:00') }) },
      OWN,
      'own',
    ],
    ['what he deleted', { before: item(own) }, OWN, 'own'],
    [
      'what he made on a shared calendar',
      { after: item({ creator: { email: 'Ana@example.com' }, organizer: { email: TEAM.target, self: true } }) },
      TEAM,
      'own',
    ],
    ['what he declined', { after: item({ attendees: [{ ...ANA, responseStatus: 'declined' }] }) }, OWN, 'declined'],
    [
      'what is over',
      { after: item({ start: at('2026-01-04T10:00:00+01:00'), end: at('2026-01-04T11:00:00+01:00') }) },
      OWN,
      'past',
    ],
    [
      'a series that is over',
      {
        before: item({
          start: at('2025-01-04T10:00:00+01:00'),
          end: at('2025-01-04T11:00:00+01:00'),
          recurrence: ['RRULE:FREQ=DAILY;COUNT=3'],
        }),
      },
      OWN,
      'past',
    ],
    ['a birthday', { after: item({ eventType: 'birthday' }) }, OWN, 'birthday'],
    [
      'an answer',
      {
        before: item(),
        after: item({
          attendees: [
            { ...BEN, responseStatus: 'accepted' },
            { ...ANA, responseStatus: 'accepted' },
          ],
        }),
      },
      OWN,
      'minor',
    ],
    ['another description', { before: item(), after: item({ description: 'More' }) }, OWN, 'minor'],
    [
      'another guest',
      { before: item(), after: item({ attendees: [{ ...ANA, responseStatus: 'needsAction' }] }) },
      OWN,
      'minor',
    ],
  ])('%s', (_what, change, resource, why) => {
    expect(quiet(tell(change, resource))).toEqual([[[], why]])
  })

  it.each<[string, Change, typeof OWN]>([
    ['what somebody else made', { after: item() }, OWN],
    // On a shared calendar `self` is the calendar, not the person.
    [
      'what somebody else made on a shared calendar',
      { after: item({ organizer: { email: TEAM.target, self: true } }) },
      TEAM,
    ],
    [
      'what somebody else moved on a shared calendar',
      {
        before: item({ organizer: { self: true } }),
        after: item({ organizer: { self: true }, start: at('2026-01-06T09:00:00+01:00') }),
      },
      TEAM,
    ],
    [
      'what is moved out of the past',
      { before: item({ start: at('2026-01-04T10:00:00+01:00'), end: at('2026-01-04T11:00:00+01:00') }), after: item() },
      OWN,
    ],
    ['what is still today', { after: item({ start: { date: '2026-01-04' }, end: { date: '2026-01-05' } }) }, OWN],
    [
      'a series that goes on',
      {
        before: item({
          start: at('2025-01-04T10:00:00+01:00'),
          end: at('2025-01-04T11:00:00+01:00'),
          recurrence: ['RRULE:FREQ=DAILY'],
        }),
      },
      OWN,
    ],
  ])('but not %s', (_what, change, resource) => {
    expect(quiet(tell(change, resource))).toEqual([[undefined, undefined]])
  })
})

it('shows no more of a private event than the person’s own screen does', () => {
  const hidden = item({ visibility: 'private' })
  const { summary: _s, description: _d, ...json } = hidden.json
  expect(tell({ after: { ...hidden, json } })).toMatchObject([{ title: 'Ben Example invites you: Busy' }])
  const text = JSON.stringify(tell({ before: item(), after: item({ visibility: 'private', description: 'PIN 9' }) }))
  expect(text).not.toMatch(/PIN|ben@example\.com/)
})

it('keeps the contract of an event, whatever Google sends', () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom({ date: '2026-01-01' }, { dateTime: '2026-01-01T00:00:00Z', timeZone: 'x' }),
  )
  const names = fc.constantFrom(
    'summary',
    'location',
    'start',
    'end',
    'recurrence',
    'organizer',
    'creator',
    'attendees',
    'status',
    'htmlLink',
    'recurringEventId',
    'originalStartTime',
    'updated',
    'visibility',
  )
  const json = fc.dictionary(names, value).map(more => ({ ...more, id: 'x_20260101' }))
  const anItem = fc.option(json.map(raw => ({ ...item(), json: Object(raw) })))
  fc.assert(
    fc.property(anItem, anItem, anItem, (before, after, series) => {
      for (const event of describeChange({ before, after, series }, OWN, anAccount(), NOW)) {
        expect(parseEvent(event)).toMatchObject({ ok: true })
      }
    }),
    { numRuns: 500 },
  )
})
