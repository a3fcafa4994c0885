import { peekString } from '../../core/peek.ts'
import { badRequest, forbidden } from '../http/api-error.ts'
import { json, NO_CONTENT, routeMaker, type Route, type WireReply, type WireRequest } from '../http/wire.ts'
import { readTraits, showCalendar } from './calendar-lists.ts'
import type { CalendarService } from './calendar-service.ts'
import { showChannel } from './channels.ts'
import { eventRoutes } from './event-routes.ts'
import { queryFreeBusy } from './free-busy.ts'
import { readZone } from './list-query.ts'
import { FREE_BUSY, READ_CALENDARS, READ_LIST, STOP, WRITE_CALENDARS, WRITE_LIST } from './scopes.ts'

const ROOT = '/calendar/v3'

/** All of Calendar v3 that there is here. */
export function calendarRoutes(service: CalendarService): readonly Route[] {
  const { gate, calendars, lists, channels, clock, manners } = service

  function insertCalendar(request: WireRequest): WireReply {
    const owner = gate.enter(request, 'calendar', WRITE_CALENDARS)
    const summary = peekString(request.body, 'summary')
    if (summary === '') throw badRequest('Missing title.', 'summary', 'required')
    const timeZone = peekString(request.body, 'timeZone') || (calendars.get(owner)?.traits.timeZone ?? 'UTC')
    return json(showCalendar(calendars.add({ owner, summary, timeZone: readZone(timeZone) })))
  }

  function changeCalendar(request: WireRequest): WireReply {
    const account = gate.enter(request, 'calendar', WRITE_CALENDARS)
    const { calendar } = calendars.open(account, idOf(request), 'owner')
    calendar.traits = readTraits(request.body, calendar.traits)
    return json(showCalendar(calendar))
  }

  function removeCalendar(request: WireRequest): WireReply {
    const account = gate.enter(request, 'calendar', WRITE_CALENDARS)
    const { calendar } = calendars.open(account, idOf(request), 'owner')
    if (calendar.id === account) throw forbidden('Cannot delete the primary calendar.', 'cannotDeletePrimaryCalendar')
    calendars.remove(calendar)
    return NO_CONTENT
  }

  async function watchList(request: WireRequest): Promise<WireReply> {
    const account = gate.enter(request, 'calendar', READ_LIST)
    const { channel, sync } = channels.open(account, '', request.body)
    const body = showChannel(channel)
    if (manners().sync_message === 'after') return { ...json(body), afterwards: () => void sync() }
    await sync()
    return json(body)
  }

  function stopChannel(request: WireRequest): WireReply {
    const account = gate.enter(request, 'calendar', STOP)
    channels.stop(account, peekString(request.body, 'id'), peekString(request.body, 'resourceId'))
    return NO_CONTENT
  }

  function putEntry(request: WireRequest, id: string): WireReply {
    return json(lists.put(gate.enter(request, 'calendar', WRITE_LIST), id, request.body))
  }

  const route = routeMaker('calendar', ROOT, 'calendar')
  const entry = '/users/me/calendarList/{calendar}'
  return [
    route('GET', '/users/me/calendarList', 'calendarList.list', request => {
      return json(lists.list(gate.enter(request, 'calendar', READ_LIST), request, clock.now()))
    }),
    route('POST', '/users/me/calendarList', 'calendarList.insert', request => {
      return putEntry(request, peekString(request.body, 'id'))
    }),
    route('POST', '/users/me/calendarList/watch', 'calendarList.watch', watchList),
    route('GET', entry, 'calendarList.get', request => {
      return json(lists.show(gate.enter(request, 'calendar', READ_LIST), idOf(request)))
    }),
    route('PATCH', entry, 'calendarList.patch', request => putEntry(request, idOf(request))),
    route('PUT', entry, 'calendarList.update', request => putEntry(request, idOf(request))),
    route('DELETE', entry, 'calendarList.delete', request => {
      lists.remove(gate.enter(request, 'calendar', WRITE_LIST), idOf(request))
      return NO_CONTENT
    }),
    route('POST', '/calendars', 'calendars.insert', insertCalendar),
    route('GET', '/calendars/{calendar}', 'calendars.get', request => {
      const account = gate.enter(request, 'calendar', READ_CALENDARS)
      return json(showCalendar(calendars.open(account, idOf(request), 'reader').calendar))
    }),
    route('PATCH', '/calendars/{calendar}', 'calendars.patch', changeCalendar),
    route('PUT', '/calendars/{calendar}', 'calendars.update', changeCalendar),
    route('DELETE', '/calendars/{calendar}', 'calendars.delete', removeCalendar),
    ...eventRoutes(service),
    route('POST', '/freeBusy', 'freebusy.query', request => {
      return json(queryFreeBusy(calendars, gate.enter(request, 'calendar', FREE_BUSY), request.body))
    }),
    route('POST', '/channels/stop', 'channels.stop', stopChannel),
  ]
}

function idOf({ params }: WireRequest): string {
  return params['calendar'] ?? ''
}
