import { describe, expect, it } from 'vitest'
import type { EventInput } from '#ec/core/event-schema.js'
import { describe as describeNotification } from '#ec/providers/calcom/map.js'
import { aNotification, aResource } from '../../../support/webhook.js'

const resource = aResource('calcom')
const ben = { name: 'Ben Example', email: 'ben@example.com', timeZone: 'Europe/Madrid' }
const ana = { name: 'Ana', email: 'ana@example.com', timeZone: 'America/New_York' }
const booking = {
  bookingId: 311,
  uid: 'bk_1',
  title: '30min between Ben Example and Ana',
  type: '30min',
  startTime: '2026-01-05T09:00:00Z',
  endTime: '2026-01-05T09:30:00Z',
  organizer: ben,
  attendees: [ana],
  location: 'integrations:daily',
  additionalNotes: 'About the clock.',
  bookerUrl: 'https://cal.example.com/',
  status: 'ACCEPTED',
}

function eventOf(triggerEvent: string, payload: object, headers?: Record<string, string>): EventInput {
  return eventOfBody(triggerEvent, { triggerEvent, createdAt: '2026-01-05T08:59:58.000Z', payload }, headers)
}

function eventOfBody(kind: string, body: unknown, headers: Record<string, string> = {}): EventInput {
  const [event] = describeNotification(aNotification('calcom', kind, body, { headers }), resource)
  if (event === undefined) throw new Error('no event')
  return event
}

