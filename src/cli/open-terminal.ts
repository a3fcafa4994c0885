import { whyNoScreens, type Terminal, type TerminalAnswer } from '../core/terminal.ts'

export interface TerminalInput {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** That of the process: what React reads is set there. */
  readonly env: NodeJS.ProcessEnv
  readonly take: Terminal['take']
  readonly interrupt: Terminal['interrupt']
}

/** The terminal of this process for screens, if it is one. */
export function openTerminal({ stdin, stdout, stderr, env, take, interrupt }: TerminalInput): TerminalAnswer {
  const why = whyNoScreens({ env, stdinIsTTY: stdin.isTTY === true, stdoutIsTTY: stdout.isTTY === true })
  if (why !== null) return { terminal: null, why }
  // React's development build is several times slower and keeps timings for ever. It decides when it loads.
  env['NODE_ENV'] ??= 'production'
  return { terminal: { stdin, stdout, hasStderr: stderr.isTTY === true, take, interrupt }, why: null }
}
