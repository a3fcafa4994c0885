import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import type { Home } from './cli.ts'

export interface TerminalOptions {
  readonly columns?: number
  readonly env?: Readonly<Record<string, string>>
}

/** A process whose stdin, stdout and stderr are a terminal of its own. */
export interface Terminal {
  readonly pid: number
  /** All that it has shown so far, control sequences too. */
  screen(): string
  /** As a person would, key by key. */
  type(keys: string): void
  /** Resolves once what it has shown after `from` characters fits. */
  until(wanted: string | RegExp, from?: number): Promise<void>
  /** The exit code of the command; resolves when it has ended. */
  readonly ended: Promise<number | null>
}

/** Beyond it a test fails with what is on the screen instead of without a word. */
const PATIENCE_MS = 20_000

/** Why no terminal can be had on this machine; null when one can. */
export function whyNoTerminal(): string | null {
  return spawnSync('script', ['--version']).status === 0 ? null : 'there is no `script` (util-linux) here'
}

/** Runs one command in a terminal, by `script` of util-linux; it is killed with the test. */
export function openTerminal(home: Home, line: string, options: TerminalOptions = {}): Terminal {
  const { columns = 80, env = {} } = options
  const command = `stty cols ${columns} rows 24; exec ${line}`
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: home.cwd,
    env: { TERM: 'xterm-256color', SHELL: '/bin/sh', ...home.env, ...env },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let screen = ''
  let changed: (() => void) | null = null
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text
    changed?.()
  })
  child.stdin.on('error', () => {})
  const ended = once(child, 'close').then(() => {
    changed?.()
    return child.exitCode
  })
  return {
    pid: child.pid ?? -1,
    screen: () => screen,
    type: keys => void child.stdin.write(keys),
    async until(wanted, from = 0) {
      const fits = () => {
        const text = screen.slice(from)
        return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)
      }
      const giveUp = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
      while (!fits()) {
        const why = child.exitCode !== null || child.signalCode !== null
        if (why) throw new Error(`it did not show ${wanted}: ${JSON.stringify(screen.slice(from))}`)
        await new Promise<void>(resolve => (changed = resolve))
      }
      clearTimeout(giveUp)
    },
    ended,
  }
}
