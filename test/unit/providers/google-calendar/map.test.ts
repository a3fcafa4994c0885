import { expect, it } from 'vitest'
import { describe as describeNotification } from '#ec/providers/google-calendar/map.js'
import { aNotification, aResource } from '../../../support/webhook.js'

const URI = 'https://www.googleapis.com/calendar/v3/calendars/ana%40example.com/events?alt=json'

function eventsOf(kind: string, headers: Readonly<Record<string, string>> | null = { 'x-goog-resource-uri': URI }) {
  const resource = { ...aResource('google-calendar'), name: 'Work' }
  return describeNotification(aNotification('google-calendar', kind, '', { key: 'channel-1:7', headers }), resource)
}

it('says that something changed, and in which calendar', () => {
  expect(eventsOf('exists')).toEqual([
    {
      user_id: 'ana',
      type: 'calendar.changed',
      title: 'Something changed in Work',
      body: 'Google Calendar does not say what: an event was added, changed or removed.',
      level: 'info',
      cta: { label: 'Open Google Calendar', url: 'https://calendar.google.com/calendar/r' },
      data: {
        notification_id: 'ntf_0192f0c1-7d1e-7c3a-9a51-3f6a2b1c0d9e',
        state: 'exists',
        channel_id: 'channel-1',
        message_number: '7',
        calendar: 'ana@example.com',
      },
      created_at: '2026-01-05T09:00:00.000Z',
      thread: 'calendar:ana@example.com',
      service: 'google-calendar',
      source: 'google-calendar',
    },
  ])
})

it('says that a calendar has gone, as a warning', () => {
  expect(eventsOf('not_exists')).toMatchObject([
    { type: 'calendar.changed', level: 'warning', title: 'Work can no longer be read' },
  ])
})

it('makes no event of the message that a channel begins with', () => {
  expect(eventsOf('sync')).toEqual([])
})

it.each([
  null,
  {},
  { 'x-goog-resource-uri': 'https://www.googleapis.com/calendar/v3/users/me/calendarList' },
  { 'x-goog-resource-uri': 'https://www.googleapis.com/calendar/v3/calendars/%ff/events' },
])('knows no calendar by the headers %j, and tells of the change all the same', headers => {
  const [event] = eventsOf('exists', headers)
  expect(event?.data).not.toHaveProperty('calendar')
  expect(event?.thread).toBe(`calendar:${aResource('google-calendar').id}`)
})
