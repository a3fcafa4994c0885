import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CONFIG_KEYS, environmentName } from './config-keys.ts'
import type { RawSettings } from './config-layer.ts'
import { DEFAULT_CONFIG, type Config } from './config.ts'
import { USER_ID } from './event-words.ts'

const CONFIG_FILE_NAME = 'ec.config.yaml'

export interface ConfigInput {
  readonly env: Readonly<Record<string, string | undefined>>
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

/**
 * Defaults < the user's file < the project's file < environment < flags. Errors: `EC_CONFIG_INVALID`,
 * `EC_CONFIG_UNTRUSTED`, `EC_FILE`.
 */
export async function loadConfig(input: ConfigInput): Promise<LoadedConfig> {
  const plain = loadPlain(input)
  if (plain !== null) return plain
  const { loadLayers } = await import('./config-layers.ts')
  return loadLayers(input)
}

/** The usual places of a configuration file. */
export function configPlaces(
  input: ConfigInput,
): readonly { readonly layer: 'user' | 'project'; readonly path: string }[] {
  return [
    { layer: 'user', path: join(input.configDir, CONFIG_FILE_NAME) },
    { layer: 'project', path: join(input.cwd, CONFIG_FILE_NAME) },
  ]
}

export function defaultOrigins(): Map<string, ConfigOrigin> {
  return new Map(Object.keys(CONFIG_KEYS).map(key => [key, { layer: 'default', source: null }]))
}

/**
 * Without files most commands hear of nothing but a user and a data folder. Neither needs a schema, so they start
 * without loading one, which would take as long as to start Node. Null when there is more, or something to refuse.
 */
function loadPlain(input: ConfigInput): LoadedConfig | null {
  const { env, cwd, flags } = input
  if (input.file !== null || configPlaces(input).some(({ path }) => existsSync(path))) return null
  const given = Object.keys(CONFIG_KEYS).filter(key => flags.has(key) || env[environmentName(key)])
  if (given.some(key => key !== 'user' && key !== 'data_dir')) return null
  const origins = defaultOrigins()
  const user = take('user') ?? DEFAULT_CONFIG.user
  const dataDir = take('data_dir')
  if (!USER_ID.test(user) || dataDir === '') return null
  return { config: { ...DEFAULT_CONFIG, user, data_dir: dataDir === null ? null : resolve(cwd, dataDir) }, origins }

  function take(key: string): string | null {
    const flag = flags.get(key)
    const value = flag === undefined ? env[environmentName(key)] : flag.value
    if (typeof value !== 'string' || (flag === undefined && value === '')) return null
    const layer = flag === undefined ? 'environment' : 'flag'
    origins.set(key, { layer, source: flag?.source ?? environmentName(key) })
    return value
  }
}
