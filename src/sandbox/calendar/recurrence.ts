import { findWallClock, isTimeZone } from '../../core/time-zone.ts'
import { readCompact, readRule, wallsOf, type Rule } from './rule.ts'
import { atWall, instantOf, suffixOf, wallOf, type When } from './when.ts'

/** The lines of an event's `recurrence`. */
export interface Recurrence {
  readonly rules: readonly Rule[]
  readonly extra: readonly DateLine[]
  readonly without: readonly DateLine[]
}

/** `EXDATE` or `RDATE`, as it stands there. */
interface DateLine {
  readonly zone: string | null
  readonly values: readonly string[]
}

/** Null where a line is not understood; EXRULE is not, as no screen of Calendar makes one any more. */
export function readRecurrence(lines: readonly string[]): Recurrence | null {
  const rules: Rule[] = []
  const extra: DateLine[] = []
  const without: DateLine[] = []
  for (const line of lines) {
    const [, name = '', params = '', value = ''] = /^(RRULE|RDATE|EXDATE)((?:;[^:]*)?):(.+)$/i.exec(line) ?? []
    const rule = name.toUpperCase() === 'RRULE' ? readRule(value) : null
    const dates = rule === null ? readDates(params, value) : null
    if (rule !== null) rules.push(rule)
    else if (name.toUpperCase() === 'RDATE' && dates !== null) extra.push(dates)
    else if (name.toUpperCase() === 'EXDATE' && dates !== null) without.push(dates)
    else return null
  }
  return { rules, extra, without }
}

function readDates(params: string, value: string): DateLine | null {
  const zone = /;TZID=([^;]+)/i.exec(params)?.[1] ?? null
  const values = value.split(',')
  const isSound = (zone === null || isTimeZone(zone)) && values.every(one => DATE_VALUE.test(one))
  return isSound ? { zone, values } : null
}

const DATE_VALUE = /^(\d{8})(?:T(\d{6})(Z)?)?$/

/** How many instances of one series are ever looked at, as the real service has a limit of its own. */
const MAX_INSTANCES = 4_000

/**
 * The starts of the instances that the series has by its own lines, in order, up to the instant `until`. Instances that
 * were changed or removed one by one are still among them.
 */
export function startsOf(recurrence: Recurrence, start: When, zone: string, until: number): readonly When[] {
  const first = wallOf(start, zone)
  const removed = new Set(recurrence.without.flatMap(line => whensOf(line, start, zone)).map(suffixOf))
  // The start is an instance whether it fits the rule or not, beside those that the rule counts.
  const found = new Map<string, When>([[suffixOf(start), start]])
  for (const rule of recurrence.rules) {
    for (const when of whensOfRule(rule, start, first, zone, until)) found.set(suffixOf(when), when)
  }
  for (const when of recurrence.extra.flatMap(line => whensOf(line, start, zone))) found.set(suffixOf(when), when)
  return [...found]
    .filter(([key, when]) => !removed.has(key) && instantOf(when, zone) < until)
    .map(([, when]) => when)
    .sort((a, b) => instantOf(a, zone) - instantOf(b, zone))
}

function* whensOfRule(rule: Rule, start: When, first: number, zone: string, until: number): Generator<When> {
  let given = 0
  for (const wall of wallsOf(rule, first)) {
    const when = atWall(wall, start, zone)
    const at = instantOf(when, zone)
    const end = rule.until
    const isPast = end !== null && (end.isUtc && when.kind === 'time' ? at > end.at : wall > end.at)
    if (at >= until || isPast || ++given > MAX_INSTANCES) return
    yield when
  }
}

function whensOf({ zone: lineZone, values }: DateLine, like: When, zone: string): readonly When[] {
  return values.flatMap(value => {
    const [, date = '', time, utc] = DATE_VALUE.exec(value) ?? []
    const wall = readCompact(date, time ?? '000000')
    if (wall === null) return []
    // A date without a time, of a series with times, means the instance on that day.
    if (like.kind === 'date') return [atWall(wall, like, zone)]
    if (time === undefined) return [atWall(wall + (wallOf(like, zone) % 86_400_000), like, zone)]
    const at = utc === 'Z' ? wall : findWallClock(wall, lineZone ?? like.zone ?? zone)
    return [{ kind: 'time', at, zone: like.zone }]
  })
}
