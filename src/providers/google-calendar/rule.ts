/** An RRULE (RFC 5545, 3.3.10) whose smallest step is a day. Weekdays count from 0 = Sunday. */
export interface Rule {
  readonly freq: (typeof FREQS)[number]
  readonly interval: number
  readonly count: number | null
  /** The last moment that counts: an instant of UTC, else a reading of the series' own clock. Null = for ever. */
  readonly until: { readonly at: number; readonly isUtc: boolean } | null
  readonly byMonth: readonly number[]
  readonly byMonthDay: readonly number[]
  /** `nth` 0 = each. */
  readonly byDay: readonly { readonly nth: number; readonly day: number }[]
  readonly bySetPos: readonly number[]
  readonly weekStart: number
}

/**
 * Reads what stands behind `RRULE:`. Null for what breaks the grammar, and for the parts that no calendar's screens make
 * and Google does not document: steps of hours, weeks of the year, days of the year. Total.
 */
export function readRule(text: string): Rule | null {
  const parts = new Map<string, string>()
  // Some programs end the list as they separate it.
  for (const part of text.toUpperCase().trim().replace(/;$/, '').split(';')) {
    const [, name = '', value = ''] = /^([A-Z-]+)=(.+)$/.exec(part.trim()) ?? []
    if (!KNOWN.has(name) || parts.has(name)) return null
    parts.set(name, value)
  }
  const rule = {
    freq: FREQS.find(one => one === parts.get('FREQ')),
    interval: readNumber(parts.get('INTERVAL') ?? '1', 1, MAX_INTERVAL),
    count: parts.has('COUNT') ? readNumber(parts.get('COUNT') ?? '', 1, MAX_COUNT) : null,
    until: readUntil(parts.get('UNTIL')),
    byMonth: readList(parts.get('BYMONTH'), one => readNumber(one, 1, 12)),
    byMonthDay: readList(parts.get('BYMONTHDAY'), one => readEitherEnd(one, 31)),
    byDay: readList(parts.get('BYDAY'), readDay),
    bySetPos: readList(parts.get('BYSETPOS'), one => readEitherEnd(one, 366)),
    weekStart: DAYS.indexOf(parts.get('WKST') ?? 'MO'),
  }
  return isSound(rule) && fits(rule) ? rule : null
}

const FREQS = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const
const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']
const KNOWN = new Set(['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYMONTH', 'BYMONTHDAY', 'BYDAY', 'BYSETPOS', 'WKST'])
const MAX_INTERVAL = 10_000
const MAX_COUNT = 20_000

/** What could not be read is undefined. */
type Draft = { readonly [Name in keyof Rule]: Rule[Name] | undefined }

function isSound(draft: Draft): draft is Rule {
  return Object.values(draft).every(part => part !== undefined) && draft.weekStart !== -1
}

/** What the RFC allows together: the second Tuesday has no meaning within a week, nor the 13th. */
function fits({ freq, byDay, byMonthDay, bySetPos, byMonth }: Rule): boolean {
  const hasNth = byDay.some(({ nth }) => nth !== 0)
  if (hasNth && (freq === 'DAILY' || freq === 'WEEKLY')) return false
  if (byMonthDay.length > 0 && freq === 'WEEKLY') return false
  return bySetPos.length === 0 || byDay.length + byMonthDay.length + byMonth.length > 0
}

function readNumber(text: string, least: number, most: number): number | undefined {
  const number = /^\+?\d{1,6}$/.test(text) ? Number(text) : NaN
  return number >= least && number <= most ? number : undefined
}

/** Counted from the beginning, or with a minus from the end. */
function readEitherEnd(text: string, most: number): number | undefined {
  const size = readNumber(text.replace(/^-/, ''), 1, most)
  return size === undefined || !text.startsWith('-') ? size : -size
}

function readDay(text: string): Rule['byDay'][number] | undefined {
  const [, place = '', name = ''] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(text) ?? []
  const day = DAYS.indexOf(name)
  const nth = place === '' ? 0 : readEitherEnd(place, 53)
  return day < 0 || nth === undefined ? undefined : { nth, day }
}

function readList<Item>(text: string | undefined, read: (one: string) => Item | undefined) {
  if (text === undefined) return []
  const items = text.split(',').map(read)
  const found = items.filter(item => item !== undefined)
  return found.length === items.length ? found : undefined
}

function readUntil(text: string | undefined): Rule['until'] | undefined {
  if (text === undefined) return null
  const [, date = '', time, utc] = /^(\d{8})(?:T(\d{6})(Z?))?$/.exec(text) ?? []
  // A day counts to its end.
  const at = readDigits(date, time ?? '235959')
  return at === null ? undefined : { at, isUtc: utc === 'Z' }
}

/** `20260112` and `090000` as if the clock stood in UTC; null for what no calendar has. */
export function readDigits(date: string, time: string): number | null {
  if (!/^\d{8}$/.test(date) || !/^\d{6}$/.test(time)) return null
  const iso = `${date}T${time}`.replace(/^(....)(..)(..)T(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z')
  const at = Date.parse(iso)
  // The 30th of February would be read as one of March.
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 19) !== iso.slice(0, 19) ? null : at
}
