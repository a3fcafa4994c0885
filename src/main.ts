import type { GlobalInput } from './cli/globals.ts'
import { answerHelp } from './cli/answer-help.ts'
import { COMMAND_TABLE } from './cli.ts'
import type { CommandContext } from './commands/context.ts'
import { createSystemClock } from './core/clock.ts'
import { wantsColor } from './core/color.ts'
import { isErrno } from './core/errno.ts'
import { EcError, toEcError } from './core/errors.ts'
import { EXIT_CODES, exitCodeOf } from './core/exit-codes.ts'
import type { TerminalAnswer } from './core/terminal.ts'

/**
 * Runs the command line of this process and ends the process. The only place that renders errors, hears signals, sets
 * the exit code and calls `process.exit`.
 *
 * The first SIGINT or SIGTERM asks the command to stop, the second ends the process at once; who no longer reads our
 * output (`| head -1`) has asked it to stop too, and gets no complaint.
 */
export async function main(): Promise<void> {
  const { stdin, stdout, stderr } = process
  // What was given, also to programs that are started from here, whatever is set below for libraries.
  const env = { ...process.env }
  const argv = process.argv.slice(2)
  const stopping = new AbortController()
  /** Why the command was asked to stop, as the exit code that says it. */
  let stopCode: number | null = null
  let outputError: EcError | null = null
  /** Hears signals in our place, when a command passes them on. */
  let hear: ((signal: NodeJS.Signals) => void) | null = null
  /** Gives the terminal back as it was, when screens have it. */
  let giveBack: (() => void) | null = null
  /** Ends the process once it has been told. */
  let crash: Promise<void> | null = null

  process.on('SIGINT', () => (hear === null ? onSignal(EXIT_CODES.interrupted.code) : hear('SIGINT')))
  process.on('SIGTERM', () => (hear === null ? onSignal(EXIT_CODES.terminated.code) : hear('SIGTERM')))
  process.on('exit', () => giveBack?.())
  process.on('uncaughtException', thrown => {
    giveBack?.()
    // Nothing is known about the state that is left, so nothing goes on; what was answered is durable.
    crash ??= report(toEcError(thrown)).finally(() => process.exit(EXIT_CODES.failed.code))
  })
  for (const stream of [stdout, stderr]) stream.on('error', onStreamError)

  const words = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  const json = words.includes('--json')
  const flag = words.includes('--no-color') ? false : words.includes('--color') ? true : null
  const colorful = wantsColor({ flag, env, isTTY: stdout.isTTY === true })
  const colorfulErrors = wantsColor({ flag, env, isTTY: stderr.isTTY === true })
  // Chalk and Ink do not know NO_COLOR; this they know.
  if (!colorful) process.env['FORCE_COLOR'] = '0'

  const code = await run()
  await crash
  await Promise.all([flush(stdout), flush(stderr)])
  process.exit(code)

  async function run(): Promise<number> {
    try {
      const columns = stdout.isTTY ? stdout.columns : null
      const answer = (await answerShell()) ?? (await answerHelp(COMMAND_TABLE, argv, { columns, readVersion }))
      const code = answer === null ? await runCommand() : EXIT_CODES.done.code
      if (answer !== null) print(answer)
      await flush(stdout)
      if (outputError === null) return code
      throw outputError
    } catch (thrown) {
      if (stopCode !== null && isAbort(thrown, stopping.signal)) return stopCode
      // What could not be written is why the command was asked to stop, whatever it makes of that.
      const error = outputError !== null && isAbort(thrown, stopping.signal) ? outputError : toEcError(thrown)
      await report(error)
      return stopCode ?? exitCodeOf(error)
    }
  }

  /** What a shell asks while a line is typed: `ec complete -- WORDS`. */
  async function answerShell(): Promise<string | null> {
    if (argv[0] !== 'complete' || argv[1] !== '--') return null
    const { answerCompletion } = await import('./cli/completion/answer-completion.ts')
    return answerCompletion(COMMAND_TABLE, argv.slice(2), { createContext, env })
  }

  async function runCommand(): Promise<number> {
    const { runProgram } = await import('./cli/program.ts')
    return runProgram(COMMAND_TABLE, argv, { createContext })
  }

  function print(text: string): void {
    stdout.write(text)
  }

  async function createContext(globals: GlobalInput): Promise<CommandContext> {
    const [{ createOutput }, { createContext }, { openTerminal }, { createPainter }] = await Promise.all([
      import('./cli/create-output.ts'),
      import('./cli/create-context.ts'),
      import('./cli/open-terminal.ts'),
      import('./core/painter.ts'),
    ])
    const [paint, talkPaint] = await Promise.all([createPainter(colorful), createPainter(colorfulErrors)])
    const { signal } = stopping
    const quiet = globals.quiet === true
    const output = createOutput({ stdin, stdout, stderr, paint, talkPaint, quiet, signal, openTerminal: screens })

    function screens(): TerminalAnswer {
      return openTerminal({ stdin, stdout, stderr, env: process.env, take: takeTerminal, interrupt })
    }
    const clock = createSystemClock()
    return createContext({ globals, env, cwd: process.cwd(), clock, signal, output, takeSignals })
  }

  function takeSignals(next: (signal: NodeJS.Signals) => void): () => void {
    hear = next
    // Without a listener they end the process, as they should in any other command.
    for (const signal of RARE_SIGNALS) process.on(signal, next)
    return () => {
      hear = null
      for (const signal of RARE_SIGNALS) process.off(signal, next)
    }
  }

  function interrupt(): void {
    onSignal(EXIT_CODES.interrupted.code)
  }

  function takeTerminal(restore: () => void): () => void {
    giveBack = () => {
      giveBack = null
      restore()
    }
    return () => giveBack?.()
  }

  function onSignal(code: number): void {
    if (stopCode !== null) process.exit(code)
    stopCode = code
    stopping.abort()
  }

  function onStreamError(cause: Error): void {
    if (isErrno(cause, 'EPIPE')) stopCode ??= EXIT_CODES.done.code
    else
      outputError ??= new EcError('EC_FILE', 'the output cannot be written', {
        cause,
        category: 'failed',
        hint: OUTPUT_HINT,
      })
    stopping.abort()
  }

  async function report(error: EcError): Promise<void> {
    const { renderError, renderProblem } = await import('./cli/render-error.ts')
    const { createPainter } = await import('./core/painter.ts')
    const paint = await createPainter(colorfulErrors)
    stderr.write(json ? renderProblem(error) : renderError(error, paint))
  }
}

const RARE_SIGNALS = ['SIGHUP', 'SIGQUIT'] as const

const OUTPUT_HINT = 'make room where it is written to, or send it elsewhere'

function isAbort(thrown: unknown, signal: AbortSignal): boolean {
  return signal.aborted && (thrown === signal.reason || (thrown instanceof Error && thrown.name === 'AbortError'))
}

/** Resolves once everything written before has been handed to the operating system, or cannot be. */
function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => void stream.write('', () => resolve()))
}

async function readVersion(): Promise<string> {
  const { readVersion } = await import('./core/version.ts')
  return readVersion()
}
