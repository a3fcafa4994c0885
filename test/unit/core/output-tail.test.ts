import { describe, expect, it } from 'vitest'
import { createOutputTail } from '#ec/core/output-tail.js'

function tailOf(...chunks: readonly (string | Buffer)[]) {
  const tail = createOutputTail()
  for (const chunk of chunks) tail.push(Buffer.from(chunk as string), 'stdout')
  return tail
}

describe('the end of an output', () => {
  it('is its last lines, without empty ones', () => {
    expect(tailOf('a\n\nb\n', 'c', 'd\n').lines(2)).toEqual(['b', 'cd'])
    expect(tailOf().lines(3)).toEqual([])
  })

  it('shows of a bar what stands at its end', () => {
    expect(tailOf('start\n 10%\r 20%\r', ' 30%\r').lines(5)).toEqual(['start', '30%'])
    expect(tailOf('a\r\nb\r\n').lines(5)).toEqual(['a', 'b'])
  })

  it('has no colours, controls or hidden marks', () => {
    expect(tailOf('\u001b[31mred\u001b[0m \u0007\u202ex\n').lines(1)).toEqual(['red x'])
  })

  it('is bounded, however long the output and its lines are', () => {
    const tail = tailOf('x'.repeat(1_000_000), '\n', 'y'.repeat(100_000), '\nlast\n')
    const lines = tail.lines(10)
    expect(lines.at(-1)).toBe('last')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(300)
  })

  it('is the same however the output is cut into pieces', () => {
    const text = Array.from({ length: 5000 }, (_, i) => `line ${i} ä🎉\n`).join('')
    const bytes = Buffer.from(text)
    for (const size of [1, 7, 4096, 16_384, 16_385, 100_000]) {
      const pieces: Buffer[] = []
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size))
      expect(tailOf(...pieces).lines(3)).toEqual(['line 4997 ä🎉', 'line 4998 ä🎉', 'line 4999 ä🎉'])
    }
  })

  it('begins with a whole line where the beginning is gone', () => {
    const lines = tailOf('ä'.repeat(20_000), '\nsecond\n').lines(10)
    expect(lines).toEqual(['second'])
  })

  it('is nothing where the output is no text', () => {
    expect(tailOf(Buffer.from([0, 1, 2, 10, 255])).lines(5)).toEqual([])
  })

  it('keeps two streams apart', () => {
    const tail = createOutputTail()
    tail.push(Buffer.from('half'), 'stdout')
    tail.push(Buffer.from('error\n'), 'stderr')
    expect(tail.lines(5)).toEqual(['half', 'error'])
  })
})
