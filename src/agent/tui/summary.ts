import { formatSpan } from '../../core/format-span.ts'
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

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}
