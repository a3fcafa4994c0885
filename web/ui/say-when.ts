const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Each unit, its length, and from how many on the next one is said. */
const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number, number])[] = [
  ['second', SECOND, 60],
  ['minute', MINUTE, 60],
  ['hour', HOUR, 24],
  ['day', DAY, 7],
]

/** How far an instant is from now, in words: `5 minutes ago`, `tomorrow`; the date beyond a week. Both in ms since 1970. */
export function createSayWhen(lang: string): (at: number, now: number) => string {
  const relative = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' })
  const date = new Intl.DateTimeFormat(lang, { day: 'numeric', month: 'long' })
  const dateOfYear = new Intl.DateTimeFormat(lang, { day: 'numeric', month: 'long', year: 'numeric' })
  return function sayWhen(at, now) {
    const ahead = at - now
    // What came this moment came now: clocks differ, and nobody counts seconds of the past.
    if (ahead <= 0 && ahead > -MINUTE) return relative.format(0, 'second')
    for (const [unit, length, most] of STEPS) {
      // What is past is that old at least; what is to come is about that far.
      const count = ahead < 0 ? Math.ceil(ahead / length) : Math.round(ahead / length)
      if (Math.abs(count) < most) return relative.format(count, unit)
    }
    const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear()
    return (isThisYear ? date : dateOfYear).format(at)
  }
}
