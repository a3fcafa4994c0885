import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

/** Makes a heap that is mostly free, then waits a minute at most for it to be given back; how large it was, and is. */
const SCRIPT = `
  const { keepHeapSmall } = await import(${JSON.stringify(import.meta.resolve('#ec/core/keep-heap-small.js'))})
  const { createSystemClock } = await import(${JSON.stringify(import.meta.resolve('#ec/core/clock.js'))})
  keepHeapSmall({ clock: createSystemClock() })
  const wait = ms => new Promise(resolve => setTimeout(resolve, ms))
  const size = () => process.memoryUsage().heapTotal
  let list = []
  for (let i = 0; i < 60; i++) {
    list.push(Array.from({ length: 10_000 }, (_, n) => ({ n, parts: [n], text: 'x' + n })))
    await wait(1)
  }
  // What is being collected by now finds all of it in use.
  await wait(4_000)
  list = null
  const before = size()
  for (let i = 0; i < 120 && size() > before / 2; i++) await wait(500)
  console.log(JSON.stringify({ before, after: size() }))
  process.exit()
`

it('gives back, once nothing is left to do, what work has left free', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', SCRIPT])
  const { before, after } = JSON.parse(stdout)
  expect(after).toBeLessThan(before / 2)
}, 120_000)
