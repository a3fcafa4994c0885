/** When a snoozed event may come back: ms since 1970; what lies behind is null. */
export interface SnoozeTimes {
  readonly hour: number
  readonly evening: number | null
  readonly tomorrow: number
}

const HOUR_MS = 3_600_000
/** By the person's own clock. */
const EVENING = 18
const MORNING = 8

/** Pure but for the time zone, which is the browser's. An evening that is less than half an hour away is no choice. */
export function snoozeTimes(now: number): SnoozeTimes {
  const evening = atHour(now, 0, EVENING)
  return {
    hour: now + HOUR_MS,
    evening: evening - now > HOUR_MS / 2 ? evening : null,
    tomorrow: atHour(now, 1, MORNING),
  }
}

function atHour(now: number, days: number, hour: number): number {
  const date = new Date(now)
  date.setDate(date.getDate() + days)
  return date.setHours(hour, 0, 0, 0)
}