describe('a booking', () => {
  it('tells what, with whom and when, in the zone of its host', () => {
    expect(eventOf('BOOKING_CREATED', booking)).toEqual({
      user_id: 'ana',
      type: 'calcom.booking.created',
      title: 'Booked: 30min with Ana, Mon 5 Jan 10:00 (Europe/Madrid)',
      body: 'Mon 5 Jan 10:00 to 10:30 (Europe/Madrid)\nWhere: Cal Video\nAbout the clock.',
      level: 'info',
      cta: { label: 'Open the booking', url: 'https://cal.example.com/booking/bk_1' },
      thread: 'booking:bk_1',
      actor: 'Ana',
      service: 'calcom',
      source: 'calcom',
      created_at: '2026-01-05T08:59:58.000Z',
      data: {
        notification_id: 'ntf_0192f0c1-7d1e-7c3a-9a51-3f6a2b1c0d9e',
        trigger: 'BOOKING_CREATED',
        booking_uid: 'bk_1',
        booking_id: 311,
        start: '2026-01-05T09:00:00.000Z',
        end: '2026-01-05T09:30:00.000Z',
        time_zone: 'Europe/Madrid',
        status: 'ACCEPTED',
      },
    })
  })

  it.each([
    ['BOOKING_REQUESTED', 'calcom.booking.requested', 'Requested: 30min with Ana, Mon 5 Jan 10:00 (Europe/Madrid)'],
    ['BOOKING_REJECTED', 'calcom.booking.rejected', 'Rejected: 30min with Ana, Mon 5 Jan 10:00 (Europe/Madrid)'],
    ['BOOKING_PAID', 'calcom.booking.paid', 'Paid: 30min with Ana, Mon 5 Jan 10:00 (Europe/Madrid)'],
    [
      'BOOKING_PAYMENT_INITIATED',
      'calcom.booking.payment_initiated',
      'Payment started: 30min with Ana, Mon 5 Jan 10:00 (Europe/Madrid)',
    ],
    ['MEETING_STARTED', 'calcom.meeting.started', 'Started: 30min with Ana, Mon 5 Jan 10:00 (Europe/Madrid)'],
    ['MEETING_ENDED', 'calcom.meeting.ended', 'Ended: 30min with Ana, Mon 5 Jan 10:00 (Europe/Madrid)'],
  ])('%s is %s', (trigger, type, title) => {
    expect(eventOf(trigger, booking)).toMatchObject({ type, title })
  })

  it('that was cancelled tells by whom and why', () => {
    const change = { status: 'CANCELLED', cancelledBy: 'ANA@example.com', cancellationReason: 'Down with the flu' }
    expect(eventOf('BOOKING_CANCELLED', { ...booking, ...change })).toMatchObject({
      type: 'calcom.booking.cancelled',
      title: 'Cancelled: 30min with Ana, Mon 5 Jan 10:00 (Europe/Madrid)',
      body: 'Cancelled by Ana: Down with the flu\nMon 5 Jan 10:00 to 10:30 (Europe/Madrid)',
      actor: 'Ana',
    })
  })

  it.each([
    [{ cancelledBy: 'ana@example.com' }, /^Cancelled by Ana\n/],
    [{ cancellationReason: 'No time' }, /^Reason: No time\n/],
    [{ cancelledBy: 'someone@example.org' }, /^Cancelled by someone@example.org\n/],
    [{}, /^Mon 5 Jan/],
  ])('that was cancelled says what is known of it: %j', (change, body) => {
    expect(eventOf('BOOKING_CANCELLED', { ...booking, ...change }).body).toMatch(body)
  })

  it('that was moved tells from when to when', () => {
    const change = {
      uid: 'bk_2',
      startTime: '2026-01-06T10:00:00Z',
      endTime: '2026-01-06T10:30:00Z',
      rescheduleUid: 'bk_1',
      rescheduleStartTime: '2026-01-05T09:00:00.000Z',
      rescheduledBy: 'ana@example.com',
    }
    expect(eventOf('BOOKING_RESCHEDULED', { ...booking, ...change })).toMatchObject({
      type: 'calcom.booking.rescheduled',
      title: 'Rescheduled: 30min with Ana, from Mon 5 Jan 10:00 to Tue 6 Jan 11:00 (Europe/Madrid)',
      body: 'Rescheduled by Ana\nTue 6 Jan 11:00 to 11:30 (Europe/Madrid)\nWhere: Cal Video',
      thread: 'booking:bk_2',
      data: { rescheduled_from: 'bk_1' },
    })
  })

  it('that was moved from an unknown time tells the new one', () => {
    expect(eventOf('BOOKING_RESCHEDULED', booking).title).toBe(
      'Rescheduled: 30min with Ana, Mon 5 Jan 10:00 (Europe/Madrid)',
    )
  })

  it.each([
    [[ana, { name: 'Cleo', email: 'cleo@example.com' }], '30min with Ana and Cleo'],
    [[ana, { name: 'Cleo' }, { name: 'Dan' }], '30min with Ana and 2 others'],
    [[{ email: 'ana@example.com' }], '30min with ana@example.com'],
    [[ben, ana], '30min with Ana'],
    [[], '30min'],
    ['nobody', '30min'],
  ])('names its guests: %j', (attendees, name) => {
    expect(eventOf('BOOKING_CREATED', { ...booking, attendees }).title).toBe(
      `Booked: ${name}, Mon 5 Jan 10:00 (Europe/Madrid)`,
    )
  })

  it('has the name of its kind, or else its title, which names the people already', () => {
    expect(eventOf('BOOKING_CREATED', { ...booking, eventTitle: 'A short talk' }).title).toMatch(
      /^Booked: A short talk with Ana,/,
    )
    expect(eventOf('BOOKING_CREATED', { ...booking, type: null }).title).toMatch(
      /^Booked: 30min between Ben Example and Ana,/,
    )
    expect(eventOf('BOOKING_CREATED', { uid: 'bk_demo_1', title: 'Demo' }).title).toBe('Booked: Demo')
    expect(eventOf('BOOKING_CREATED', {}).title).toBe('Booked: A booking')
  })

  it('links to the call, where there is one', () => {
    const call = { metadata: { videoCallUrl: 'https://meet.example.com/abc' } }
    expect(eventOf('BOOKING_CREATED', { ...booking, ...call }).cta).toEqual({
      label: 'Join the meeting',
      url: 'https://meet.example.com/abc',
    })
    expect(eventOf('BOOKING_CREATED', { ...booking, location: 'https://meet.example.com/x' }).cta?.label).toBe(
      'Join the meeting',
    )
    expect(eventOf('BOOKING_CANCELLED', { ...booking, ...call }).cta?.label).toBe('Open the booking')
    expect(eventOf('MEETING_ENDED', { ...booking, ...call })).not.toHaveProperty('cta')
  })

  it.each([{ bookerUrl: 'javascript:alert(1)' }, { bookerUrl: undefined }, { uid: '../../settings' }])(
    'makes no link of what is none: %j',
    change => {
      expect(eventOf('BOOKING_CREATED', { ...booking, ...change })).not.toHaveProperty('cta')
    },
  )

  it('in the flat shape of older triggers reads the same, but has no time of sending', () => {
    const { organizer: user, type: title, bookingId: id, ...rest } = booking
    const flat = {
      ...rest,
      id,
      user,
      eventType: { title },
      triggerEvent: 'MEETING_ENDED',
      createdAt: '2026-01-03T17:20:00.000Z',
    }
    expect(eventOfBody('MEETING_ENDED', flat)).toMatchObject({
      type: 'calcom.meeting.ended',
      title: 'Ended: 30min with Ana, Mon 5 Jan 10:00 (Europe/Madrid)',
      created_at: '2026-01-05T09:00:00.000Z',
      data: { booking_uid: 'bk_1', booking_id: 311 },
    })
  })
})

