import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import type { Home } from './cli.ts'

/** Null when this machine can make pseudo-terminals (by `script` of util-linux), else why not. */
export function whyNoPseudoTerminal(): string | null {
  if (process.platform !== 'linux') return 'the flags of `script` differ here'
  const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' })
  return stdout?.includes('util-linux') ? null : 'there is no `script` of util-linux'
}

export interface PseudoTerminal {
  /** Types. */
  write(text: string): void
  /** Everything that came out so far. */
  output(): string
  /** The lines that stand on it now. */
  screen(): string
  /** Resolves when the pattern stands on the screen. */
  until(pattern: RegExp): Promise<void>
  /** Resolves when the pattern came out, on a screen or not. */
  untilOutput(pattern: RegExp): Promise<void>
  resize(columns: number, rows: number): void
  /** Sends a signal to the command in it. */
  kill(signal: string): void
  /** The exit code of the command. */
  readonly exited: Promise<number | null>
}

const PATIENCE_MS = 30_000

/**
 * Runs a shell command in a pseudo-terminal. Around it the settings of the terminal are printed, so that a test sees
 * whether they are afterwards what they were before: see `isClean`.
 */
export async function openPseudoTerminal(
  home: Home,
  command: readonly string[],
  {
    columns = 100,
    rows = 30,
    env = {},
  }: { columns?: number; rows?: number; env?: Readonly<Record<string, string>> } = {},
): Promise<PseudoTerminal> {
  const quoted = command.map(word => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')
  const shell = [
    `stty cols ${columns} rows ${rows}`,
    'echo "tty=$(tty)"',
    'echo "before=$(stty -g)"',
    // The shell must survive the Ctrl-C that is meant for the command.
    'trap : INT',
    `sh -c 'echo pid=$$; exec "$@"' sh ${quoted}`,
    'code=$?',
    'echo "after=$(stty -g)"',
    'exit $code',
  ].join('\n')
  const child = spawn('script', ['-qefc', shell, '/dev/null'], {
    cwd: home.cwd,
    env: { TERM: 'xterm-256color', SHELL: '/bin/sh', ...home.env, ...env },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  let heard: (() => void) | null = null
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    heard?.()
  })
  const exited = once(child, 'close').then(([code]: (number | null)[]) => (heard?.(), code ?? null))
  const tty = await find(/tty=(\S+)/)
  const pid = await find(/pid=(\d+)/)

  return {
    write: text => void child.stdin.write(text),
    output: () => output,
    screen: () => readScreen(output),
    until: pattern => waitFor(() => pattern.test(readScreen(output)), pattern),
    untilOutput: pattern => waitFor(() => pattern.test(output), pattern),
    resize: (width, height) => void spawnSync('stty', ['-F', tty, 'cols', String(width), 'rows', String(height)]),
    kill: signal => void process.kill(Number(pid), signal),
    exited,
  }

  async function find(pattern: RegExp): Promise<string> {
    await waitFor(() => pattern.test(output), pattern)
    return pattern.exec(output)?.[1] ?? ''
  }

  async function waitFor(isThere: () => boolean, what: RegExp): Promise<void> {
    const deadline = AbortSignal.timeout(PATIENCE_MS)
    while (!isThere()) {
      if (deadline.aborted || child.exitCode !== null) {
        throw new Error(
          `${what} never came; the screen is\n${readScreen(output)}\nand the end of the output\n${JSON.stringify(output.slice(-2000))}`,
        )
      }
      await Promise.race([
        new Promise<void>(resolve => (heard = resolve)),
        new Promise(resolve => setTimeout(resolve, 250)),
      ])
    }
  }
}

/** Whether the terminal is as it was: its settings, the screen of before, a cursor that is seen. */
export function isClean(output: string): boolean {
  const [, before] = /before=(\S+)/.exec(output) ?? []
  const [, after] = /after=(\S+)/.exec(output) ?? []
  const last = (sequence: string): number => output.lastIndexOf(`\u001b[?${sequence}`)
  return before !== undefined && before === after && last('1049l') > last('1049h') && last('25h') > last('25l')
}

/** What came out after the terminal was given back. */
export function afterScreens(output: string): string {
  return output.slice(output.lastIndexOf('\u001b[?1049l'))
}

// oxlint-disable-next-line no-control-regex -- what moves the cursor is what is looked for
const DRAWN = /\u001b\[2J|\u001b\[(\d+);1H\u001b\[2K([^\r\n]*?)(?=\u001b\[\d+;1H|\u001b\[\?)/g
// oxlint-disable-next-line no-control-regex -- colours
const STYLE = /\u001b\[[\d;]*m/g

/** The screen that whole lines, each put at its place, leave. */
function readScreen(output: string): string {
  const lines: string[] = []
  for (const [, row, text = ''] of output.matchAll(DRAWN)) {
    if (row === undefined) lines.length = 0
    else lines[Number(row) - 1] = text.replace(STYLE, '')
  }
  return Array.from(lines, line => line ?? '').join('\n')
}
