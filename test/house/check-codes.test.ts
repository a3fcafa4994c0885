import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CHECK_CODES } from '#ec/core/check-codes.js'

const read = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => ({ name, text: readFileSync(join(folder, name), 'utf8') }))

const sources = read('src').filter(({ name }) => name !== join('core', 'check-codes.ts'))
const tests = read(join('test', 'e2e')).filter(({ name }) => name.startsWith('doctor'))

describe('check codes', () => {
  it.each(Object.entries(CHECK_CODES))('%s says what it is about and what to do next', (code, entry) => {
    expect(code).toMatch(/^[a-z]+(\.[a-z]+)+$/)
    expect(entry.title.length).toBeGreaterThan(8)
    expect(entry.means.length).toBeGreaterThan(12)
    expect(entry.next.length).toBeGreaterThan(8)
  })

  it.each(Object.keys(CHECK_CODES))('%s is judged somewhere', code => {
    expect(sources.filter(({ text }) => text.includes(`'${code}'`)).length).toBeGreaterThan(0)
  })

  it.each(Object.keys(CHECK_CODES))('%s is read by a test from what `ec doctor` says', code => {
    expect(tests.filter(({ text }) => text.includes(`find('${code}')`)).length).toBeGreaterThan(0)
  })
})
