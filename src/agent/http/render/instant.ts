import { z } from 'zod'

/** RFC 3339 in UTC, as every instant on the wire. */
export const instant = z.string().meta({ format: 'date-time' })

export function renderInstant(at: number): string {
  return new Date(at).toISOString()
}

export function renderInstantOrNull(at: number | null): string | null {
  return at === null ? null : renderInstant(at)
}
