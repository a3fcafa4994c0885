import { existsSync, rmSync } from 'node:fs'
import type { AgentOptions, RunningAgent, SandboxTraits } from '../../core/agent-options.ts'
import type { Config } from '../../core/config.ts'
import { EcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { DataPaths } from '../../core/paths.ts'
import type { CommandContext } from '../context.ts'

interface Launch {
  readonly config: Config
  readonly log: Log
  /** Null = its providers are the real ones. */
  readonly sandbox: SandboxTraits | null
  /** The master key is lost: what it sealed goes, if the present one does not open it. */
  readonly forgetSecrets: boolean
}

export interface LaunchedAgent {
  readonly agent: RunningAgent
  readonly paths: DataPaths
}

/** Prepares the data folder and its key, then starts the agent in this process. */
export async function launchAgent(context: CommandContext, launch: Launch): Promise<LaunchedAgent> {
  const { options, makesKey } = await prepare(context, launch)
  // First, since whatever imports SQLite fails with it.
  const { checkNativeModule } = await import('../../core/native-module.ts')
  checkNativeModule()
  const { startAgent } = await import('../../agent/agent.ts')
  try {
    return { agent: await startAgent(options), paths: options.paths }
  } catch (error) {
    // A key that was made for a store which has one already has sealed nothing, and would stand in the place of that one.
    if (makesKey && error instanceof EcError && error.code === 'EC_SEAL_BROKEN') {
      rmSync(options.paths.masterKey, { force: true })
    }
    throw error
  }
}

/** All that the agent is started with, and whether its master key was made for it just now. */
async function prepare(
  context: CommandContext,
  { config, log, sandbox, forgetSecrets }: Launch,
): Promise<{ readonly options: AgentOptions; readonly makesKey: boolean }> {
  const [{ prepareDataDir }, { dataPaths }, { loadMasterKey }, { readVersion }] = await Promise.all([
    import('../../core/data-dir.ts'),
    import('../../core/paths.ts'),
    import('../../core/master-key.ts'),
    import('../../core/version.ts'),
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
  const { env, clock } = context
  const common = { config, dataDir, paths, version, host, port, publicUrl, env, logLevel, log, clock }
  const own = sandbox === null ? {} : { sandbox }
  return { options: { ...common, ...own, masterKey, keySource, forgetSecrets }, makesKey }
}
