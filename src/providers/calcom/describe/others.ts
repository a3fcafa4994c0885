import { peek, peekExcerpt, peekLine, peekList, peekString, type JsonRecord } from '../../../core/peek.ts'
import { cleanLine } from '../../../core/clean-text.ts'
import { nameOf, readBooking } from '../booking.ts'
import type { Delivery, Describer, Draft } from '../draft.ts'
import { formatDay } from '../when.ts'

/** Recordings, forms, absences and what else Cal.com reports. */
export const OTHERS: Readonly<Record<string, Describer>> = {
  RECORDING_READY: delivery =>
    describeRecording(delivery, 'The recording', peekString(delivery.payload, 'downloadLink')),
  RECORDING_TRANSCRIPTION_GENERATED: delivery =>
    describeRecording(delivery, 'The transcript', transcriptOf(delivery.payload)),
  FORM_SUBMITTED: delivery => describeForm(delivery, 'was filled in'),
  FORM_SUBMITTED_NO_EVENT: delivery => describeForm(delivery, 'was filled in, but nothing was booked'),
  ROUTING_FORM_FALLBACK_HIT: delivery => describeForm(delivery, 'was filled in, and no route fitted'),
  OOO_CREATED: describeOutOfOffice,
  SCHEDULE_UPDATED: describeSchedule,
  DELEGATION_CREDENTIAL_ERROR: describeCredentialError,
  WRONG_ASSIGNMENT_REPORT: describeWrongAssignment,
}

/** A trigger that nobody here has heard of, or a template of the user's own making. */
export function describeUnknown(delivery: Delivery): Draft {
  const { trigger, payload } = delivery
  const booking = readBooking(payload, delivery.receivedAt)
  const words = trigger === 'unknown' ? '' : trigger.toLowerCase().replace(/_+/g, ' ').trim()
  const name =
    peekLine(payload, 'title') || peekLine(payload, 'name') || (booking.name === 'A booking' ? '' : booking.name)
  const fields = fieldLines(payload)
  const title = [words, `${name}${booking.when}`].filter(Boolean).join(': ') || fields[0] || ''
  return {
    title: title === '' ? 'Cal.com sent a notification' : `Cal.com: ${title}`,
    body: fields.join('\n'),
    uid: booking.uid,
    data: { booking_uid: booking.uid, booking_id: booking.id },
  }
}

const MAX_FIELDS = 10

/** What a template says at its top level; a plain text is one field without a value. */
function fieldLines(payload: JsonRecord): readonly string[] {
  return Object.entries(payload)
    .filter(([name]) => name !== 'triggerEvent' && name !== 'createdAt')
    .map(([name, value]) => fieldLine(cleanLine(name, 200), value))
    .filter(line => line !== '')
    .slice(0, MAX_FIELDS)
}

function fieldLine(name: string, value: unknown): string {
  if (value === '') return name
  if (typeof value === 'string') return `${name}: ${cleanLine(value, 200)}`
  return typeof value === 'number' || typeof value === 'boolean' ? `${name}: ${value}` : ''
}

function describeRecording(delivery: Delivery, thing: string, url: string): Draft {
  const booking = readBooking(delivery.payload, delivery.receivedAt)
  const of = booking.name === 'A booking' ? '' : ` of ${booking.name}${booking.when}`
  return {
    title: `${thing}${of} is ready`,
    body: booking.span,
    url,
    urlLabel: 'Open',
    uid: booking.uid,
    data: { booking_uid: booking.uid, booking_id: booking.id },
  }
}

function transcriptOf(payload: JsonRecord): string {
  const first = peekList(payload, 'downloadLinks', 'transcription')[0]
  return peekString(first, 'link') || peekString(payload, 'downloadLinks', 'recording')
}

function describeForm({ payload }: Delivery, what: string): Draft {
  const name = peekLine(payload, 'formName') || peekLine(payload, 'form', 'name')
  return {
    title: `The form${name === '' ? '' : ` "${name}"`} ${what}`,
    body: answerLines(peek(payload, 'responses') ?? peek(payload, 'response', 'data')).join('\n'),
    data: { form_id: peekLine(payload, 'formId') || peekLine(payload, 'form', 'id') },
  }
}

/** `Question: answer`, as far as the answers are texts, numbers or lists of texts. */
function answerLines(responses: unknown): readonly string[] {
  if (typeof responses !== 'object' || responses === null) return []
  return Object.entries(responses)
    .map(([field, answer]) => fieldLine(peekLine(answer, 'label') || cleanLine(field, 120), answerOf(answer)))
    .filter(line => line !== '')
    .slice(0, MAX_FIELDS)
}

function answerOf(answer: unknown): unknown {
  const value = peek(answer, 'value') ?? peek(answer, 'response') ?? answer
  if (!Array.isArray(value)) return value
  return value.filter(item => typeof item === 'string').join(', ')
}

function describeOutOfOffice({ payload, receivedAt }: Delivery): Draft {
  const entry = payload['oooEntry']
  const from = formatDay(peekString(entry, 'start'), receivedAt)
  const to = formatDay(peekString(entry, 'end'), receivedAt)
  const days = from === '' || to === '' ? from : from === to ? from : `${from} to ${to}`
  const who = nameOf(peek(entry, 'user')) || 'Somebody'
  const stand = nameOf(peek(entry, 'toUser'))
  return {
    title: `Out of office: ${[who, days].filter(Boolean).join(', ')}`,
    body: [
      peekLine(entry, 'reason', 'reason'),
      peekExcerpt(entry, 'notes'),
      stand === '' ? '' : `Bookings go to ${stand}`,
    ]
      .filter(Boolean)
      .join('\n'),
    actor: who,
    data: { ooo_id: peekLine(entry, 'uuid') },
  }
}

function describeSchedule({ payload }: Delivery): Draft {
  const what = peekLine(payload, 'event') || 'Schedule updated'
  const name = peekLine(payload, 'scheduleName')
  return { title: `${what}${name === '' ? '' : `: ${name}`}`, body: peekLine(payload, 'timeZone') }
}

function describeCredentialError({ payload }: Delivery): Draft {
  const who = nameOf(peek(payload, 'user'))
  return {
    title: `Cal.com cannot reach the calendar${who === '' ? '' : ` of ${who}`}`,
    body: peekExcerpt(payload, 'error', 'message') || peekExcerpt(payload, 'error'),
    level: 'error',
  }
}

function describeWrongAssignment({ payload }: Delivery): Draft {
  const booking = peekLine(payload, 'booking', 'title') || 'a booking'
  const right = peekLine(payload, 'report', 'correctAssignee')
  return {
    title: `Reported as assigned to the wrong person: ${booking}`,
    body: [peekExcerpt(payload, 'report', 'additionalNotes'), right === '' ? '' : `Right would be ${right}`]
      .filter(Boolean)
      .join('\n'),
    level: 'warning',
    actor: nameOf(peek(payload, 'report', 'reportedBy')),
    uid: peekLine(payload, 'booking', 'uid'),
    data: { booking_uid: peekLine(payload, 'booking', 'uid') },
  }
}
