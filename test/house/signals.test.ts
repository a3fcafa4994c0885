import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const SOURCE = join(import.meta.dirname, '..', '..', 'src')

it('nobody joins signals but by `joinSignals`, since a deadline that is lost to the garbage collector never comes', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(file => /\.tsx?$/.test(file))
  expect(files.length).toBeGreaterThan(300)
  const code = (file: string) => readFileSync(join(SOURCE, file), 'utf8').replaceAll(/^\s*\*.*$/gm, '')
  expect(files.filter(file => /AbortSignal\.(any|timeout)\(/.test(code(file)))).toEqual([])
})
