import { text, whole } from './flags.ts'

/** What every list takes. */
export const PAGE_FLAGS = {
  limit: whole('n', 'at most so many; 50 unless given', 1, 1000),
  after: text('cursor', 'go on after this place; 0 is the start'),
  before: text('cursor', 'what came before this place'),
} as const