describe('other triggers', () => {
  it.each([
    [
      'BOOKING_NO_SHOW_UPDATED',
      {
        bookingUid: 'bk_1',
        message: 'Marked',
        attendees: [
          { email: 'ana@example.com', noShow: true },
          { email: 'x@example.com', noShow: false },
        ],
      },
      {
        type: 'calcom.booking.no_show_updated',
        title: 'Did not come: ana@example.com',
        body: 'Marked',
        thread: 'booking:bk_1',
      },
    ],
    [
      'BOOKING_NO_SHOW_UPDATED',
      { bookingUid: 'bk_1', attendees: [{ email: 'ana@example.com', noShow: false }] },
      { title: 'Nobody is marked as absent any more' },
    ],
    [
      'AFTER_HOSTS_CAL_VIDEO_NO_SHOW',
      { bookingId: 311 },
      { type: 'calcom.after_hosts_cal_video_no_show', title: 'No host came: A booking', level: 'warning' },
    ],
    [
      'RECORDING_READY',
      { downloadLink: 'https://media.example.com/r.mp4' },
      {
        type: 'calcom.recording.ready',
        title: 'The recording is ready',
        cta: { label: 'Open', url: 'https://media.example.com/r.mp4' },
      },
    ],
    [
      'RECORDING_TRANSCRIPTION_GENERATED',
      { ...booking, downloadLinks: { transcription: [{ format: 'txt', link: 'https://media.example.com/t.txt' }] } },
      {
        type: 'calcom.recording.transcription_generated',
        title: 'The transcript of 30min with Ana, Mon 5 Jan 10:00 (Europe/Madrid) is ready',
        cta: { label: 'Open', url: 'https://media.example.com/t.txt' },
      },
    ],
    [
      'FORM_SUBMITTED',
      {
        formName: 'Contact',
        formId: 'f1',
        responses: { a: { label: 'Your name', value: 'Ana' }, b: { response: ['x', 'y'] }, c: { value: {} } },
      },
      { type: 'calcom.form.submitted', title: 'The form "Contact" was filled in', body: 'Your name: Ana\nb: x, y' },
    ],
    [
      'FORM_SUBMITTED_NO_EVENT',
      { form: { id: 'f1', name: 'Contact' } },
      { type: 'calcom.form.submitted_no_event', title: 'The form "Contact" was filled in, but nothing was booked' },
    ],
    [
      'OOO_CREATED',
      {
        oooEntry: {
          uuid: 'u1',
          start: '2026-01-12T00:00:00.000Z',
          end: '2026-01-16T23:59:59.999Z',
          notes: 'Skiing',
          reason: { reason: 'Vacation' },
          user: { ...ben, timeZone: 'America/New_York' },
          toUser: { name: 'Cleo' },
        },
      },
      {
        type: 'calcom.ooo.created',
        title: 'Out of office: Ben Example, Mon 12 Jan to Fri 16 Jan',
        body: 'Vacation\nSkiing\nBookings go to Cleo',
      },
    ],
    [
      'SCHEDULE_UPDATED',
      { event: 'Schedule Updated', scheduleName: 'Working hours', timeZone: 'Europe/Madrid' },
      { type: 'calcom.schedule.updated', title: 'Schedule Updated: Working hours' },
    ],
    [
      'DELEGATION_CREDENTIAL_ERROR',
      { error: { type: 'x', message: 'Token expired' }, user: ben },
      {
        type: 'calcom.delegation_credential_error',
        title: 'Cal.com cannot reach the calendar of Ben Example',
        body: 'Token expired',
        level: 'error',
      },
    ],
    [
      'WRONG_ASSIGNMENT_REPORT',
      {
        booking: { uid: 'bk_1', title: 'Sales Call' },
        report: { correctAssignee: 'cleo@example.com', additionalNotes: 'Wrong team' },
      },
      {
        type: 'calcom.wrong_assignment_report',
        title: 'Reported as assigned to the wrong person: Sales Call',
        level: 'warning',
      },
    ],
    [
      'INSTANT_MEETING',
      booking,
      {
        type: 'calcom.instant_meeting',
        title: 'Somebody waits for an instant meeting: 30min with Ana, Mon 5 Jan 10:00 (Europe/Madrid)',
      },
    ],
    [
      'BOOKING_TELEPORTED',
      booking,
      {
        type: 'calcom.booking.teleported',
        title: 'Cal.com: booking teleported: 30min between Ben Example and Ana, Mon 5 Jan 10:00 (Europe/Madrid)',
      },
    ],
  ])('%s with %j', (trigger, payload, expected) => {
    expect(eventOf(trigger, payload)).toMatchObject(expected)
  })

  it('PING makes no event', () => {
    expect(describeNotification(aNotification('calcom', 'PING', { triggerEvent: 'PING' }), resource)).toEqual([])
  })
})

