import { dirname, join, resolve } from 'node:path'
import { homedir } from 'node:os'
import { DEFAULT_CONFIG, type Config } from './config.ts'
import { readEnvironment, type Environment } from './config-env.ts'
import { readConfigFile, type ConfigFile } from './config-file.ts'
import { CONFIG_KEYS } from './config-keys.ts'
import {
  checkLayer,
  configError,
  nestSettings,
  type ConfigProblem,
  type RawSetting,
  type RawSettings,
} from './config-layer.ts'
import { openTrustStore } from './config-trust.ts'
import { EcError } from './errors.ts'
import { USER_ID } from './event-words.ts'

export const CONFIG_FILE_NAME = 'ec.config.yaml'

export interface ConfigInput {
  readonly env: Environment
  /** The working directory: home of the project's file, base of relative paths. */
  readonly cwd: string
  /** The user's configuration folder. */
  readonly configDir: string
  /** `--config FILE`: takes the place of both files, and is trusted since a person named it. */
  readonly file: string | null
  /** What flags say; their source is the flag's name. */
  readonly flags: RawSettings
}

export type ConfigLayer = 'default' | 'user' | 'project' | 'file' | 'environment' | 'flag'

export interface ConfigOrigin {
  readonly layer: ConfigLayer
  /** `path:line`, the variable's or the flag's name; null for a default. */
  readonly source: string | null
}

export interface LoadedConfig {
  readonly config: Config
  /** Where each setting came from, by dotted path; every setting is there. */
  readonly origins: ReadonlyMap<string, ConfigOrigin>
}

/** What was found, before anything is refused: `ec config check` tells all of it. */
export interface ConfigReport {
  readonly files: readonly ReportedFile[]
  readonly problems: readonly ConfigProblem[]
}

export interface ReportedFile extends ConfigFile {
  readonly layer: 'user' | 'project' | 'file'
  /** Settings that it may not make before it is trusted. */
  readonly untrusted: readonly string[]
}

interface Layer {
  readonly name: ConfigLayer
  readonly settings: RawSettings
}

/**
 * Defaults < the user's file < the project's file < environment < flags. Errors: `EC_CONFIG_INVALID`,
 * `EC_CONFIG_UNTRUSTED`, `EC_FILE`.
 */
export async function loadConfig(input: ConfigInput): Promise<LoadedConfig> {
  const { files, problems, layers } = await readLayers(input)
  const quick = files.length === 0 ? readPlainLayers(layers, input) : null
  if (quick !== null) return quick
  const all = [...problems, ...(await checkTextLayers(layers))]
  if (all.length > 0) throw configError(all)
  for (const file of files) refuseUntrusted(file)
  return mergeLayers(layers, input)
}

/** Reads and checks everything and refuses nothing. */
export async function reportConfig(input: ConfigInput): Promise<ConfigReport> {
  const { files, problems, layers } = await readLayers(input)
  return { files, problems: [...problems, ...(await checkTextLayers(layers))] }
}

async function readLayers(input: ConfigInput) {
  const trust = openTrustStore(input.configDir)
  const places: readonly { readonly layer: ReportedFile['layer']; readonly path: string }[] =
    input.file === null
      ? [
          { layer: 'user', path: join(input.configDir, CONFIG_FILE_NAME) },
          { layer: 'project', path: join(input.cwd, CONFIG_FILE_NAME) },
        ]
      : [{ layer: 'file', path: resolve(input.cwd, input.file) }]
  const files: ReportedFile[] = []
  for (const { layer, path } of places) {
    const file = await readConfigFile(path)
    if (file === null && layer === 'file') throw new EcError('EC_FILE', `${path} does not exist`)
    if (file === null || files.some(known => known.path === path)) continue
    const guarded = layer === 'project' ? [...file.settings.keys()].filter(key => CONFIG_KEYS[key]?.guarded) : []
    files.push({ ...file, layer, untrusted: guarded.length > 0 && trust.has(path, file.hash) ? [] : guarded })
  }
  const layers: readonly Layer[] = [
    ...files.map(file => ({ name: file.layer, settings: file.settings })),
    { name: 'environment', settings: readEnvironment(input.env) },
    { name: 'flag', settings: input.flags },
  ]
  return { files, layers, problems: files.flatMap(file => file.problems) }
}

/** Files were checked as they were read; the environment and the flags are checked here. */
async function checkTextLayers(layers: readonly Layer[]): Promise<readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = []
  for (const { name, settings } of layers) {
    if (settings.size === 0 || (name !== 'environment' && name !== 'flag')) continue
    const found = await checkLayer(nestSettings(settings), path => sourceOfPath(settings, path))
    problems.push(...found)
  }
  return problems
}

function sourceOfPath(settings: RawSettings, path: readonly PropertyKey[]): string {
  for (let length = path.length; length > 0; length--) {
    const setting = settings.get(path.slice(0, length).join('.'))
    if (setting) return setting.source
  }
  return ''
}

function refuseUntrusted(file: ReportedFile): void {
  if (file.untrusted.length === 0) return
  throw new EcError('EC_CONFIG_UNTRUSTED', `${file.path} is not trusted to set ${file.untrusted.join(', ')}`, {
    hint: `read the file, then \`ec config trust ${file.path}\``,
    details: { file: file.path, keys: file.untrusted },
  })
}

/**
 * Without files most commands know only a user and a data folder from outside. These need no schema, so commands start
 * without loading one. Null when there is more, or something to refuse.
 */
function readPlainLayers(layers: readonly Layer[], input: ConfigInput): LoadedConfig | null {
  const { settings, origins } = collect(layers)
  const user = settings.get('user')?.value ?? DEFAULT_CONFIG.user
  const dataDir = settings.get('data_dir')?.value ?? null
  const others = [...settings.keys()].some(key => key !== 'user' && key !== 'data_dir')
  if (others || typeof user !== 'string' || !USER_ID.test(user)) return null
  if (dataDir !== null && (typeof dataDir !== 'string' || dataDir === '')) return null
  return { config: { ...DEFAULT_CONFIG, user, data_dir: placeDataDir(dataDir, origins, input.cwd) }, origins }
}

async function mergeLayers(layers: readonly Layer[], input: ConfigInput): Promise<LoadedConfig> {
  const { configSchema } = await import('./config-schema.ts')
  const { settings, origins } = collect(layers)
  const config = configSchema.parse(nestSettings(settings))
  return { config: { ...config, data_dir: placeDataDir(config.data_dir, origins, input.cwd) }, origins }
}

function collect(layers: readonly Layer[]) {
  const settings = new Map<string, RawSetting>()
  const origins = new Map<string, ConfigOrigin>(
    Object.keys(CONFIG_KEYS).map(key => [key, { layer: 'default', source: null }]),
  )
  for (const layer of layers) {
    for (const [key, setting] of layer.settings) {
      settings.set(key, setting)
      origins.set(key, { layer: layer.name, source: setting.source })
    }
  }
  return { settings, origins }
}

/** A relative data folder lies beside the file that names it, else under the working directory. */
function placeDataDir(dir: string | null, origins: LoadedConfig['origins'], cwd: string): string | null {
  if (dir === null) return null
  const origin = origins.get('data_dir')
  const inFile = origin?.layer === 'user' || origin?.layer === 'project' || origin?.layer === 'file'
  if (!inFile) return resolve(cwd, dir)
  if (dir.startsWith('~/')) return join(homedir(), dir.slice(2))
  return resolve(dirname(origin.source ?? cwd), dir)
}
