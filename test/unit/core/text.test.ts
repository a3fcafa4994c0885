import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderFields } from '#ec/core/fields.js'
import { renderTable } from '#ec/core/table.js'
import { terminalJson, terminalLine, terminalText } from '#ec/core/terminal-text.js'
import { fitText, padText, textWidth, breakText } from '#ec/core/text-width.js'

const plain = (text: string) => text
// oxlint-disable-next-line no-control-regex -- these are what must not come through
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

describe('text from outside', () => {
  it('steers no terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        return !STEERING.test(terminalText(text)) && !/[\n\r\t]/.test(terminalLine(text))
      }),
    )
  })

  it.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007after', 'after'],
    ['\u009b2J', ''],
    ['a\rb', 'a b'],
    ['user\u202Etxt.exe', 'usertxt.exe'],
    ['two\n lines\tand tabs', 'two lines and tabs'],
  ])('loses what it would do: %j', (text, clean) => expect(terminalLine(text)).toBe(clean))

  it('keeps letters of every script and emoji', () => {
    expect(terminalLine('Привет, 世界 👩‍👩‍👧')).toBe('Привет, 世界 👩‍👩‍👧')
  })

  it('is escaped in JSON and read back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const json = terminalJson(JSON.stringify({ text }, null, 2))
        return !STEERING.test(json) && JSON.parse(json).text === text
      }),
    )
  })
})

describe('width', () => {
  it.each([
    ['abc', 3],
    ['世界', 4],
    ['e\u0301', 1],
    ['👩‍👩‍👧', 2],
    ['…', 1],
  ])('of %s is %i', (text, width) => expect(textWidth(text)).toBe(width))

  it('is never more than asked for after a cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }).map(terminalLine), fc.integer({ min: 1, max: 40 }), (text, width) => {
        expect(textWidth(fitText(text, width))).toBeLessThanOrEqual(width)
      }),
    )
  })
})

describe('a table', () => {
  const columns = [{ title: 'id' }, { title: 'title', shrinks: true }, { title: 'n', align: 'right' as const }]

  it('aligns its columns by what a terminal draws', () => {
    const rows = [
      ['a', '世界', 1],
      ['bb', 'plain', 20],
    ]
    expect(renderTable(columns, rows, { width: null, paintTitle: plain })).toBe(
      'ID  TITLE   N\na   世界    1\nbb  plain  20\n',
    )
  })

  it('cuts what may shrink, and nothing in a pipe', () => {
    const rows = [['a', 'a long title that goes on', 1]]
    expect(renderTable(columns, rows, { width: 20, paintTitle: plain })).toContain('a long title…')
    expect(renderTable(columns, rows, { width: null, paintTitle: plain })).toContain('a long title that goes on')
  })

  describe('in a narrow terminal', () => {
    const columns = [
      { title: 'when' },
      { title: 'title', shrinks: true },
      { title: 'state', paint: (cell: string) => `*${cell}*` },
      { title: 'id', whole: true },
    ]
    const rows = [['2026-11-26', 'a long title that goes on and on', 'unread', 'evt_0192f0c1-7d1e-7c3a-9a51']]
    const lines = (width: number) => renderTable(columns, rows, { width, paintTitle: plain }).trimEnd().split('\n')

    it('gives an id a line of its own rather than cut a title to nothing', () => {
      expect(lines(60)).toEqual([
        'WHEN        TITLE                             STATE',
        '  ID',
        '2026-11-26  a long title that goes on and on  *unread*',
        '  evt_0192f0c1-7d1e-7c3a-9a51',
      ])
      expect(lines(44)[2]).toBe('2026-11-26  a long title that goes…   *unread*')
    })

    it('makes a list of each row when even that does not fit', () => {
      expect(lines(30)).toEqual([
        'evt_0192f0c1-7d1e-7c3a-9a51',
        '  when   2026-11-26',
        '  title  a long title that go…',
        '  state  *unread*',
      ])
    })

    it('is never wider than the terminal, but for what must be whole', () => {
      for (let width = 24; width < 110; width++)
        for (const line of lines(width))
          if (!line.includes('evt_')) expect(line.replaceAll('*', '').length).toBeLessThanOrEqual(width)
    })

    it('heads a row without an id by its first cell', () => {
      const plainColumns = [{ title: 'setting' }, { title: 'value', shrinks: true }, { title: 'from' }]
      const text = renderTable(plainColumns, [['retention.notifications', '90d', 'default']], {
        width: 30,
        paintTitle: plain,
      })
      expect(text).toBe('retention.notifications\n  value  90d\n  from   default\n')
    })
  })

  it('shows what is not there as a dash', () => {
    expect(renderTable(columns, [[null, undefined, '']], { width: null, paintTitle: plain })).toContain('-   -      -')
  })

  it('cannot be broken by a cell with a line feed', () => {
    const text = renderTable(columns, [['a', 'one\ntwo\u001b[2J', 1]], { width: null, paintTitle: plain })
    expect(text.split('\n')).toHaveLength(3)
  })
})

describe('fields', () => {
  it('are aligned, and leave out what is not given', () => {
    const fields = { id: 'a', longer: null, not: undefined }
    expect(renderFields(fields, { paintName: plain, width: null })).toBe('id      a\nlonger  -\n')
  })

  it('goes on under its value where the terminal ends, and is whole in a pipe', () => {
    const fields = { id: 'a-long-id-that-is-there-to-be-copied-whole', why: 'one two three four five six seven' }
    expect(renderFields(fields, { paintName: plain, width: 24 })).toBe(
      'id   a-long-id-that-is-there-to-be-copied-whole\nwhy  one two three four\n     five six seven\n',
    )
    expect(renderFields(fields, { paintName: plain, width: null })).toContain('five six seven\n')
  })
})

describe('text at a width', () => {
  it.each([
    ['abc', 5, 'abc  '],
    ['abcdef', 4, 'abc…'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日… '],
    ['abc', 0, ''],
  ])('%s at %i columns', (text, width, expected) => expect(padText(text, width)).toBe(expected))

  it('is always that wide', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 60 }), (text, width) => {
        expect(textWidth(padText(text, width))).toBe(width)
      }),
    )
  })
})

describe('text on several lines', () => {
  it('is broken at spaces, and within a word that is too long', () => {
    expect(breakText('the quick brown fox', 10)).toEqual(['the quick ', 'brown fox'])
    expect(breakText('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij'])
    expect(breakText('', 4)).toEqual([''])
  })

  it('loses nothing, and no line is too wide', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 40 }), (text, width) => {
        const lines = breakText(text, width)
        expect(lines.join('')).toBe(text)
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
      }),
    )
  })
})
