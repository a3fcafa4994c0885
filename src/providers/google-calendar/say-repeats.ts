import { readRule } from './rule.ts'

/** `Repeats every 2 weeks`; '' for what does not repeat. */
export function sayRepeats(recurrence: readonly string[]): string {
  if (recurrence.length === 0) return ''
  const line = recurrence.find(one => /^RRULE:/i.test(one.trim()))
  const rule = line === undefined ? null : readRule(line.trim().slice('RRULE:'.length))
  if (rule === null) return 'Repeats'
  const { freq, interval } = rule
  return `Repeats every ${interval === 1 ? UNITS[freq] : `${interval} ${UNITS[freq]}s`}`
}

const UNITS = { DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month', YEARLY: 'year' } as const
