import type { LogBook } from '../../agent/tui/log-book.ts'
import { readAgentFile } from '../../core/agent-file.ts'
import type { RunningAgent } from '../../core/agent-options.ts'
import type { Config } from '../../core/config.ts'
import { toEcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { DataPaths } from '../../core/paths.ts'
import type { Terminal } from '../../core/terminal.ts'
import type { CommandContext } from '../context.ts'
import { showScreens } from '../show-screens.ts'

/** Errors that were logged while screens had the terminal, told after it was given back. */
const LAST_ERRORS = 10

interface OwnScreens {
  readonly context: CommandContext
  readonly terminal: Terminal
  readonly logBook: LogBook
  readonly agent: RunningAgent
  readonly sandbox: boolean
  readonly paths: DataPaths
}

/** Shows the screens of the agent in this process, through the operator's door as any other operator would. */
export async function showUntil(stopped: Promise<unknown>, screens: OwnScreens): Promise<void> {
  const { context, terminal, logBook, agent, sandbox, paths } = screens
  const { output } = context
  const { createClient } = await import('../../client.ts')
  const close = new AbortController()
  void stopped.then(() => close.abort())
  const token = readAgentFile(paths.agent)?.secret ?? null
  const client = createClient({ socket: agent.socket, token, retries: 0, signal: close.signal })
  try {
    const { url, inbox } = agent
    output.print(
      `${await showScreens({ context, client, terminal, url, inbox, sandbox, signal: close.signal, logBook })}\n`,
    )
    // Who leaves the screens of his own agent stops it, as with Ctrl-C; the next Ctrl-C is then the second.
    if (!close.signal.aborted) terminal.interrupt()
  } catch (thrown) {
    // Screens that cannot be drawn are no reason to receive nothing.
    output.tell(`the screens are closed: ${toEcError(thrown).message}; the agent goes on (Ctrl-C stops)`)
  } finally {
    client.close()
  }
  if (terminal.hasStderr) tellErrors(context, logBook)
}

function tellErrors({ output }: CommandContext, logBook: LogBook): void {
  const errors = logBook.lines().filter(line => line.level === 'error')
  for (const { at, text } of errors.slice(-LAST_ERRORS)) {
    output.tell(`${new Date(at).toTimeString().slice(0, 8)} ${output.talkPaint.red('error')} ${text}`)
  }
}

/** Takes the log while screens have the terminal. */
export async function openLogBook(
  { clock }: CommandContext,
  config: Config,
  { hasStderr }: Terminal,
  plainLog: Log,
): Promise<LogBook> {
  const { createLogBook } = await import('../../agent/tui/log-book.ts')
  const logBook = createLogBook(config.log.level, clock)
  // A log that goes to a file goes on to do so.
  if (!hasStderr) logBook.passTo(plainLog)
  return logBook
}
