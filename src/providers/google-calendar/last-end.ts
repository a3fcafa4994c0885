import type { CalendarEvent } from './event.ts'

export function lastEnd(_event: CalendarEvent): number | null {
  return null
}
