import { randomBytes } from 'node:crypto'
import { constants } from 'node:os'
import { isErrno } from '../../core/errno.ts'
import { EcError, toEcError } from '../../core/errors.ts'
import { EVENT_TYPE, USER_ID } from '../../core/event-words.ts'
import { createIds } from '../../core/ids.ts'
import { createOutputTail } from '../../core/output-tail.ts'
import { terminalLine } from '../../core/terminal-text.ts'
import type { CommandContext } from '../context.ts'
import { startReporter } from './reporter.ts'
import { startChild, type Child } from './start-child.ts'
import { tellEnd, tellProgress, type Ending, type Run } from './tell-run.ts'
import { watchProgress } from './watch-progress.ts'

interface RunInput {
  readonly command: readonly string[]
  readonly user: string | undefined
  readonly title: string | undefined
  readonly typeDone: string | undefined
  readonly typeFailed: string | undefined
  readonly pipe: boolean | undefined
  readonly requireAgent: boolean | undefined
}

/** What `env`, `timeout` and their like say when they fail themselves; shells the other two of a command. */
const EXIT = { own: 125, notExecutable: 126, notFound: 127, signal: 128 } as const
const TAIL_LINES = 10

/**
 * Runs a command in our place and tells its user how it goes on and how it ends; resolves with its exit code, 128+N when a
 * signal ended it. Whether anybody could be told changes nothing for the command.
 */
export async function runCommand(context: CommandContext, input: RunInput): Promise<number> {
  check(context, input)
  try {
    if (input.requireAgent === true) await meetAgent(context)
    return await runAndTell(context, input)
  } catch (thrown) {
    const error = toEcError(thrown)
    const { code, message, hint, cause, category, details, exit } = error
    // What the command itself can exit with must not be taken for one of these.
    if (exit !== undefined || category === 'unreachable') throw error
    throw new EcError(code, message, { hint, cause, category, details, exit: EXIT.own })
  }
}

/** `EC_USAGE` for what cannot be right: nothing has been started then. */
function check({ json, tokenFile }: CommandContext, { command, user, title, typeDone, typeFailed }: RunInput): void {
  if (json) throw usage('stdout belongs to the command, so there is no --json')
  if (tokenFile === '-') throw usage('stdin belongs to the command', 'name a file with --token-file, or set EC_TOKEN')
  if (command[0] === '') throw usage('the name of the command is empty', 'ec run -- COMMAND')
  if (title === '') throw usage('--title must not be empty')
  if (user !== undefined && !USER_ID.test(user)) throw usage('--user takes 1 to 128 characters of A-Z a-z 0-9 . _ @ -')
  for (const [flag, type] of [
    ['--type-done', typeDone],
    ['--type-failed', typeFailed],
  ] as const) {
    if (type !== undefined && !EVENT_TYPE.test(type)) throw usage(`${flag} takes a dotted name`, 'as backup.done')
  }
}

async function meetAgent(context: CommandContext): Promise<void> {
  const client = await context.connect()
  await client.health()
  client.close()
}

async function runAndTell(context: CommandContext, input: RunInput): Promise<number> {
  const { clock, env, output } = context
  const { command, pipe = false } = input
  const tail = createOutputTail()
  const news = watchProgress(tail, clock)
  const startedAt = clock.monotonic()
  const run = describeRun(context, input)
  const reporter = startReporter({
    clock,
    connect: () => context.connect(null),
    async progress() {
      const newest = news()
      return newest === null ? null : tellProgress(await run(), newest)
    },
  })
  let hear: ((signal: NodeJS.Signals) => void) | null = null
  const letGo = context.takeSignals(signal => hear?.(signal))
  try {
    const child = startChild({ argv: command, env, streams: output.streams, pipe, clock, watch: tail.push })
    hear = child.signal
    const { ending, failure } = await settle(child, command[0] ?? '')
    hear = reporter.giveUp
    const ms = clock.monotonic() - startedAt
    const details = { ms, tail: tail.lines(TAIL_LINES), why: failure?.message ?? null }
    const unheard = await run().then(known => reporter.finish(tellEnd(known, { ...ending, ...details })), toEcError)
    if (unheard !== null) output.say(describeUnheard(unheard))
    if (failure !== null) throw failure
    return ending.signal === null ? (ending.code ?? EXIT.own) : EXIT.signal + constants.signals[ending.signal]
  } finally {
    reporter.giveUp()
    letGo()
  }
}

/** Read when there is something to tell: the command does not wait for the configuration, nor fall by it. */
function describeRun(context: CommandContext, input: RunInput): () => Promise<Run> {
  const id = `run_${createIds(context.clock, randomBytes).uuid()}`
  let user: Promise<string> | null = null
  return async () => {
    user ??= input.user === undefined ? context.config().then(({ config }) => config.user) : Promise.resolve(input.user)
    const { title = null, command: argv, typeDone = 'job.done', typeFailed = 'system.alert' } = input
    return { id, user: await user, title, argv, typeDone, typeFailed }
  }
}

interface Settled {
  readonly ending: Ending
  /** Why it could not be started. */
  readonly failure: EcError | null
}

async function settle(child: Child, name: string): Promise<Settled> {
  try {
    return { ending: await child.ended, failure: null }
  } catch (cause) {
    return { ending: { code: null, signal: null }, failure: describeFailure(cause, terminalLine(name)) }
  }
}

function describeFailure(cause: unknown, name: string): EcError {
  if (isErrno(cause, 'ENOENT') || isErrno(cause, 'ENOTDIR')) {
    const hint = 'check its name, or give its path; what a shell makes of a line needs `sh -c`'
    return new EcError('EC_COMMAND', `there is no command ${name}`, { cause, hint, exit: EXIT.notFound })
  }
  if (isErrno(cause, 'EACCES') || isErrno(cause, 'EPERM') || isErrno(cause, 'ENOEXEC')) {
    const hint = 'look whether it is a program, and make it executable with `chmod +x`'
    return new EcError('EC_COMMAND', `${name} cannot be executed`, { cause, hint, exit: EXIT.notExecutable })
  }
  const why = cause instanceof Error ? `: ${cause.message}` : ''
  const hint = 'look what the system has run out of, and try again'
  return new EcError('EC_COMMAND', `${name} cannot be started${why}`, { cause, hint, exit: EXIT.own })
}

function describeUnheard({ message, code, hint }: EcError): string {
  return terminalLine(`ec: nobody was told how it ended: ${message} (${code}); next: ${hint}`)
}

function usage(message: string, hint = 'see `ec help run`'): EcError {
  return new EcError('EC_USAGE', message, { hint })
}
