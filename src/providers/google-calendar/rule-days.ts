import type { Rule } from './rule.ts'

export const DAY_MS = 86_400_000

/**
 * The days that a rule gives from `from` to `to`, ascending; days are numbered since 1970. The first day of the series
 * sets the pattern, and is among them only if it fits it. What it takes is bounded by `to`, whatever the rule: periods
 * are gone through one by one, from one near `from` where what came before need not be counted or is known. So no rule
 * holds anybody up, as some do who look for the next day that fits (`docs/adr/0020-recurrence-of-our-own.md`).
 */
export function* daysOf(rule: Rule, first: number, from: number, to: number): Generator<number> {
  const near = Math.max(0, Math.floor((from - first) / longest(rule)) - 1)
  const passed = rule.count === null ? 0 : givenBefore(rule, first, near)
  const begin = passed === null ? 0 : near
  let given = passed ?? 0
  for (let period = begin; startOf(rule, first, period) <= to; period++) {
    for (const day of pick(candidates(rule, first, period), rule.bySetPos)) {
      if (day < first) continue
      if (day > to || (rule.count !== null && ++given > rule.count)) return
      if (day >= from) yield day
    }
  }
}

/** How many days the periods before this one gave; null when each has to be looked at. */
function givenBefore(rule: Rule, first: number, period: number): number | null {
  const { freq, byMonth, byMonthDay, byDay, bySetPos } = rule
  if (period === 0) return 0
  if (byMonth.length + byMonthDay.length + bySetPos.length > 0) return null
  if (freq !== 'WEEKLY' && (freq !== 'DAILY' || byDay.length > 0)) return null
  // The series may begin in the middle of a week; all others are whole.
  const begun = candidates(rule, first, 0).filter(day => day >= first).length
  return begun + (period - 1) * candidates(rule, first, 1).length
}

/** At least as many days as a step of the rule takes. */
function longest({ freq, interval }: Rule): number {
  return { DAILY: 1, WEEKLY: 7, MONTHLY: 31, YEARLY: 366 }[freq] * interval
}

/** The first day on which something of this period can lie. */
function startOf({ freq, interval, weekStart }: Rule, first: number, period: number): number {
  const step = period * interval
  switch (freq) {
    case 'DAILY':
      return first + step
    case 'WEEKLY':
      return first - ((weekday(first) - weekStart + 7) % 7) + 7 * step
    case 'MONTHLY':
      return dayOf(yearOf(first), monthOf(first) + step, 1)
    case 'YEARLY':
      return dayOf(yearOf(first) + step, 0, 1)
    default:
      return freq satisfies never
  }
}

function candidates(rule: Rule, first: number, period: number): readonly number[] {
  const start = startOf(rule, first, period)
  switch (rule.freq) {
    case 'DAILY':
      return isInMonth(rule, start) && isMonthDay(rule, start) && isWeekday(rule, start) ? [start] : []
    case 'WEEKLY':
      return range(start, 7).filter(
        day => isInMonth(rule, day) && (rule.byDay.length > 0 ? isWeekday(rule, day) : weekday(day) === weekday(first)),
      )
    case 'MONTHLY':
      return isInMonth(rule, start) ? ofMonth(rule, first, start) : []
    case 'YEARLY':
      return ofYear(rule, first, start)
    default:
      return rule.freq satisfies never
  }
}

function ofYear(rule: Rule, first: number, start: number): readonly number[] {
  const { byMonth, byMonthDay, byDay } = rule
  const year = yearOf(start)
  if (byMonth.length === 0 && byMonthDay.length === 0 && byDay.length > 0) {
    return nths(byDay, range(start, dayOf(year + 1, 0, 1) - start))
  }
  // Days of the month alone mean those of every month; nothing at all the day on which it began.
  const usual = byMonthDay.length > 0 ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] : [monthOf(first) + 1]
  const months = byMonth.length > 0 ? [...new Set(byMonth)].sort((a, b) => a - b) : usual
  return months.flatMap(month => ofMonth(rule, first, dayOf(year, month - 1, 1)))
}

function ofMonth(rule: Rule, first: number, start: number): readonly number[] {
  const days = range(start, lengthOf(start))
  if (rule.byMonthDay.length > 0) {
    const named = days.filter(day => isMonthDay(rule, day))
    const wanted = rule.byDay.length > 0 ? new Set(nths(rule.byDay, days)) : null
    return wanted === null ? named : named.filter(day => wanted.has(day))
  }
  if (rule.byDay.length > 0) return nths(rule.byDay, days)
  // The 31st does not come in every month, and is left out where it does not.
  return days.filter(day => dateOf(day) === dateOf(first))
}

/** Of these days the Mondays, or the second Monday, or the last. */
function nths(byDay: Rule['byDay'], days: readonly number[]): readonly number[] {
  return days.filter((day, i) => {
    const fromStart = Math.floor(i / 7) + 1
    const fromEnd = -(Math.floor((days.length - 1 - i) / 7) + 1)
    return byDay.some(one => one.day === weekday(day) && [0, fromStart, fromEnd].includes(one.nth))
  })
}

function pick(days: readonly number[], places: readonly number[]): readonly number[] {
  if (places.length === 0) return days
  return days.filter((_, i) => places.includes(i + 1) || places.includes(i - days.length))
}

function isInMonth({ byMonth }: Rule, day: number): boolean {
  return byMonth.length === 0 || byMonth.includes(monthOf(day) + 1)
}

function isMonthDay({ byMonthDay }: Rule, day: number): boolean {
  if (byMonthDay.length === 0) return true
  return byMonthDay.includes(dateOf(day)) || byMonthDay.includes(dateOf(day) - lengthOf(day) - 1)
}

function isWeekday({ byDay }: Rule, day: number): boolean {
  return byDay.length === 0 || byDay.some(one => one.day === weekday(day))
}

function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7
}

function dateOf(day: number): number {
  return new Date(day * DAY_MS).getUTCDate()
}

function monthOf(day: number): number {
  return new Date(day * DAY_MS).getUTCMonth()
}

function yearOf(day: number): number {
  return new Date(day * DAY_MS).getUTCFullYear()
}

function lengthOf(day: number): number {
  return dayOf(yearOf(day), monthOf(day) + 1, 1) - dayOf(yearOf(day), monthOf(day), 1)
}

/** `Date.UTC` takes the years 0 to 99 for those of the last century. */
function dayOf(year: number, month: number, date: number): number {
  return new Date(0).setUTCFullYear(year, month, date) / DAY_MS
}

/** A loop: a series with a count makes one of these for each week since it began. */
function range(start: number, length: number): readonly number[] {
  const days: number[] = []
  for (let day = start; day < start + length; day++) days.push(day)
  return days
}
