import type { Painter } from '../core/painter.ts'

/** Colours text as loud as the level is. */
export function paintLevel(paint: Painter, level: string, text: string): string {
  if (level === 'critical' || level === 'error') return paint.red(text)
  return level === 'warning' ? paint.yellow(text) : text
}
