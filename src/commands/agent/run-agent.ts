import type { RunningAgent } from '../../core/agent-options.ts'
import type { RawSetting, RawSettings } from '../../core/config-layer.ts'
import type { Config } from '../../core/config.ts'
import { keepHeapSmall } from '../../core/keep-heap-small.ts'
import type { Log } from '../../core/log.ts'
import type { TunnelKind } from '../../core/tunnel.ts'
import type { CommandContext } from '../context.ts'
import { launchAgent } from './launch-agent.ts'
import { openLogBook, showUntil } from './own-screens.ts'
import { startOwnSandbox, wantsSandbox, type OwnSandbox } from './own-sandbox.ts'

interface AgentInput {
  readonly host: string | undefined
  readonly port: number | undefined
  readonly publicUrl: string | undefined
  readonly tunnel: TunnelKind | undefined
  readonly sandbox: boolean | undefined
  readonly sandboxWhenNew: boolean | undefined
  readonly allowEndpoint: readonly string[] | undefined
  readonly tui: boolean
  readonly forgetSecrets: boolean | undefined
}

/** What is in hand gets this long to end once the agent was asked to stop. */
const GRACE_MS = 10_000

/** Runs the agent in this process until it is told to stop; on a terminal behind screens. */
export async function runAgent(context: CommandContext, input: AgentInput): Promise<void> {
  const leaveHeap = keepHeapSmall(context)
  const sandbox = (await wantsSandbox(context, input)) ? await startOwnSandbox(context) : null
  try {
    await serve(context, input, sandbox)
  } finally {
    await sandbox?.close()
    leaveHeap()
  }
}

async function serve(context: CommandContext, input: AgentInput, sandbox: OwnSandbox | null): Promise<void> {
  const { output, json } = context
  const { config: plain } = await context.config(new Map([...settingsOf(input), ...(sandbox?.settings ?? [])]))
  const config = sandbox === null ? plain : { ...plain, data_dir: sandbox.dataDir }
  const terminal = input.tui && !json ? output.openTerminal().terminal : null
  const plainLog = await createLog(context, config, output.isTTY && !json)
  const logBook = terminal === null ? null : await openLogBook(context, config, terminal, plainLog)
  const log = logBook?.log ?? plainLog
  const { agent, paths } = await launchAgent(context, {
    config,
    log,
    sandbox: sandbox?.traits ?? null,
    forgetSecrets: input.forgetSecrets === true,
  })
  await sayReady(context, agent, sandbox)
  const filling = sandbox?.fill({ agent, paths, user: config.user, log })
  // The screens show it themselves; without a terminal it stands in the line that was just written.
  if (terminal === null && output.isTTY && !json) {
    output.say(`inbox at ${agent.inbox}  (sign a browser in: ec token ${config.user} --link)`)
  }

  const stopped = Promise.race([agent.failed, untilAborted(context.signal)])
  if (terminal !== null && logBook !== null) {
    await showUntil(stopped, { context, terminal, logBook, agent, sandbox: sandbox !== null, paths })
    logBook.passTo(plainLog)
  }
  const failure = await stopped
  await filling
  if (output.isTTY && !json) {
    output.print('stopping: what is in hand is finished first (Ctrl-C again ends at once)\n')
  } else await output.line({ type: 'stopping' })
  await agent.stop(GRACE_MS)
  if (failure !== null) throw failure
}

async function sayReady(
  { output, json }: CommandContext,
  { url, inbox, socket, version }: RunningAgent,
  sandbox: OwnSandbox | null,
): Promise<void> {
  if (output.isTTY && !json) {
    const made = sandbox === null ? '' : `${output.paint.yellow('SANDBOX')}: all made up; your own: ec setup google\n`
    return output.print(`${made}${output.paint.green('ready')} at ${url}  (Ctrl-C stops)\n`)
  }
  const own = sandbox === null ? {} : { sandbox: sandbox.url }
  await output.line({ type: 'ready', url, socket, version, pid: process.pid, inbox, ...own })
}

async function createLog(context: CommandContext, config: Config, human: boolean): Promise<Log> {
  const { tell, talkPaint } = context.output
  if (!human) {
    const { createPinoLog } = await import('../../core/pino-log.ts')
    return createPinoLog(config.log.level, { write: line => tell(line.trimEnd()) })
  }
  const { createHumanLog } = await import('../../core/human-log.ts')
  return createHumanLog(config.log.level, line => tell(line.trimEnd()), talkPaint, context.clock)
}

/** Flags are the uppermost layer of the configuration. */
function settingsOf(input: AgentInput): RawSettings {
  const settings = new Map<string, RawSetting>()
  if (input.host !== undefined) settings.set('http.host', { value: input.host, source: '--host' })
  if (input.port !== undefined) settings.set('http.port', { value: input.port, source: '--port' })
  if (input.publicUrl !== undefined) settings.set('public.url', { value: input.publicUrl, source: '--public-url' })
  if (input.tunnel !== undefined) settings.set('public.tunnel', { value: input.tunnel, source: '--tunnel' })
  if (input.allowEndpoint !== undefined) {
    settings.set('allow_endpoints', { value: input.allowEndpoint, source: '--allow-endpoint' })
  }
  return settings
}

function untilAborted(signal: AbortSignal): Promise<null> {
  return new Promise(resolve => {
    if (signal.aborted) resolve(null)
    else signal.addEventListener('abort', () => resolve(null), { once: true })
  })
}
