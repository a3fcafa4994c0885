import { padText, textWidth } from '../../core/text-width.ts'
import { windowOf, type Cursor } from './cursor.ts'
import { rowsIn, type Area } from './layout.ts'
import { fillLines, fitLine, type Line, type Span } from './line.ts'

export interface ColumnSpec<Row> {
  readonly title: string
  /** Columns of the terminal; those that grow share what is left and have this at least. */
  readonly width: number
  readonly grows?: boolean
  readonly align?: 'right'
  /** The higher, the sooner it gives way to the others; 0 stays. */
  readonly yields: number
  readonly cell: (row: Row) => Span
}

/** Before each row: the mark of the one that is selected. */
const MARK = 2
const GAP = 1

/** The columns that fit, with their widths. */
export function fitColumns<Row>(
  columns: readonly ColumnSpec<Row>[],
  width: number,
): readonly { readonly column: ColumnSpec<Row>; readonly width: number }[] {
  let kept = columns
  while (needs(kept) > width && kept.some(column => column.yields > 0)) {
    const most = Math.max(...kept.map(column => column.yields))
    kept = kept.filter(column => column.yields !== most)
  }
  let left = Math.max(0, width - needs(kept))
  let growing = kept.filter(column => column.grows === true).length
  return kept.map(column => {
    if (column.grows !== true) return { column, width: column.width }
    const more = Math.ceil(left / growing)
    left -= more
    growing -= 1
    return { column, width: column.width + more }
  })
}

function needs<Row>(columns: readonly ColumnSpec<Row>[]): number {
  return MARK + columns.reduce((sum, { width }) => sum + width, 0) + GAP * (columns.length - 1)
}

export interface ListInput<Row> {
  readonly columns: readonly ColumnSpec<Row>[]
  readonly rows: readonly Row[]
  readonly keys: readonly string[]
  readonly cursor: Cursor
  readonly area: Area
  /** Said when there are none. */
  readonly empty: string
}

/** A list with titles, the part of it that is seen; always as many lines as its area has. */
export function renderList<Row>({ columns, rows, keys, cursor, area, empty }: ListInput<Row>): readonly Line[] {
  const fitted = fitColumns(columns, area.width)
  const titles = fitted.map(({ column, width }) => place(column.title.toUpperCase(), width, column.align))
  const head: Line = [{ text: ' '.repeat(MARK) + titles.join(' '.repeat(GAP)), dim: true }]
  if (rows.length === 0) {
    const said: Line = [{ text: `  ${empty}`, dim: true }]
    return fillLines([fitLine(head, area.width), fitLine(said, area.width)], area.height)
  }
  const height = rowsIn(area)
  const { top, index } = windowOf(cursor, keys, height)
  const lines = rows.slice(top, top + height).map((row, i) => {
    const selected = top + i === index
    const cells = fitted.flatMap(({ column, width }, n): readonly Span[] => {
      const span = column.cell(row)
      const cell = { ...span, text: place(span.text, width, column.align) }
      return n === 0 ? [cell] : [{ text: ' '.repeat(GAP) }, cell]
    })
    const line: Line = [{ text: selected ? '> ' : '  ' }, ...cells]
    return selected ? line.map(span => ({ ...span, inverse: true })) : line
  })
  return fillLines([fitLine(head, area.width), ...lines.map(line => fitLine(line, area.width))], area.height)
}

function place(text: string, width: number, align: 'right' | undefined): string {
  if (align !== 'right' || textWidth(text) >= width) return padText(text, width)
  return ' '.repeat(width - textWidth(text)) + text
}
