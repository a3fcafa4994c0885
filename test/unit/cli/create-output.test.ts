import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createOutput } from '#ec/cli/create-output.js'
import { createPainter } from '#ec/core/painter.js'

async function open(stdout: PassThrough) {
  const paint = await createPainter(false)
  const streams = { stdin: new PassThrough(), stdout, stderr: new PassThrough() }
  const { signal } = new AbortController()
  return createOutput({
    ...streams,
    paint,
    talkPaint: paint,
    quiet: false,
    signal,
    openTerminal: () => {
      throw new Error('no terminal is asked for')
    },
  })
}

describe('a line of NDJSON', () => {
  it('waits for a slow reader, line after line, and leaves nothing on the stream', async () => {
    const stdout = new PassThrough({ highWaterMark: 1 })
    const output = await open(stdout)
    const before = ['drain', 'close'].map(event => stdout.listenerCount(event))
    for (let n = 0; n < 30; n += 1) {
      let gone = false
      const line = output.line({ n }).then(() => (gone = true))
      await Promise.resolve()
      expect(gone).toBe(false)
      expect(JSON.parse(String(stdout.read()))).toEqual({ n })
      await line
    }
    expect(['drain', 'close'].map(event => stdout.listenerCount(event))).toEqual(before)
  })

  it('goes on when the reader has left', async () => {
    const stdout = new PassThrough({ highWaterMark: 1 })
    const line = (await open(stdout)).line({ n: 1 })
    stdout.destroy()
    await line
    expect(stdout.listenerCount('drain')).toBe(0)
  })
})
