import { cleanLine } from '../../core/clean-text.ts'
import { peekLine, peekString } from '../../core/peek.ts'

/** `pull_request` -> `pull request` */
export function inWords(name: string): string {
  return cleanLine(name.replace(/[_.]+/g, ' '), 80)
}

/** `1 commit`, `3 commits` */
export function count(n: number, noun: string): string {
  // Formatting by locale takes longer than all the rest of a description, and small numbers need none.
  const digits = n < 1000 ? String(n) : n.toLocaleString('en-US')
  return `${digits} ${noun}${n === 1 ? '' : 's'}`
}

/** A name or title inside a sentence, ` "..."` with the space before it; '' when there is none. */
export function quoted(text: string, max = 80): string {
  return text === '' ? '' : ` "${cleanLine(text, max)}"`
}

export function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

export function shortSha(sha: string): string {
  return sha.slice(0, 7)
}

/** What stands in the first line of a longer text, as the subject of a commit message. */
export function firstLine(value: unknown, ...path: readonly string[]): string {
  return cleanLine(
    peekString(value, ...path)
      .trimStart()
      .split('\n', 1)[0] ?? '',
    120,
  )
}

/** The name of a branch or tag of a full ref. */
export function refName(ref: string): string {
  return cleanLine(ref.replace(/^refs\/(?:heads|tags)\//, ''), 80)
}

/** Login of a user, or name of a team; '' when there is none. */
export function nameOf(value: unknown): string {
  return peekLine(value, 'login') || peekLine(value, 'name') || peekLine(value, 'slug')
}

/**
 * The instant of what happened to a thing, where GitHub notes one. `updated_at` moves with the actions named here and
 * stands still with others, as the locking of an issue.
 */
export function instantOf(action: string, thing: unknown): unknown {
  const field = INSTANT_FIELDS.get(action)
  return field === undefined ? undefined : peekString(thing, field)
}

const INSTANT_FIELDS: ReadonlyMap<string, string> = new Map([
  ['opened', 'created_at'],
  ['created', 'created_at'],
  ['submitted', 'submitted_at'],
  ['published', 'published_at'],
  ['edited', 'updated_at'],
  ['reopened', 'updated_at'],
  ['completed', 'updated_at'],
  ['closed', 'closed_at'],
])