describe('a template of the user’s own', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  it('without a trigger is shown as it is', () => {
    const body = {
      content: 'A new event has been scheduled',
      name: '30min between Ben and Ana',
      n: 3,
      nested: { a: 1 },
    }
    expect(eventOfBody('unknown', body)).toMatchObject({
      type: 'calcom.unknown',
      title: 'Cal.com: 30min between Ben and Ana',
      body: 'content: A new event has been scheduled\nname: 30min between Ben and Ana\nn: 3',
    })
  })

  it('that is plain text is the title', () => {
    expect(eventOfBody('unknown', 'Ana+booked+30min', form)).toMatchObject({
      title: 'Cal.com: Ana booked 30min',
      body: 'Ana booked 30min',
    })
  })

  it('that says nothing still makes an event', () => {
    expect(eventOfBody('unknown', '{}')).toMatchObject({ title: 'Cal.com sent a notification', body: 'Cal.com' })
    expect(eventOfBody('unknown', '', form)).toMatchObject({ title: 'Cal.com sent a notification' })
  })

  it('may be a form with a trigger, or with the payload as JSON', () => {
    const fields = 'triggerEvent=BOOKING_CREATED&type=30min&startTime=2026-01-05T09%3A00%3A00Z'
    expect(eventOfBody('BOOKING_CREATED', fields, form).title).toBe('Booked: 30min, Mon 5 Jan 09:00 (UTC)')
    const wrapped = new URLSearchParams({
      triggerEvent: 'BOOKING_CREATED',
      payload: JSON.stringify(booking),
    }).toString()
    expect(eventOfBody('BOOKING_CREATED', wrapped, form).title).toBe(
      'Booked: 30min with Ana, Mon 5 Jan 10:00 (Europe/Madrid)',
    )
  })
})
