import { text, whole, withDefault } from './flags.ts'

/** What every list takes. */
export const PAGE_FLAGS = {
  limit: withDefault('50', whole('n', 'at most so many', 1, 1000)),
  after: text('cursor', 'go on after this place; 0 is the start'),
  before: text('cursor', 'what came before this place'),
} as const
