import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it, vi } from 'vitest'
import { askChild } from '#ec/commands/doctor/ask-child.js'
import { tempDir } from '../../../support/temp-dir.ts'

const never = new AbortController().signal

it('gathers what a script says, line by line', async () => {
  const script = scriptOf(`console.log('{"a":1}'); console.log(JSON.stringify({ b: process.argv[2] }))`)
  expect(await askChild(script, ['x'], never)).toEqual({ facts: { a: 1, b: 'x' }, late: false, failure: null })
})

it('keeps what a script said before it was ended for being late, and forgets half a line', async () => {
  const marker = join(tempDir(), 'said')
  const script = scriptOf(`
    import { writeFileSync, writeSync } from 'node:fs'
    writeSync(1, '{"a":1}\\n{"b":')
    writeFileSync(process.argv[2], '')
    setInterval(() => {}, 1000)`)
  const stop = new AbortController()
  const asked = askChild(script, [marker], stop.signal)
  await vi.waitFor(() => expect(existsSync(marker)).toBe(true), { timeout: 30_000 })
  // What is in the pipe by then is read within this turn of the loop.
  await new Promise(resolve => setImmediate(resolve))
  stop.abort()
  expect(await asked).toEqual({ facts: { a: 1 }, late: true, failure: null })
})

it.each([
  [`throw new TypeError('the reason')`, 'the reason'],
  [`console.error('some words'); process.exit(3)`, 'some words'],
  [`process.kill(process.pid, 'SIGSEGV')`, 'it ended by SIGSEGV'],
  [`process.exit(7)`, 'it ended by 7'],
])('says how it ended: %s', async (text, failure) => {
  expect(await askChild(scriptOf(text), [], never)).toEqual({ facts: {}, late: false, failure })
})

function scriptOf(text: string): URL {
  const path = join(tempDir(), 'script.mjs')
  writeFileSync(path, text)
  return pathToFileURL(path)
}
