/** A next step as it stands in a sentence: a command in backticks, a sentence as it is. */
export function toHint(next: string): string {
  return next.startsWith('ec ') ? `\`${next}\`` : next
}
