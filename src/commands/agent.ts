import type { AgentOptions, RunningAgent } from '../core/agent-options.ts'
import type { RawSetting, RawSettings } from '../core/config-layer.ts'
import type { Config } from '../core/config.ts'
import { readAgentFile } from '../core/agent-file.ts'
import { toEcError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { DataPaths } from '../core/paths.ts'
import type { Terminal } from '../core/terminal.ts'
import type { LogBook } from '../agent/tui/log-book.ts'
import type { CommandContext } from './context.ts'
import { showScreens } from './show-screens.ts'

interface AgentInput {
  readonly host: string | undefined
  readonly port: number | undefined
  readonly publicUrl: string | undefined
  readonly tui: boolean
}

/** What is in hand gets this long to end once the agent was asked to stop. */
const GRACE_MS = 10_000
/** Errors that were logged while screens had the terminal, told after it was given back. */
const LAST_ERRORS = 10

/** Runs the agent in this process until it is told to stop; on a terminal behind screens. */
export async function runAgent(context: CommandContext, input: AgentInput): Promise<void> {
  const { output, json } = context
  const { config } = await context.config(settingsOf(input))
  const terminal = input.tui && !json ? output.openTerminal().terminal : null
  const plainLog = await createLog(context, config, output.isTTY && !json)
  const logBook = terminal === null ? null : await openLogBook(context, config, terminal, plainLog)
  const options = await prepare(context, config, logBook?.log ?? plainLog)
  const agent = await start(options)
  await sayReady(context, agent)

  const stopped = Promise.race([agent.failed, untilAborted(context.signal)])
  if (terminal !== null && logBook !== null) {
    await showUntil(stopped, { context, terminal, logBook, agent, paths: options.paths })
    logBook.passTo(plainLog)
  }
  const failure = await stopped
  if (output.isTTY && !json) {
    output.print('stopping: what is in hand is finished first (Ctrl-C again ends at once)\n')
  } else await output.line({ type: 'stopping' })
  await agent.stop(GRACE_MS)
  if (failure !== null) throw failure
}

async function sayReady({ output, json }: CommandContext, { url, socket, version }: RunningAgent): Promise<void> {
  if (output.isTTY && !json) output.print(`${output.paint.green('ready')} at ${url}  (Ctrl-C stops)\n`)
  else await output.line({ type: 'ready', url, socket, version, pid: process.pid })
}

interface OwnScreens {
  readonly context: CommandContext
  readonly terminal: Terminal
  readonly logBook: LogBook
  readonly agent: RunningAgent
  readonly paths: DataPaths
}

/** Shows the screens of the agent in this process, through the operator's door as any other operator would. */
async function showUntil(stopped: Promise<unknown>, screens: OwnScreens): Promise<void> {
  const { context, terminal, logBook, agent, paths } = screens
  const { output } = context
  const { createClient } = await import('../client.ts')
  const close = new AbortController()
  void stopped.then(() => close.abort())
  const token = readAgentFile(paths.agent)?.secret ?? null
  const client = createClient({ socket: agent.socket, token, retries: 0, signal: close.signal })
  try {
    const { url } = agent
    output.print(`${await showScreens({ context, client, terminal, url, signal: close.signal, logBook })}\n`)
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

async function openLogBook(
  { clock }: CommandContext,
  config: Config,
  { hasStderr }: Terminal,
  plainLog: Log,
): Promise<LogBook> {
  const { createLogBook } = await import('../agent/tui/log-book.ts')
  const logBook = createLogBook(config.log.level, clock)
  // A log that goes to a file goes on to do so.
  if (!hasStderr) logBook.passTo(plainLog)
  return logBook
}

async function prepare(context: CommandContext, config: Config, log: Log): Promise<AgentOptions> {
  const [{ prepareDataDir }, { dataPaths }, { loadMasterKey }, { readVersion }] = await Promise.all([
    import('../core/data-dir.ts'),
    import('../core/paths.ts'),
    import('../core/master-key.ts'),
    import('../core/version.ts'),
  ])
  const { dataDir: usual, runtimeDir } = await context.places()
  const dataDir = config.data_dir ?? usual
  prepareDataDir(dataDir)
  const paths = dataPaths(dataDir, process.platform, runtimeDir)
  const masterKey = loadMasterKey(context.env['EC_MASTER_KEY'], paths.masterKey)
  const { host, port } = config.http
  const { url: publicUrl } = config.public
  const { level: logLevel } = config.log
  const version = readVersion()
  return { config, dataDir, paths, masterKey, version, host, port, publicUrl, logLevel, log, clock: context.clock }
}

async function start(options: AgentOptions): Promise<RunningAgent> {
  // First, since whatever imports SQLite fails with it.
  const { checkNativeModule } = await import('../core/native-module.ts')
  checkNativeModule()
  const { startAgent } = await import('../agent/agent.ts')
  return startAgent(options)
}

async function createLog(context: CommandContext, config: Config, human: boolean): Promise<Log> {
  const { tell, talkPaint } = context.output
  if (!human) {
    const { createPinoLog } = await import('../core/pino-log.ts')
    return createPinoLog(config.log.level, { write: line => tell(line.trimEnd()) })
  }
  const { createHumanLog } = await import('../core/human-log.ts')
  return createHumanLog(config.log.level, line => tell(line.trimEnd()), talkPaint, context.clock)
}

/** Flags are the uppermost layer of the configuration. */
function settingsOf(input: AgentInput): RawSettings {
  const settings = new Map<string, RawSetting>()
  if (input.host !== undefined) settings.set('http.host', { value: input.host, source: '--host' })
  if (input.port !== undefined) settings.set('http.port', { value: input.port, source: '--port' })
  if (input.publicUrl !== undefined) settings.set('public.url', { value: input.publicUrl, source: '--public-url' })
  return settings
}

function untilAborted(signal: AbortSignal): Promise<null> {
  return new Promise(resolve => {
    if (signal.aborted) resolve(null)
    else signal.addEventListener('abort', () => resolve(null), { once: true })
  })
}
