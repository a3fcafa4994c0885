import { peek, peekInteger, peekLine, peekList, peekString, type JsonRecord } from '../../core/peek.ts'
import { firstZone, formatSpan, formatTime } from './when.ts'

/** What stands in the payload of a booking, in each of the shapes in which Cal.com sends one. */
export interface Booking {
  readonly uid: string
  readonly id: number | null
  /** `30min with Ana`, or `A booking` when the payload does not name it. */
  readonly name: string
  /** IANA name: the organizer's zone, else the first guest's, else UTC. */
  readonly zone: string
  readonly start: string
  readonly end: string
  /** `, Mon 5 Jan 10:00 (Europe/Madrid)`, or '' without a time. */
  readonly when: string
  /** The same with its end and without the comma. */
  readonly span: string
  /** Names, or addresses of those who gave no name. */
  readonly guests: readonly string[]
  readonly payload: JsonRecord
}

export function readBooking(payload: JsonRecord, now: number): Booking {
  // Cal.com sends the organizer of a calendar event, but the user of a row in its table of bookings.
  const organizer = peek(payload, 'organizer') ?? peek(payload, 'user')
  const attendees = peekList(payload, 'attendees')
  const guests = attendees
    .filter(person => peekString(person, 'email') === '' || !isSamePerson(person, organizer))
    .map(nameOf)
    .filter(name => name !== '')
  const zone = firstZone(peekString(organizer, 'timeZone'), peekString(attendees[0], 'timeZone'))
  const start = peekString(payload, 'startTime')
  const end = peekString(payload, 'endTime')
  const time = formatTime(start, zone, now)
  const span = formatSpan(start, end, zone, now)
  return {
    uid: peekLine(payload, 'uid') || peekLine(payload, 'bookingUid'),
    id: peekInteger(payload, 'bookingId') ?? peekInteger(payload, 'id'),
    name: nameBooking(payload, guests),
    zone,
    start,
    end,
    when: time === '' ? '' : `, ${time} (${zone})`,
    span: span === '' ? '' : `${span} (${zone})`,
    guests,
    payload,
  }
}

/** The name of whoever has this address among the people of the booking, else the text itself. */
export function personOf(payload: JsonRecord, address: string): string {
  const people = [peek(payload, 'organizer'), peek(payload, 'user'), ...peekList(payload, 'attendees')]
  const person = people.find(person => peekLine(person, 'email').toLowerCase() === address.toLowerCase())
  return nameOf(person) || address
}

export function nameOf(person: unknown): string {
  return peekLine(person, 'name') || peekLine(person, 'email')
}

/** Where it takes place, as a person calls it. */
export function placeOf(payload: JsonRecord): string {
  const location = peekLine(payload, 'location')
  return PLACES.get(location) ?? location.replace(/^integrations:/, '').replace(/[_:]+/g, ' ')
}

const PLACES: ReadonlyMap<string, string> = new Map([
  ['attendeeInPerson', 'at the guest’s'],
  ['inPerson', 'in person'],
  ['integrations:daily', 'Cal Video'],
  ['integrations:google:meet', 'Google Meet'],
  ['integrations:office365_video', 'Microsoft Teams'],
  ['integrations:zoom', 'Zoom'],
  ['phone', 'by phone'],
  ['userPhone', 'by phone'],
])

function isSamePerson(person: unknown, organizer: unknown): boolean {
  return peekString(person, 'email').toLowerCase() === peekString(organizer, 'email').toLowerCase()
}

/** A title of Cal.com's making already names the people: `30min between Ben and Ana`. */
function nameBooking(payload: JsonRecord, guests: readonly string[]): string {
  const kind = peekLine(payload, 'eventTitle') || peekLine(payload, 'type') || peekLine(payload, 'eventType', 'title')
  const name = kind || peekLine(payload, 'title') || 'A booking'
  const first = guests[0]
  if (first === undefined || name.includes(first)) return name
  if (guests.length === 1) return `${name} with ${first}`
  return `${name} with ${first} and ${guests.length === 2 ? guests[1] : `${guests.length - 1} others`}`
}
