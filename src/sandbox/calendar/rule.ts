/** One `RRULE` of RFC 5545, as far as Calendar's own screens can make one. */
export interface Rule {
  readonly freq: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY'
  readonly interval: number
  readonly count: number | null
  /** The last wall clock that counts, with whether it is an instant in UTC; null = for ever. */
  readonly until: { readonly at: number; readonly isUtc: boolean } | null
  readonly byDay: readonly { readonly nth: number; readonly day: number }[]
  readonly byMonthDay: readonly number[]
  readonly byMonth: readonly number[]
  readonly bySetPos: readonly number[]
  /** 0 = Sunday. */
  readonly weekStart: number
}

const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']
const KNOWN = new Set(['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'BYMONTHDAY', 'BYMONTH', 'BYSETPOS', 'WKST'])
const DAY_MS = 86_400_000

/** Reads what stands behind `RRULE:`; null for what is no rule, and for parts that no screen of Calendar makes. */
export function readRule(text: string): Rule | null {
  const parts = new Map(text.split(';').map(part => splitOnce(part, '=')))
  const freq = FREQS.find(one => one === parts.get('FREQ'))
  const interval = Number(parts.get('INTERVAL') ?? '1')
  const count = parts.has('COUNT') ? Number(parts.get('COUNT')) : null
  const until = readUntil(parts.get('UNTIL'))
  const byDay = list(parts.get('BYDAY')).map(readDay)
  const numbers = [
    numbersOf(parts.get('BYMONTHDAY')),
    numbersOf(parts.get('BYMONTH')),
    numbersOf(parts.get('BYSETPOS')),
  ]
  const [byMonthDay = [], byMonth = [], bySetPos = []] = numbers
  const weekStart = DAYS.indexOf(parts.get('WKST') ?? 'MO')
  const isSound =
    [...parts.keys()].every(name => KNOWN.has(name)) &&
    Number.isInteger(interval) &&
    interval >= 1 &&
    (count === null || (Number.isInteger(count) && count >= 1 && until === null)) &&
    until !== undefined &&
    weekStart >= 0 &&
    byDay.every(({ nth, day }) => day >= 0 && Math.abs(nth) <= 53) &&
    numbers.flat().every(n => Number.isInteger(n) && n !== 0) &&
    byMonth.every(month => month >= 1 && month <= 12)
  if (freq === undefined || until === undefined || !isSound) return null
  const hasNth = byDay.some(({ nth }) => nth !== 0)
  if (hasNth && (freq === 'DAILY' || freq === 'WEEKLY' || (freq === 'YEARLY' && byMonth.length === 0))) return null
  return { freq, interval, count, until, byDay, byMonthDay, byMonth, bySetPos, weekStart }
}

const FREQS = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const

/** The readings of the wall clock that a rule gives, the start first, in order, without end where the rule has none. */
export function* wallsOf(rule: Rule, start: number): Generator<number> {
  const time = start % DAY_MS
  const first = start - time
  let given = 0
  // A rule may name days that no calendar has, as the 30th of February.
  for (let period = 0, empty = 0; empty < 1_000; period++, empty++) {
    for (const day of placed(daysOf(rule, first, period), rule.bySetPos)) {
      if (day < first) continue
      empty = 0
      yield day + time
      if (rule.count !== null && ++given >= rule.count) return
    }
  }
}

function daysOf(rule: Rule, first: number, period: number): readonly number[] {
  const step = period * rule.interval
  const start = new Date(first)
  switch (rule.freq) {
    case 'DAILY':
      return [first + step * DAY_MS].filter(
        day => fitsMonth(rule, day) && fitsMonthDay(rule, day) && fitsDay(rule, day),
      )
    case 'WEEKLY': {
      const back = (start.getUTCDay() - rule.weekStart + 7) % 7
      const week = first - back * DAY_MS + step * 7 * DAY_MS
      const wanted = rule.byDay.length === 0 ? [start.getUTCDay()] : rule.byDay.map(({ day }) => day)
      const days = Array.from({ length: 7 }, (_, i) => week + i * DAY_MS)
      return days.filter(day => wanted.includes(new Date(day).getUTCDay()) && fitsMonth(rule, day))
    }
    case 'MONTHLY': {
      const month = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + step, 1)
      return daysOfMonth(rule, month, start.getUTCDate()).filter(day => fitsMonth(rule, day))
    }
    case 'YEARLY': {
      const year = start.getUTCFullYear() + step
      const months = rule.byMonth.length === 0 ? [start.getUTCMonth() + 1] : rule.byMonth.toSorted((a, b) => a - b)
      return months.flatMap(month => daysOfMonth(rule, Date.UTC(year, month - 1, 1), start.getUTCDate()))
    }
    default:
      return rule.freq satisfies never
  }
}

function daysOfMonth(rule: Rule, month: number, usual: number): readonly number[] {
  const date = new Date(month)
  const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  const days = Array.from({ length }, (_, i) => month + i * DAY_MS)
  if (rule.byDay.length === 0 && rule.byMonthDay.length === 0) return days.slice(usual - 1, usual)
  return days.filter(day => fitsMonthDay(rule, day, length) && (rule.byDay.length === 0 || fitsNth(rule, day, length)))
}

function fitsNth({ byDay }: Rule, at: number, length: number): boolean {
  const date = new Date(at)
  const fromStart = Math.ceil(date.getUTCDate() / 7)
  const fromEnd = -Math.ceil((length - date.getUTCDate() + 1) / 7)
  return byDay.some(({ nth, day }) => day === date.getUTCDay() && (nth === 0 || nth === fromStart || nth === fromEnd))
}

function fitsDay({ byDay }: Rule, at: number): boolean {
  return byDay.length === 0 || byDay.some(({ day }) => day === new Date(at).getUTCDay())
}

function fitsMonth({ byMonth }: Rule, at: number): boolean {
  return byMonth.length === 0 || byMonth.includes(new Date(at).getUTCMonth() + 1)
}

function fitsMonthDay({ byMonthDay }: Rule, at: number, length = monthLength(at)): boolean {
  const day = new Date(at).getUTCDate()
  return byMonthDay.length === 0 || byMonthDay.includes(day) || byMonthDay.includes(day - length - 1)
}

function monthLength(at: number): number {
  const date = new Date(at)
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
}

function placed(days: readonly number[], positions: readonly number[]): readonly number[] {
  if (positions.length === 0) return days
  return days.filter((_, i) => positions.includes(i + 1) || positions.includes(i - days.length))
}

/** Undefined for what is no such thing. */
function readUntil(text: string | undefined): Rule['until'] | undefined {
  if (text === undefined) return null
  const [, date = '', time, utc] = /^(\d{8})(?:T(\d{6})(Z?))?$/.exec(text) ?? []
  const at = readCompact(date, time ?? '235959')
  return at === null ? undefined : { at, isUtc: utc === 'Z' }
}

/** `20260112` and `090000` as if the clock stood in UTC. */
export function readCompact(date: string, time: string): number | null {
  const digits = `${date}${time}`
  if (!/^\d{14}$/.test(digits)) return null
  const at = Date.parse(digits.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z'))
  return Number.isNaN(at) ? null : at
}

function readDay(text: string): { readonly nth: number; readonly day: number } {
  const [, nth = '0', day = ''] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(text) ?? []
  return { nth: Number(nth), day: DAYS.indexOf(day) }
}

function numbersOf(text: string | undefined): readonly number[] {
  return list(text).map(Number)
}

function list(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(',')
}

function splitOnce(text: string, at: string): readonly [string, string] {
  const [name = '', ...rest] = text.split(at)
  return [name.toUpperCase(), rest.join(at)]
}
