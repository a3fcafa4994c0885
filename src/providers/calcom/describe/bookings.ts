import { parseInstant } from '../../../core/event-draft.ts'
import { peekExcerpt, peekLine, peekList, peekString } from '../../../core/peek.ts'
import { personOf, placeOf, readBooking, type Booking } from '../booking.ts'
import type { Delivery, Describer, Draft } from '../draft.ts'
import { formatTime } from '../when.ts'

/** Bookings and the meetings that come of them. */
export const BOOKINGS: Readonly<Record<string, Describer>> = {
  BOOKING_CREATED: delivery => describeBooking(delivery, 'Booked'),
  BOOKING_REQUESTED: delivery => describeBooking(delivery, 'Requested'),
  BOOKING_PAID: delivery => describeBooking(delivery, 'Paid'),
  BOOKING_PAYMENT_INITIATED: delivery => describeBooking(delivery, 'Payment started'),
  BOOKING_RESCHEDULED: describeRescheduled,
  BOOKING_CANCELLED: delivery => describeEnd(delivery, 'Cancelled', 'cancelledBy', 'cancellationReason'),
  BOOKING_REJECTED: delivery => describeEnd(delivery, 'Rejected', 'rejectedBy', 'rejectionReason'),
  BOOKING_NO_SHOW_UPDATED: describeNoShow,
  INSTANT_MEETING: delivery => describeBooking(delivery, 'Somebody waits for an instant meeting'),
  MEETING_STARTED: delivery => describeBooking(delivery, 'Started'),
  MEETING_ENDED: delivery => ({ ...describeBooking(delivery, 'Ended'), url: '' }),
  AFTER_HOSTS_CAL_VIDEO_NO_SHOW: delivery => describeAbsence(delivery, 'No host came'),
  AFTER_GUESTS_CAL_VIDEO_NO_SHOW: delivery => describeAbsence(delivery, 'No guest came'),
}

function describeBooking(delivery: Delivery, lead: string): Draft {
  const booking = readBooking(delivery.payload, delivery.receivedAt)
  return {
    title: `${lead}: ${booking.name}${booking.when}`,
    body: [booking.span, placeLine(booking), notesOf(booking)].filter(Boolean).join('\n'),
    ...linkToMeeting(booking),
    actor: booking.guests[0] ?? '',
    ...aboutBooking(booking),
  }
}

function describeRescheduled(delivery: Delivery): Draft {
  const { payload, receivedAt } = delivery
  const booking = readBooking(payload, receivedAt)
  const from = formatTime(peekString(payload, 'rescheduleStartTime'), booking.zone, receivedAt)
  const to = formatTime(booking.start, booking.zone, receivedAt)
  const by = personOf(payload, peekLine(payload, 'rescheduledBy'))
  const reason = peekLine(payload, 'cancellationReason') || peekLine(payload, 'responses', 'rescheduleReason', 'value')
  return {
    title:
      from === '' || to === ''
        ? `Rescheduled: ${booking.name}${booking.when}`
        : `Rescheduled: ${booking.name}, from ${from} to ${to} (${booking.zone})`,
    body: [byLine('Rescheduled', by, reason), booking.span, placeLine(booking)].filter(Boolean).join('\n'),
    ...linkToMeeting(booking),
    actor: by || (booking.guests[0] ?? ''),
    ...aboutBooking(booking),
  }
}

function describeEnd(delivery: Delivery, lead: string, byField: string, reasonField: string): Draft {
  const { payload, receivedAt } = delivery
  const booking = readBooking(payload, receivedAt)
  const by = personOf(payload, peekLine(payload, byField))
  return {
    title: `${lead}: ${booking.name}${booking.when}`,
    body: [byLine(lead, by, peekExcerpt(payload, reasonField)), booking.span].filter(Boolean).join('\n'),
    url: bookingPage(booking),
    urlLabel: 'Open the booking',
    actor: by,
    ...aboutBooking(booking),
  }
}

function describeNoShow(delivery: Delivery): Draft {
  const booking = readBooking(delivery.payload, delivery.receivedAt)
  const absent = peekList(delivery.payload, 'attendees')
    .filter(person => typeof person === 'object' && person !== null && 'noShow' in person && person.noShow === true)
    .map(person => peekLine(person, 'name') || peekLine(person, 'email'))
    .filter(Boolean)
  return {
    title: absent.length === 0 ? 'Nobody is marked as absent any more' : `Did not come: ${absent.join(', ')}`,
    body: peekLine(delivery.payload, 'message') || booking.span,
    ...aboutBooking(booking),
  }
}

function describeAbsence(delivery: Delivery, lead: string): Draft {
  const booking = readBooking(delivery.payload, delivery.receivedAt)
  return {
    ...describeBooking(delivery, lead),
    level: 'warning',
    url: bookingPage(booking),
    urlLabel: 'Open the booking',
  }
}

function byLine(verb: string, by: string, reason: string): string {
  const who = by === '' ? '' : `${verb} by ${by}`
  if (reason === '') return who
  return who === '' ? `Reason: ${reason}` : `${who}: ${reason}`
}

function placeLine({ payload }: Booking): string {
  const place = placeOf(payload)
  return place === '' ? '' : `Where: ${place}`
}

function notesOf({ payload }: Booking): string {
  return peekExcerpt(payload, 'additionalNotes') || peekExcerpt(payload, 'description')
}

function linkToMeeting(booking: Booking): Pick<Draft, 'url' | 'urlLabel'> {
  const { payload } = booking
  const call = [
    peekString(payload, 'metadata', 'videoCallUrl'),
    peekString(payload, 'videoCallData', 'url'),
    peekString(payload, 'location'),
  ].find(url => /^https?:\/\//i.test(url))
  return call === undefined
    ? { url: bookingPage(booking), urlLabel: 'Open the booking' }
    : { url: call, urlLabel: 'Join the meeting' }
}

/** Only a payload that names its own house leads there: many run Cal.com themselves. */
function bookingPage({ uid, payload }: Booking): string {
  const house = peekString(payload, 'bookerUrl').replace(/\/+$/, '')
  return house === '' || !/^[A-Za-z0-9_-]+$/.test(uid) ? '' : `${house}/booking/${uid}`
}

function aboutBooking(booking: Booking): Pick<Draft, 'uid' | 'data'> {
  return {
    uid: booking.uid,
    data: {
      booking_uid: booking.uid,
      booking_id: booking.id,
      start: instantOf(booking.start),
      end: instantOf(booking.end),
      time_zone: booking.start === '' ? '' : booking.zone,
      status: peekLine(booking.payload, 'status'),
      rescheduled_from: peekLine(booking.payload, 'rescheduleUid'),
    },
  }
}

function instantOf(text: string): string {
  const at = parseInstant(text)
  return Number.isNaN(at) ? '' : new Date(at).toISOString()
}
