import { terminalLine } from './terminal-text.ts'
import { fitText, textWidth } from './text-width.ts'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Gives way first when the terminal is narrow. */
  readonly shrinks?: boolean
  /** Colours a finished cell, by its text without padding. */
  readonly paint?: (cell: string, text: string) => string
}

export interface TableOptions {
  /** Columns of the terminal; null = nothing is cut, as in a pipe. */
  readonly width: number | null
  readonly paintTitle: (title: string) => string
}

type Cell = string | number | null | undefined

const GAP = 2
/** Under this a shrinking column says nothing any more. */
const MIN_WIDTH = 8

/** An aligned table for people. Cells may come from outside: they are cleaned here. Ends with a line feed. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions,
): string {
  const texts = rows.map(row => columns.map((_, i) => terminalLine(String(row[i] ?? '-')) || '-'))
  const widths = fitWidths(columns, texts, options.width)
  const lines = [
    renderLine(
      columns,
      columns.map(column => column.title.toUpperCase()),
      widths,
      options.paintTitle,
    ),
    ...texts.map(row => renderLine(columns, row, widths, null)),
  ]
  return lines.map(line => `${line.trimEnd()}\n`).join('')
}

function fitWidths(columns: readonly Column[], rows: readonly (readonly string[])[], width: number | null): number[] {
  const natural = columns.map((column, i) =>
    rows.reduce((widest, row) => Math.max(widest, textWidth(row[i] ?? '')), textWidth(column.title)),
  )
  if (width === null) return natural
  const total = natural.reduce((sum, w) => sum + w, 0) + GAP * (columns.length - 1)
  let excess = total - width
  return natural.map((w, i) => {
    if (excess <= 0 || columns[i]?.shrinks !== true) return w
    const cut = Math.min(excess, Math.max(0, w - MIN_WIDTH))
    excess -= cut
    return w - cut
  })
}

function renderLine(
  columns: readonly Column[],
  texts: readonly string[],
  widths: readonly number[],
  paintTitle: ((title: string) => string) | null,
): string {
  return columns
    .map((column, i) => {
      const width = widths[i] ?? 0
      const text = fitText(texts[i] ?? '', width)
      const padding = ' '.repeat(Math.max(0, width - textWidth(text)))
      const painted = paintTitle ? paintTitle(text) : (column.paint?.(text, texts[i] ?? '') ?? text)
      return column.align === 'right' ? padding + painted : painted + padding
    })
    .join(' '.repeat(GAP))
}
