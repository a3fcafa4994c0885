const CLEAR = '\u001b[2J'
/** Terminals that know it show what is between the two at once, the others ignore them. */
const BEGIN = '\u001b[?2026h'
const END = '\u001b[?2026l'

export interface Canvas {
  /** What Ink is to draw on. */
  readonly stdout: NodeJS.WriteStream
  /** How often something was drawn. */
  redraws(): number
}

/**
 * A stream that takes whole frames and draws on the terminal the lines that have changed, each at its place. Ink's own
 * way moves the cursor by what it believes to be there, which a resized terminal or one line too many puts out of step.
 */
export function createCanvas(terminal: NodeJS.WriteStream): Canvas {
  let drawn: readonly string[] = []
  let size = ''
  let count = 0

  const stdout = new Proxy(terminal, {
    get(target, name) {
      if (name === 'write') return write
      // Ink hides the cursor of a terminal, and shows it again on stderr at the end, wherever that goes.
      if (name === 'isTTY') return false
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { stdout, redraws: () => count }

  function write(frame: string, ...rest: readonly unknown[]): boolean {
    const isFree = frame === '' || draw(frame.split('\n'))
    const done = rest.at(-1)
    if (typeof done === 'function') terminal.write('', () => void done())
    return isFree
  }

  function draw(lines: readonly string[]): boolean {
    const now = `${terminal.columns}x${terminal.rows}`
    const clear = now === size && lines.length >= drawn.length ? '' : CLEAR
    if (clear !== '') drawn = []
    size = now
    // A line is erased before it is written: after its last column the cursor still stands on it.
    const changed = lines.flatMap((line, i) => (line === drawn[i] ? [] : [`\u001b[${i + 1};1H\u001b[2K${line}`]))
    drawn = lines
    if (clear === '' && changed.length === 0) return true
    count += 1
    return terminal.write(BEGIN + clear + changed.join('') + END)
  }
}
