import { isRecord, peek, peekList, peekString, type JsonRecord } from '../../core/peek.ts'
import { badRequest } from '../http/api-error.ts'
import { readRecurrence, type Recurrence } from './recurrence.ts'
import { instantOf, readWhen, type When } from './when.ts'

/** Fields that a client may write and that are kept as they are. */
const KEPT = [
  'summary',
  'description',
  'location',
  'colorId',
  'attendees',
  'extendedProperties',
  'transparency',
  'visibility',
  'reminders',
  'source',
  'guestsCanInviteOthers',
  'guestsCanModify',
  'guestsCanSeeOtherGuests',
  'anyoneCanAddSelf',
  'conferenceData',
  'attachments',
  'eventType',
  'focusTimeProperties',
  'outOfOfficeProperties',
  'workingLocationProperties',
  'birthdayProperties',
] as const

const STATES = ['confirmed', 'tentative', 'cancelled'] as const
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  transparency: ['opaque', 'transparent'],
  visibility: ['default', 'public', 'private', 'confidential'],
  eventType: ['default', 'birthday', 'focusTime', 'fromGmail', 'outOfOffice', 'workingLocation'],
}

/** What a body says of an event, checked as Google checks it. */
export interface EventBody {
  readonly start: When
  readonly end: When
  readonly lines: readonly string[]
  readonly recurrence: Recurrence | null
  readonly status: (typeof STATES)[number]
  readonly fields: JsonRecord
}

/** Reads a whole resource; throws 400 in Google's words. */
export function readEvent(body: JsonRecord, calendarZone: string): EventBody {
  const lines = peekList(body, 'recurrence').map(String)
  const start = readEdge(body, 'start')
  const end = readEdge(body, 'end')
  if (start.kind !== end.kind) throw badRequest('Invalid start time.', 'start')
  const length = instantOf(end, calendarZone) - instantOf(start, calendarZone)
  // Everybody who mirrors meets this one: an end that is the start.
  if (length <= 0) throw empty()
  if (lines.length > 0 && start.kind === 'time' && start.zone === null) {
    throw badRequest('Missing time zone definition for start time.', 'start.timeZone', 'required')
  }
  const recurrence = lines.length === 0 ? null : readRecurrence(lines)
  if (lines.length > 0 && recurrence === null) throw badRequest('Invalid recurrence rule.', 'recurrence')
  const status = STATES.find(one => one === (peekString(body, 'status') || 'confirmed'))
  if (status === undefined) throw badRequest('Invalid status value.', 'status')
  return { start, end, lines, recurrence, status, fields: readFields(body) }
}

function readEdge(body: JsonRecord, edge: 'start' | 'end'): When {
  if (!isRecord(body[edge])) throw badRequest(`Missing ${edge} time.`, edge, 'required')
  const when = readWhen(body[edge])
  if (when === null) throw badRequest(`Invalid ${edge} time.`, edge)
  return when
}

function empty(): Error {
  const parts = badRequest('The specified time range is empty.', 'timeMax', 'timeRangeEmpty')
  return Object.assign(parts, { parts: { ...parts.parts, domain: 'calendar' } })
}

function readFields(body: JsonRecord): JsonRecord {
  const given = KEPT.filter(name => body[name] !== undefined && body[name] !== null)
  const fields = Object.fromEntries(given.map(name => [name, body[name]]))
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = fields[name]
    if (value !== undefined && (typeof value !== 'string' || !choices.includes(value))) {
      throw badRequest(`Invalid value for: ${name}`, name)
    }
  }
  for (const attendee of peekList(body, 'attendees')) {
    if (peekString(attendee, 'email') === '') throw badRequest('Missing attendee email.', 'attendees', 'required')
  }
  checkProperties(body)
  return stripConference(fields)
}

const MAX_PROPERTIES = 300
const MAX_KEY = 44
const MAX_VALUE = 1024

function checkProperties(body: JsonRecord): void {
  for (const side of ['private', 'shared'] as const) {
    const found = peek(body, 'extendedProperties', side)
    const entries = isRecord(found) ? Object.entries(found) : []
    const isSound = entries.every(([key, value]) => {
      return key.length <= MAX_KEY && typeof value === 'string' && value.length <= MAX_VALUE
    })
    if (!isSound || entries.length > MAX_PROPERTIES) {
      throw badRequest('Invalid extended property.', `extendedProperties.${side}`)
    }
  }
}

/** Google takes its own block out of the description of an event that has no conference. */
function stripConference(fields: JsonRecord): JsonRecord {
  const { description, conferenceData } = fields
  if (typeof description !== 'string' || conferenceData !== undefined) return fields
  return { ...fields, description: description.replace(CONFERENCE, '').trimEnd() }
}

/** From its first line of dashes to its last. */
const CONFERENCE = /-::~:~::[\s\S]*::~:~::-/
