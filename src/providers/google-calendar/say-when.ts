import { readWallClock } from '../../core/time-zone.ts'
import { DAY_MS } from './rule-days.ts'
import type { When } from './when.ts'

/**
 * `Tue 6 Jan 10:00 to 10:30 (Europe/Madrid)`, of whole days `Tue 6 Jan to Thu 8 Jan`, the last one included; the year is
 * said where it is not the one of `now`. Times are those of the zone in which the event was planned.
 */
export function saySpan(start: When, end: When | null, now: number): string {
  if (start.kind === 'date') {
    const last = end?.kind === 'date' ? Date.parse(end.date) - DAY_MS : 0
    const from = Date.parse(start.date)
    return last > from ? `${sayDay(from, now)} to ${sayDay(last, now)}` : sayDay(from, now)
  }
  const from = readWallClock(start.at, start.zone)
  const to = end?.kind === 'time' && end.at > start.at ? readWallClock(end.at, start.zone) : null
  return `${sayTime(from, now)}${to === null ? '' : ` to ${sayEnd(from, to, now)}`} (${start.zone})`
}

function sayEnd(from: number, to: number, now: number): string {
  return Math.floor(from / DAY_MS) === Math.floor(to / DAY_MS) ? sayClock(to) : sayTime(to, now)
}

function sayTime(wall: number, now: number): string {
  return `${sayDay(wall, now)} ${sayClock(wall)}`
}

function sayDay(wall: number, now: number): string {
  const date = new Date(wall)
  const year = date.getUTCFullYear()
  const said = year === new Date(now).getUTCFullYear() ? '' : ` ${year}`
  return `${DAYS[date.getUTCDay()]} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}${said}`
}

function sayClock(wall: number): string {
  return new Date(wall).toISOString().slice(11, 16)
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
