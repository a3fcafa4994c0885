import type { Tone } from '../client/say-health.ts'
import type { Painter } from '../core/painter.ts'

export function paintTone(paint: Painter, cell: string, tone: Tone | undefined): string {
  switch (tone) {
    case 'good':
      return paint.green(cell)
    case 'warn':
      return paint.yellow(cell)
    case 'bad':
      return paint.red(cell)
    case 'plain':
    case undefined:
      return cell
    default:
      return tone satisfies never
  }
}
