import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitColumns, renderList, type ColumnSpec } from '#ec/agent/tui/columns.js'
import { AT_END, AT_START } from '#ec/agent/tui/cursor.js'
import { runs } from '../../../support/long.ts'
import { textOf, widest } from '../../../support/screens.ts'

type Row = readonly [name: string, size: string]
const COLUMNS: readonly ColumnSpec<Row>[] = [
  { title: 'no', width: 4, yields: 0, align: 'right', cell: row => ({ text: row[1] }) },
  { title: 'name', width: 6, grows: true, yields: 0, cell: row => ({ text: row[0] }) },
  { title: 'extra', width: 8, yields: 1, cell: () => ({ text: 'x' }) },
]

function list(rows: readonly Row[], width: number, height = 6): string {
  const keys = rows.map(([name]) => name)
  return textOf(renderList({ columns: COLUMNS, rows, keys, cursor: AT_START, area: { width, height }, empty: 'none' }))
}

describe('columns', () => {
  it('grow into what is left', () => {
    expect(fitColumns(COLUMNS, 40).map(({ width }) => width)).toEqual([4, 24, 8])
  })

  it('give way one after the other', () => {
    expect(fitColumns(COLUMNS, 21).map(({ column }) => column.title)).toEqual(['no', 'name'])
  })

  it('share what is left when several grow', () => {
    const two = COLUMNS.map(column => ({ ...column, grows: true }))
    expect(fitColumns(two, 42).map(({ width }) => width)).toEqual([11, 13, 14])
  })

  it('mark the selected row with more than a colour', () => {
    expect(
      list(
        [
          ['a', '1'],
          ['b', '22'],
        ],
        30,
      ).split('\n'),
    ).toEqual([
      '    NO NAME           EXTRA   ',
      '>    1 a              x       ',
      '     22 b              x       '.replace('     22', '    22'),
      '',
      '',
      '',
    ])
  })

  it('stay aligned behind wide characters and emoji', () => {
    const [, first, second] = list(
      [
        ['日本語 👩‍👩‍👧‍👧', '1'],
        ['abc', '2'],
      ],
      40,
    ).split('\n')
    expect(first?.endsWith('x       ')).toBe(true)
    expect(second).toBe('>'.replace('>', ' ') + '    2 abc                      x       ')
  })

  it('say that there is nothing', () => {
    expect(list([], 30)).toContain('none')
  })

  it('show the end of a list that follows', () => {
    const rows = Array.from({ length: 50 }, (_, i): Row => [`n${i}`, String(i)])
    const area = { width: 30, height: 4 }
    const keys = rows.map(([name]) => name)
    const lines = renderList({ columns: COLUMNS, rows, keys, cursor: AT_END, area, empty: '' })
    expect(textOf(lines)).toContain('>   49 n49')
    expect(lines).toHaveLength(4)
  })

  it('are never wider than the terminal, whatever stands in them', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, text), { maxLength: 8 }),
        fc.integer({ min: 20, max: 200 }),
        (rows, width) => {
          const keys = rows.map((_, i) => String(i))
          const area = { width, height: 10 }
          const lines = renderList({ columns: COLUMNS, rows, keys, cursor: AT_START, area, empty: 'none' })
          expect(lines).toHaveLength(10)
          expect(widest(lines)).toBeLessThanOrEqual(width)
        },
      ),
      { numRuns: runs(100) },
    )
  })
})
