const DAY_MS = 86_400_000

/** Says the day of an instant (ms since 1970) by the browser's clock: `Today`, `Yesterday`, or the date. */
export function createSayDay(lang: string): (at: number) => string {
  const relative = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' })
  const date = new Intl.DateTimeFormat(lang, { weekday: 'long', day: 'numeric', month: 'long' })
  return function sayDay(at) {
    const ago = Math.round((startOfDay(Date.now()) - startOfDay(at)) / DAY_MS)
    const text = ago === 0 || ago === 1 ? relative.format(-ago, 'day') : date.format(at)
    return text.charAt(0).toLocaleUpperCase(lang) + text.slice(1)
  }
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}
