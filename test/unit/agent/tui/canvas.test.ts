import { WriteStream } from 'node:tty'
import { describe, expect, it } from 'vitest'
import { createCanvas } from '#ec/agent/tui/canvas.js'

/** A terminal that remembers what was written, and nothing of it reaches one. */
function terminal(columns: number, rows: number) {
  const written: string[] = []
  const stream: WriteStream = Object.create(WriteStream.prototype, {
    columns: { value: columns, writable: true, configurable: true },
    rows: { value: rows, writable: true, configurable: true },
    write: {
      configurable: true,
      value: (text: string, done?: () => void) => (text === '' || written.push(text), done?.(), true),
    },
  })
  return { stream, written }
}

const at = (line: number, text: string): string => `\u001b[${line};1H\u001b[2K${text}`
const together = (text: string): string => `\u001b[?2026h${text}\u001b[?2026l`
const CLEAR = '\u001b[2J'

describe('a canvas', () => {
  it('draws the lines that have changed, each at its place', () => {
    const { stream, written } = terminal(20, 3)
    const canvas = createCanvas(stream)
    canvas.stdout.write('one\ntwo\nthree')
    canvas.stdout.write('one\n2\nthree')
    expect(written).toEqual([together(CLEAR + at(1, 'one') + at(2, 'two') + at(3, 'three')), together(at(2, '2'))])
    expect(canvas.redraws()).toBe(2)
  })

  it('writes nothing when nothing has changed', () => {
    const { stream, written } = terminal(20, 3)
    const canvas = createCanvas(stream)
    canvas.stdout.write('one')
    canvas.stdout.write('one')
    expect(written).toHaveLength(1)
    expect(canvas.redraws()).toBe(1)
  })

  it('draws everything anew on a terminal of another size', () => {
    const { stream, written } = terminal(20, 3)
    const canvas = createCanvas(stream)
    canvas.stdout.write('one\ntwo')
    Object.assign(stream, { columns: 10 })
    canvas.stdout.write('one\ntwo')
    expect(written[1]).toBe(together(CLEAR + at(1, 'one') + at(2, 'two')))
  })

  it('leaves no line of a longer frame', () => {
    const { stream, written } = terminal(20, 3)
    const canvas = createCanvas(stream)
    canvas.stdout.write('one\ntwo')
    canvas.stdout.write('one')
    expect(written[1]).toBe(together(CLEAR + at(1, 'one')))
  })

  it('tells when it has been written', async () => {
    const canvas = createCanvas(terminal(20, 3).stream)
    await new Promise<void>(resolve => canvas.stdout.write('', () => resolve()))
  })
})
