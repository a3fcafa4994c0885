import { textWidth } from './text-width.ts'

/** Less room than this beside an indent helps nobody. */
const MIN_ROOM = 16

/**
 * The text as it stands behind something of `indent` columns: broken at blanks, each further line under the first. With
 * `width` null, as in a pipe, it is left whole.
 */
export function wrapBehind(text: string, indent: number, width: number | null): string {
  if (width === null) return text
  return wrapText(text, Math.max(MIN_ROOM, width - indent)).join(`\n${' '.repeat(indent)}`)
}

/** Lines of at most `width` columns, broken at blanks; only a word that is longer by itself goes beyond. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
