import type { StreamItem } from '../../../backends/store.ts'
import { LIMITS } from './limits.ts'

/** How many items to ask for, so that a page is about what the network is given at once. */
export function fittingPage(page: readonly StreamItem[]): number {
  const chars = page.reduce((sum, item) => sum + (item.kind === 'event' ? item.json.length : 100), 0)
  if (chars === 0) return LIMITS.page
  const fits = Math.floor(LIMITS.pauseBytes / (chars / page.length))
  return Math.min(LIMITS.page, Math.max(10, fits))
}
