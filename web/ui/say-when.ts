const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Up to which distance which unit is said. */
const STEPS: readonly (readonly [number, Intl.RelativeTimeFormatUnit, number])[] = [
  [MINUTE, 'second', SECOND],
  [HOUR, 'minute', MINUTE],
  [DAY, 'hour', HOUR],
  [7 * DAY, 'day', DAY],
]

/** How far an instant is from now, in words: `5 minutes ago`, `tomorrow`; the date beyond a week. Both in ms since 1970. */
export function createSayWhen(lang: string): (at: number, now: number) => string {
  const relative = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' })
  const date = new Intl.DateTimeFormat(lang, { day: 'numeric', month: 'long' })
  const dateOfYear = new Intl.DateTimeFormat(lang, { day: 'numeric', month: 'long', year: 'numeric' })
  return function sayWhen(at, now) {
    const ahead = at - now
    const step = STEPS.find(([below]) => Math.abs(ahead) < below)
    if (step === undefined) {
      const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear()
      return (isThisYear ? date : dateOfYear).format(at)
    }
    // What came this moment came now: clocks differ, and nobody counts seconds of the past.
    if (ahead <= 0 && ahead > -MINUTE) return relative.format(0, 'second')
    // What is past is that old at least; what is to come is about that far.
    return relative.format(ahead < 0 ? Math.ceil(ahead / step[2]) : Math.round(ahead / step[2]), step[1])
  }
}
