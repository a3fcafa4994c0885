/** A word that a shell can complete to. Both parts may come from outside: `renderSuggestions` cleans them. */
export interface Suggestion {
  readonly value: string
  /** What tells it from others; '' where the value says it all. */
  readonly description: string
}

/** What shells do with the answer, as the protocol of https://github.com/spf13/cobra numbers it. */
const DIRECTIVE = { noSpace: 2, noFiles: 4, foldersOnly: 16, keepOrder: 32 } as const

/** Long enough to know a thing by, short enough for one line of a terminal beside its id. */
const MAX_DESCRIPTION = 80
const MAX_SUGGESTIONS = 200

export const FILES_ANSWER = ':0\n'
export const FOLDERS_ANSWER = `:${DIRECTIVE.foldersOnly}\n`

/**
 * The answer that a shell reads: `value TAB description` a line, and `:directive` at the end. A value that a shell would
 * have to guess about (control characters, marks that turn the direction of text) is left out: what stands in the answer
 * is inserted on a person's command line.
 */
export function renderSuggestions(
  suggestions: readonly Suggestion[],
  clean: (text: string) => string,
  noSpace = false,
): string {
  const seen = new Set<string>()
  const lines: string[] = []
  for (const { value, description } of suggestions) {
    if (seen.has(value) || lines.length >= MAX_SUGGESTIONS) continue
    seen.add(value)
    if (value === '' || value !== clean(value) || value.startsWith(':')) continue
    const text = [...clean(description)].slice(0, MAX_DESCRIPTION).join('')
    lines.push(text === '' ? `${value}\n` : `${value}\t${text}\n`)
  }
  const directive = DIRECTIVE.noFiles + DIRECTIVE.keepOrder + (noSpace ? DIRECTIVE.noSpace : 0)
  return `${lines.join('')}:${directive}\n`
}
