import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

/** Makes a heap that is mostly free, and tells how large it was, and how large once it was given back. */
const SCRIPT = `
  const { keepHeapSmall } = await import(${JSON.stringify(import.meta.resolve('#ec/core/keep-heap-small.js'))})
  const wait = ms => new Promise(resolve => setTimeout(resolve, ms))
  const size = () => process.memoryUsage().heapTotal
  // Ten times as fast as the real one.
  const setTimer = (run, ms) => {
    const timer = setTimeout(run, ms / 10)
    return { cancel: () => clearTimeout(timer) }
  }
  if (process.argv[1] === 'kept small') keepHeapSmall({ clock: { setTimer } })
  let [most, least] = [0, Infinity]
  // Where the machine was busy through the quiet stretch another one has to come.
  for (let turn = 0; turn < 5 && least > most / 2; turn++) {
    let list = []
    for (let i = 0; i < 60; i++) {
      list.push(Array.from({ length: 10_000 }, (_, n) => ({ n, text: 'x' + n })))
      if (i % 10 === 9) await wait(1)
    }
    most = Math.max(most, size())
    list = []
    for (let i = 0; i < 40 && least > most / 2; i++) {
      await wait(100)
      least = Math.min(least, size())
    }
  }
  console.log(JSON.stringify({ most, least }))
  process.exit()
`

const run = promisify(execFile)

async function heapOf(process_: string): Promise<{ most: number; least: number }> {
  const args = ['--gc-memory-reducer-start-delay-ms=400', '--input-type=module', '--eval', SCRIPT, process_]
  const { stdout } = await run(process.execPath, args)
  return JSON.parse(stdout)
}

it('gives back, once nothing is left to do, what work has left free', async () => {
  const { most, least } = await heapOf('kept small')
  expect(least).toBeLessThan(most / 2)
})

it('which Node does not do by itself', async () => {
  const { most, least } = await heapOf('as it is')
  expect(least).toBeGreaterThan(most / 2)
})
