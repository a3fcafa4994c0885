import { parseInstant } from '../../core/event-draft.ts'

/** `Mon 5 Jan 10:00`, with the year where it is not the one of `now`; '' for an instant that cannot be read. */
export function formatTime(text: string, zone: string, now: number): string {
  const at = parseInstant(text)
  if (Number.isNaN(at)) return ''
  const parts = partsOf(at, zone)
  return `${dateOf(parts, partsOf(now, zone))} ${timeOf(parts)}`
}

/** `Mon 5 Jan 10:00 to 10:30`; the end has its own day only where it is another one. */
export function formatSpan(start: string, end: string, zone: string, now: number): string {
  const from = formatTime(start, zone, now)
  const to = formatTime(end, zone, now)
  if (from === '' || to === '') return from
  const isSameDay = from.slice(0, -TIME_LENGTH) === to.slice(0, -TIME_LENGTH)
  return `${from} to ${isSameDay ? to.slice(-TIME_LENGTH) : to}`
}

/** `Mon 5 Jan`, for whole days, which Cal.com sends as days of UTC. */
export function formatDay(text: string, now: number): string {
  const at = parseInstant(text)
  return Number.isNaN(at) ? '' : dateOf(partsOf(at, UTC), partsOf(now, UTC))
}

/** The first of these that is a zone of the IANA database, else UTC; never the zone of this machine. */
export function firstZone(...zones: readonly string[]): string {
  return zones.find(isZone) ?? UTC
}

const UTC = 'UTC'
const TIME_LENGTH = '10:00'.length

interface Parts {
  readonly weekday: string
  readonly day: string
  readonly month: string
  readonly year: string
  readonly hour: string
  readonly minute: string
}

function dateOf(parts: Parts, today: Parts): string {
  const year = parts.year === today.year ? '' : ` ${parts.year}`
  return `${parts.weekday} ${parts.day} ${parts.month}${year}`
}

function timeOf(parts: Parts): string {
  return `${parts.hour}:${parts.minute}`
}

function partsOf(at: number, zone: string): Parts {
  const found = new Map(
    formatOf(zone)
      ?.formatToParts(at)
      .map(part => [part.type, part.value]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes): string => found.get(type) ?? ''
  return {
    weekday: part('weekday'),
    day: part('day'),
    month: part('month'),
    year: part('year'),
    hour: part('hour'),
    minute: part('minute'),
  }
}

/** Names only: newer versions of Node also take offsets as `+05:30`, older ones throw. */
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){0,2}$/

function isZone(name: string): boolean {
  return name.length <= 64 && ZONE_NAME.test(name) && formatOf(name) !== null
}

/** To make a format takes 0.3 ms, to use one some microseconds. There are some 600 zones, but few in one house. */
const FORMATS = new Map<string, Intl.DateTimeFormat | null>()
const MAX_FORMATS = 50

function formatOf(zone: string): Intl.DateTimeFormat | null {
  const known = FORMATS.get(zone)
  if (known !== undefined) return known
  if (FORMATS.size >= MAX_FORMATS) FORMATS.clear()
  const made = makeFormat(zone)
  FORMATS.set(zone, made)
  return made
}

/** The words of `en-US` are the same in every version of the ICU tables; the order is ours. Null = no such zone. */
function makeFormat(zone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
    })
  } catch {
    return null
  }
}
