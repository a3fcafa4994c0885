import type { Readable } from 'node:stream'
import type { Output, OutputStream } from '../commands/context.ts'
import type { Painter } from '../core/painter.ts'
import { renderFields } from '../core/fields.ts'
import { terminalJson, terminalText } from '../core/terminal-text.ts'
import { wrapText } from '../core/wrap-text.ts'

interface Terminal extends OutputStream {
  readonly columns?: number
}

export interface OutputInput {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Terminal
  readonly stderr: Terminal
  readonly paint: Painter
  readonly talkPaint: Painter
  readonly quiet: boolean
  readonly signal: AbortSignal
  readonly openTerminal: Output['openTerminal']
}

export function createOutput(input: OutputInput): Output {
  const { stdin, stdout, stderr, paint, talkPaint, quiet, signal, openTerminal } = input
  const isTTY = stdout.isTTY === true
  const streams = { stdinIsTTY: stdin.isTTY === true, stdout, stderr }
  let readLine: ((signal: AbortSignal) => Promise<string | null>) | null = null
  const writers = { print, document, line, table, prose, say, tell }
  return {
    isTTY,
    // As wide as the terminal is by then.
    get width() {
      return columns()
    },
    paint,
    talkPaint,
    fields: values => renderFields(values, { paintName: paint.dim, width: columns() }),
    ...writers,
    confirm,
    ask,
    readStdin,
    openTerminal,
    streams,
  }

  function columns(): number | null {
    return isTTY ? (stdout.columns ?? null) : null
  }

  function print(text: string): void {
    stdout.write(text)
  }

  /** Indented for a person, one line for a pipe. */
  function document(value: unknown): void {
    print(`${terminalJson(JSON.stringify(value, null, isTTY ? 2 : 0))}\n`)
  }

  function line(value: unknown): Promise<void> {
    if (stdout.write(`${terminalJson(JSON.stringify(value))}\n`)) return Promise.resolve()
    // Either is heard once: of a stream of lines, the ears for the other would pile up.
    return new Promise(resolve => {
      for (const event of ['drain', 'close'] as const) stdout.on(event, goOn)

      function goOn(): void {
        for (const event of ['drain', 'close'] as const) stdout.off(event, goOn)
        resolve()
      }
    })
  }

  async function table(...[titles, rows]: Parameters<Output['table']>): Promise<void> {
    const { renderTable } = await import('../core/table.ts')
    print(renderTable(titles, rows, { width: columns(), paintTitle: paint.bold }))
  }

  function prose(sentences: readonly string[]): void {
    const lines = sentences.flatMap(sentence => terminalText(sentence).split('\n'))
    const width = columns()
    const broken = width === null ? lines : lines.flatMap(line => wrapText(line, width))
    print(broken.map(line => `${line}\n`).join(''))
  }

  function say(text: string): void {
    if (!quiet) tell(text)
  }

  function tell(text: string): void {
    stderr.write(`${text}\n`)
  }

  async function confirm(question: string): Promise<boolean> {
    if (stdin.isTTY !== true || stderr.isTTY !== true) return true
    const { createInterface } = await import('node:readline/promises')
    const prompt = createInterface({ input: stdin, output: stderr })
    try {
      const answer = await prompt.question(`${question} [y/N] `, { signal })
      return /^y(es)?$/i.test(answer.trim())
    } finally {
      prompt.close()
    }
  }

  async function ask(question: string): Promise<string | null> {
    if (stdin.isTTY !== true) {
      tell(question)
      const { createLineReader } = await import('./line-reader.ts')
      readLine ??= createLineReader(stdin)
      return readLine(signal)
    }
    const { createInterface } = await import('node:readline/promises')
    const prompt = createInterface({ input: stdin, output: stderr })
    try {
      const ended = new Promise<null>(resolve => prompt.once('close', () => resolve(null)))
      return await Promise.race([prompt.question(`${question} `, { signal }), ended])
    } finally {
      prompt.close()
    }
  }

  async function readStdin(): Promise<string> {
    const chunks: Buffer[] = []
    for await (const chunk of stdin) chunks.push(Buffer.from(chunk))
    return Buffer.concat(chunks).toString('utf8')
  }
}
