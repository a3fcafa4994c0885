/** A Monday at noon, wherever one is. */
const MONDAY = Date.UTC(2024, 0, 1, 12)
const DAY_MS = 86_400_000

/** The days of the week from Monday on, short, in the person's language. */
export function nameWeekdays(lang: string): readonly string[] {
  const format = new Intl.DateTimeFormat(lang, { weekday: 'short', timeZone: 'UTC' })
  return Array.from({ length: 7 }, (_, i) => format.format(MONDAY + i * DAY_MS))
}
