import type { ScreenState } from './state.ts'

/** What is left on the terminal: `12 min: 340 notifications, 512 events, 3 refused, 0 dead jobs, 14 API calls`. */
export function summarize({ counted, frame }: Pick<ScreenState, 'counted' | 'frame'>, openMs: number): string {
  const parts = [
    count(counted.notifications, 'notification'),
    count(counted.events, 'event'),
    `${counted.refused} refused`,
    count(frame?.jobs.dead ?? 0, 'dead job'),
    count(counted.calls, 'API call'),
  ]
  return `${formatSpan(openMs / 1000)}: ${parts.join(', ')}`
}

/** As a person says it: `40 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. */
export function formatSpan(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  if (days > 0) return `${days} d ${hours % 24} h`
  if (hours > 0) return `${hours} h ${minutes % 60} min`
  return minutes > 0 ? `${minutes} min` : `${Math.floor(seconds)} s`
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}
