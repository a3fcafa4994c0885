import { terminalLine } from './terminal-text.ts'
import { fitText, textWidth } from './text-width.ts'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Gives way first when the terminal is narrow. */
  readonly shrinks?: boolean
  /** There to be copied, as an id: where the terminal is narrow it gets a line of its own. */
  readonly whole?: boolean
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
/** Under this a shrinking column says little; the table then takes another shape, if there is one that fits. */
const ROOMY = 16
/** Under this it says nothing any more. */
const MIN_WIDTH = 8

/**
 * A table for people. Cells may come from outside: they are cleaned here. Where the terminal is too narrow, columns that
 * shrink are cut; then a last column that is there to be copied moves to a line of its own; then each row becomes a list
 * of its cells. Ends with a line feed.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions,
): string {
  const texts = rows.map(row => columns.map((_, i) => terminalLine(String(row[i] ?? '-')) || '-'))
  const { width } = options
  const lines =
    asLines(columns, texts, options, ROOMY) ??
    asPairs(columns, texts, options) ??
    asLines(columns, texts, options, MIN_WIDTH) ??
    texts.flatMap(row => asCard(columns, row, width ?? Infinity, options))
  return lines.map(line => `${line.trimEnd()}\n`).join('')
}

type Texts = readonly (readonly string[])[]

/** A line for each row; null when that does not fit, although columns that shrink are cut down to `floor`. */
function asLines(
  columns: readonly Column[],
  texts: Texts,
  { width, paintTitle }: TableOptions,
  floor: number,
): readonly string[] | null {
  const widths = fitWidths(columns, texts, width, floor)
  if (widths === null) return null
  const titles = columns.map(column => column.title.toUpperCase())
  return [renderLine(columns, titles, widths, paintTitle), ...texts.map(row => renderLine(columns, row, widths, null))]
}

/** The last column below the others; null when that does not fit either. */
function asPairs(columns: readonly Column[], texts: Texts, options: TableOptions): readonly string[] | null {
  if (columns.length < 3 || columns.at(-1)?.whole !== true) return null
  const first = asLines(
    columns.slice(0, -1),
    texts.map(row => row.slice(0, -1)),
    options,
    ROOMY,
  )
  if (first === null) return null
  const [title = '', ...lines] = first
  const last = options.paintTitle((columns.at(-1)?.title ?? '').toUpperCase())
  return [title, `  ${last}`, ...lines.flatMap((line, i) => [line, `  ${texts[i]?.at(-1) ?? ''}`])]
}

/** What it is called as its heading (its id, else its first cell), the others below it with their titles. */
function asCard(
  columns: readonly Column[],
  row: readonly string[],
  width: number,
  { paintTitle }: TableOptions,
): readonly string[] {
  const heading = Math.max(
    0,
    columns.findIndex(column => column.whole === true),
  )
  const left = Math.max(...columns.map(({ title }, i) => (i === heading ? 0 : textWidth(title))))
  const room = Math.max(MIN_WIDTH, width - left - 2 * GAP)
  const cells = columns.flatMap(({ title, paint }, i) => {
    if (i === heading) return []
    const text = fitText(row[i] ?? '', room)
    return [`  ${title.padEnd(left)}${' '.repeat(GAP)}${paint?.(text, row[i] ?? '') ?? text}`]
  })
  return [paintTitle(row[heading] ?? ''), ...cells]
}

function fitWidths(
  columns: readonly Column[],
  rows: Texts,
  width: number | null,
  floor: number,
): readonly number[] | null {
  const natural = columns.map((column, i) =>
    rows.reduce((widest, row) => Math.max(widest, textWidth(row[i] ?? '')), textWidth(column.title)),
  )
  if (width === null) return natural
  const total = natural.reduce((sum, w) => sum + w, 0) + GAP * (columns.length - 1)
  let excess = total - width
  const fitted = natural.map((w, i) => {
    if (excess <= 0 || columns[i]?.shrinks !== true) return w
    const cut = Math.min(excess, Math.max(0, w - floor))
    excess -= cut
    return w - cut
  })
  return excess > 0 ? null : fitted
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
