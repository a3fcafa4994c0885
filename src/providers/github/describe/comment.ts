import { peekExcerpt } from '../../../core/peek.ts'

/** What a comment says, or that it says nothing. */
export function commentExcerpt(payload: unknown): string {
  return peekExcerpt(payload, 'comment', 'body') || 'The comment is empty.'
}
