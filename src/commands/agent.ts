import { existsSync, rmSync } from 'node:fs'
import type { AgentOptions, RunningAgent } from '../core/agent-options.ts'
import type { RawSetting, RawSettings } from '../core/config-layer.ts'
import type { Config } from '../core/config.ts'
import { EcError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { CommandContext } from './context.ts'

interface AgentInput {
  readonly host: string | undefined
  readonly port: number | undefined
  readonly publicUrl: string | undefined
  /** Until there are screens, both values mean the same. */
  readonly tui: boolean
}

/** What is in hand gets this long to end once the agent was asked to stop. */
const GRACE_MS = 10_000

/** Runs the agent in this process until it is told to stop. */
export async function runAgent(context: CommandContext, input: AgentInput): Promise<void> {
  const { config } = await context.config(settingsOf(input))
  const human = context.output.isTTY && !context.json
  const log = await createLog(context, config, human)
  const agent = await start(...(await prepare(context, config, log)))
  const { url, socket, version } = agent
  if (human) context.output.print(`${context.output.paint.green('ready')} at ${url}  (Ctrl-C stops)\n`)
  else await context.output.line({ type: 'ready', url, socket, version, pid: process.pid })

  const failure = await Promise.race([agent.failed, untilAborted(context.signal)])
  if (human) context.output.print('stopping: what is in hand is finished first (Ctrl-C again ends at once)\n')
  else await context.output.line({ type: 'stopping' })
  await agent.stop(GRACE_MS)
  if (failure !== null) throw failure
}

/** All that the agent is started with, and whether its master key was made for it just now. */
async function prepare(context: CommandContext, config: Config, log: Log): Promise<readonly [AgentOptions, boolean]> {
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
  const variable = context.env['EC_MASTER_KEY']
  const makesKey = !variable && !existsSync(paths.masterKey)
  const masterKey = loadMasterKey(variable, paths.masterKey)
  const keySource = variable ? 'EC_MASTER_KEY' : paths.masterKey
  const { host, port } = config.http
  const { url: publicUrl } = config.public
  const { level: logLevel } = config.log
  const version = readVersion()
  const common = { config, dataDir, paths, version, host, port, publicUrl, logLevel, log, clock: context.clock }
  return [{ ...common, masterKey, keySource }, makesKey]
}

async function start(options: AgentOptions, madeKey: boolean): Promise<RunningAgent> {
  const { startAgent } = await import('../agent/agent.ts')
  try {
    return await startAgent(options)
  } catch (error) {
    // A key that was made for a store which has one already has sealed nothing, and would stand in the place of that one.
    if (madeKey && error instanceof EcError && error.code === 'EC_SEAL_BROKEN') {
      rmSync(options.paths.masterKey, { force: true })
    }
    throw error
  }
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
