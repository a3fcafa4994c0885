import { resolve } from 'node:path'
import type { Config } from '../../core/config.ts'
import { toEcError, type EcError } from '../../core/errors.ts'
import { joinSignals } from '../../core/join-signals.ts'
import type { ConfigInput } from '../../core/load-config.ts'
import { dataPaths, type DataPaths } from '../../core/paths.ts'
import { readVersion } from '../../core/version.ts'
import type { CommandContext } from '../context.ts'
import { lookAtFolder, type FolderFacts } from './look-at-folder.ts'
import { lookAtStore, type StoreFacts } from './look-at-store.ts'
import { meetAgent, type AgentFacts } from './meet-agent.ts'

/** What the checks look at. Each thing is looked at once, however many ask. */
export interface Scene {
  readonly context: CommandContext
  readonly configInput: ConfigInput
  /** Null when it is not valid; what is wrong is told by a check of its own. */
  readonly config: Config | null
  /** Null when the agent is another machine's. */
  readonly paths: DataPaths | null
  /** Of this `ec`. */
  readonly version: string
  /** An error when the folder's disk does not answer: then whoever touches it would hang. */
  readonly folder: () => Promise<FolderFacts | EcError>
  readonly store: () => Promise<StoreFacts>
  readonly agent: () => Promise<AgentFacts>
}

/** What hangs is left alone after this time; all that follows from it must still end within the doctor's. */
const FOLDER_MS = 4_000
const STORE_MS = 9_000
const AGENT_MS = 4_000

export async function setScene(context: CommandContext): Promise<Scene> {
  const [configInput, places] = await Promise.all([context.configInput(), context.places()])
  const config = await loadOrNull(context)
  const dataDir = configInput.flags.get('data_dir')?.value ?? config?.data_dir ?? context.env['EC_DATA_DIR']
  const dir = resolve(context.cwd, typeof dataDir === 'string' && dataDir !== '' ? dataDir : places.dataDir)
  const paths = context.remote ? null : dataPaths(dir, process.platform, places.runtimeDir)

  const folder = once(async () => lookAtFolder(dir, within(FOLDER_MS)).catch(toEcError))
  const store = once(async () => {
    const reachable = paths !== null && 'folder' in (await folder())
    return lookAtStore(reachable ? paths.store : null, within(STORE_MS))
  })
  const agent = once(async () => {
    const found = paths === null ? null : await folder()
    return meetAgent(context, paths, found !== null && !('folder' in found), within(AGENT_MS))
  })
  return { context, configInput, config, paths, version: readVersion(), folder, store, agent }

  function within(ms: number): AbortSignal {
    return joinSignals([context.signal], ms).signal
  }
}

async function loadOrNull(context: CommandContext): Promise<Config | null> {
  try {
    return (await context.config()).config
  } catch {
    return null
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => (made ??= make())
}
