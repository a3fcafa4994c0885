import { ApiError, badRequest, notFound } from '../http/api-error.ts'
import { json, NO_CONTENT, routeMaker, type Route, type WireReply, type WireRequest } from '../http/wire.ts'
import type { CalendarService } from './calendar-service.ts'
import type { Role } from './calendars.ts'
import { showChannel } from './channels.ts'
import type { StoredEvent } from './event.ts'
import { findEvent } from './instances.ts'
import { readZone } from './list-query.ts'
import { listEvents } from './list-events.ts'
import { listInstances } from './list-instances.ts'
import { READ_EVENTS, WRITE_EVENTS } from './scopes.ts'
import { showEvent } from './show-event.ts'
import { deleteEvent, importEvent, insertEvent, moveEvent, patchEvent, updateEvent } from './write-event.ts'

const ROOT = '/calendar/v3/calendars/{calendar}/events'

/** `events.*` of Calendar v3. */
export function eventRoutes(service: CalendarService): readonly Route[] {
  const { gate, calendars, channels, clock, manners, random } = service

  function open(request: WireRequest, least: Role) {
    const isRead = least === 'reader'
    const account = gate.enter(request, 'calendar', isRead ? READ_EVENTS : WRITE_EVENTS)
    const { calendar, role } = calendars.open(account, request.params['calendar'] ?? '', least)
    if (!isRead) gate.countWrite(calendar.id)
    return { account, calendar, view: { account, role, zone: calendar.traits.timeZone } }
  }

  /** A write by `write`, with its precondition, told to the channels. */
  function change(
    request: WireRequest,
    write: (context: ReturnType<CalendarService['writing']>, id: string) => StoredEvent,
  ): WireReply {
    const { account, calendar, view } = open(request, 'writerWithoutPrivateAccess')
    const id = request.params['event'] ?? ''
    checkMatch(request, id === '' ? undefined : findEvent(calendar, id, clock.now()))
    const before = calendar.book.version
    const event = write(service.writing(calendar, account), id)
    if (calendar.book.version > before) service.changed(calendar)
    return withTag(showEvent(calendar, event, view), event.etag)
  }

  function get(request: WireRequest): WireReply {
    const { calendar, view } = open(request, 'reader')
    const event = findEvent(calendar, request.params['event'] ?? '', clock.now())
    if (event === undefined) throw notFound()
    if (request.headers['if-none-match'] === event.etag) return { status: 304, headers: { etag: event.etag } }
    const zone = readZone(request.query.get('timeZone') ?? view.zone)
    return withTag(showEvent(calendar, event, { ...view, zone }), event.etag)
  }

  function list(request: WireRequest): WireReply {
    const { calendar, view } = open(request, 'reader')
    const etag = `"p${calendar.book.version}"`
    if (request.headers['if-none-match'] === etag) return { status: 304, headers: { etag } }
    const now = clock.now()
    return withTag(listEvents({ calendar, view, now, manners: manners(), random }, request.query), etag)
  }

  async function watch(request: WireRequest): Promise<WireReply> {
    const { account, calendar } = open(request, 'reader')
    if (!calendar.isWatchable) {
      const message = 'Push notifications are not supported by this resource.'
      throw badRequest(message, undefined, 'pushNotSupportedForRequestedResource')
    }
    const { channel, sync } = channels.open(account, calendar.id, request.body)
    const body = showChannel(channel)
    if (manners().sync_message === 'after') return { ...json(body), afterwards: () => void sync() }
    await sync()
    return json(body)
  }

  function move(request: WireRequest): WireReply {
    const destination = request.query.get('destination') ?? ''
    if (destination === '') throw badRequest('Required', 'destination', 'required')
    return change(request, (context, id) => {
      const target = calendars.open(context.account, destination, 'writer').calendar
      const moved = moveEvent(context, id, target)
      service.changed(target)
      return moved
    })
  }

  function remove(request: WireRequest): WireReply {
    change(request, deleteEvent)
    return NO_CONTENT
  }

  const route = routeMaker('calendar', ROOT, 'calendar.events')
  return [
    route('GET', '', 'list', list),
    route('POST', '', 'insert', request => change(request, context => insertEvent(context, request.body))),
    route('POST', '/watch', 'watch', watch),
    route('POST', '/import', 'import', request => change(request, context => importEvent(context, request.body))),
    route('GET', '/{event}', 'get', get),
    route('PUT', '/{event}', 'update', request =>
      change(request, (context, id) => updateEvent(context, id, request.body)),
    ),
    route('PATCH', '/{event}', 'patch', request =>
      change(request, (context, id) => patchEvent(context, id, request.body)),
    ),
    route('DELETE', '/{event}', 'delete', remove),
    route('POST', '/{event}/move', 'move', move),
    route('GET', '/{event}/instances', 'instances', request => {
      const { calendar, view } = open(request, 'reader')
      return json(listInstances(calendar, view, request, clock.now()))
    }),
  ]
}

function withTag(body: unknown, etag: string): WireReply {
  return json(body, { etag })
}

function checkMatch(request: WireRequest, event: StoredEvent | undefined): void {
  const wanted = request.headers['if-match']
  if (wanted === undefined || wanted === '*' || event === undefined || wanted === event.etag) return
  const at = { location: 'If-Match', locationType: 'header' } as const
  throw new ApiError(412, {
    reason: 'conditionNotMet',
    message: 'Precondition Failed',
    rpc: 'FAILED_PRECONDITION',
    ...at,
  })
}
