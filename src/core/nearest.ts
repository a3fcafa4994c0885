import { distance } from 'fastest-levenshtein'

/** The known word that a person most likely meant, or null when nothing is close. */
export function nearest(word: string, known: readonly string[]): string | null {
  // Two letters that changed places, the commonest slip, count as two changes: `titel`.
  const limit = word.length <= 3 ? 1 : Math.max(2, Math.floor(word.length / 3))
  let best: string | null = null
  let bestDistance = limit + 1
  for (const candidate of known) {
    const d = distance(word.toLowerCase(), candidate.toLowerCase())
    if (d < bestDistance) [best, bestDistance] = [candidate, d]
  }
  return best
}
