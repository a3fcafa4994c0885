import { wrapText } from '../core/wrap-text.ts'

export const INDENT = '  '
/** Wider lines are hard to read. */
const MAX_WIDTH = 100
/** Narrower ones are no lines any more. */
const MIN_WIDTH = 40
/** Under it a term and its help stand below each other. */
const MIN_TWO_COLUMNS = 64
const MAX_TERM = 38

/** How wide text for a terminal of so many columns is; null = no terminal. */
export function widthOf(columns: number | null): number {
  return Math.max(MIN_WIDTH, Math.min(columns ?? MAX_WIDTH, MAX_WIDTH))
}

export function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}:\n${lines.join('\n')}`
}

/** Parts of a page, the empty ones left out, with a blank line between. */
export function page(parts: readonly string[]): string {
  return `${parts.filter(part => part !== '').join('\n\n')}\n`
}

/** Terms with what they mean: beside each other where there is room, else below each other. */
export function pairs(rows: readonly (readonly [string, string])[], columns: number | null): readonly string[] {
  const width = widthOf(columns)
  if (width < MIN_TWO_COLUMNS) return rows.flatMap(([term, help]) => stacked(term, help, width))
  const left = Math.min(MAX_TERM, Math.max(...rows.map(([term]) => term.length)))
  return rows.flatMap(([term, help]) => {
    const lines = wrapText(help, width - left - 2 * INDENT.length)
    const first = term.length > left ? [INDENT + term] : []
    return [
      ...first,
      ...lines.map((line, i) => `${INDENT}${(i === 0 && first.length === 0 ? term : '').padEnd(left)}${INDENT}${line}`),
    ]
  })
}

function stacked(term: string, help: string, width: number): readonly string[] {
  const inner = INDENT.repeat(3)
  return [INDENT + term, ...wrapText(help, width - inner.length).map(line => inner + line)]
}
