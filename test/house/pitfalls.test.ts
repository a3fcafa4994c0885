import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const page = readFileSync('docs/pitfalls.md', 'utf8')

/** A line of the page: the number, and the tests that stand for it. */
const LINES = page.split('\n').flatMap(line => {
  const [, number = '', , , shown = ''] = line.split('|').map(cell => cell.trim())
  return /^\d+$/.test(number) ? [{ number, tests: readTests(shown) }] : []
})

function readTests(shown: string): readonly { readonly file: string; readonly name: string }[] {
  return shown.split('; `').map(one => {
    const [file = '', name = ''] = one.replaceAll('`', '').split(': ')
    return { file, name }
  })
}

/** The contract suites are plain modules, which a test runs. */
function read(file: string): string {
  const path = [`test/${file}.test.ts`, `test/${file}.ts`].find(one => existsSync(one))
  return path === undefined ? '' : readFileSync(path, 'utf8')
}

describe('the page of pitfalls', () => {
  it.each(LINES)('names a test for $number that is there', ({ tests }) => {
    for (const { file, name } of tests) {
      expect(name.length).toBeGreaterThan(10)
      expect(read(file), `${file} says "${name}"`).toContain(name)
    }
  })

  it('knows every number that a test names', () => {
    const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.test.ts'))
    const cited = files.flatMap(name =>
      [...readFileSync(join('test', name), 'utf8').matchAll(/\bpitfalls? (\d+)(?:(?:, | and )(\d+))*/gi)].flatMap(
        ([all]) => [...all.matchAll(/\d+/g)].map(([number]) => Number(number)),
      ),
    )
    expect(cited.length).toBeGreaterThan(50)
    expect([...new Set(cited)].filter(number => number < 1 || number > 90)).toEqual([])
    const known = new Set(numbersIn(page))
    expect([...new Set(cited)].filter(number => !known.has(number))).toEqual([])
  })

  it('leaves none out', () => {
    const known = new Set(numbersIn(page))
    expect(Array.from({ length: 90 }, (_, n) => n + 1).filter(number => !known.has(number))).toEqual([])
  })
})

/** Those of the table, and those that the list below it names, ranges too. */
function numbersIn(text: string): readonly number[] {
  const below = text.slice(text.indexOf('## Not of these services'))
  const ranges = [...below.matchAll(/\*\*([^*]+)\*\*/g)].flatMap(([, list = '']) => list.split(', '))
  const listed = ranges.flatMap(one => {
    const [from = 0, to = from] = one.split(' to ').map(Number)
    return Array.from({ length: to - from + 1 }, (_, n) => from + n)
  })
  return [...LINES.map(({ number }) => Number(number)), ...listed]
}
