import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from '#ec/core/error-codes.js'

const sources = ['src', 'bin'].flatMap(folder =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.(tsx?|js)$/.test(name))
    .map(name => ({ name, text: readFileSync(join(folder, name), 'utf8') })),
)

describe('error codes', () => {
  it.each(Object.entries(ERROR_CODES))('%s tells what it means and what to do next', (_code, entry) => {
    expect(entry.title.length).toBeGreaterThan(8)
    expect(entry.hint.length).toBeGreaterThan(4)
    expect(entry.status).toBeGreaterThanOrEqual(400)
  })

  it.each(Object.keys(ERROR_CODES))('%s is used somewhere', code => {
    const users = sources.filter(({ name, text }) => name !== join('core', 'error-codes.ts') && text.includes(code))
    expect(users.length).toBeGreaterThan(0)
  })
})
