import { dirname, resolve } from 'node:path'
import { homedir } from 'node:os'
import { readEnvironment } from './config-env.ts'
import { readConfigFile, type ConfigFile } from './config-file.ts'
import { CONFIG_KEYS } from './config-keys.ts'
import { checkLayer, configError, nestSettings, type RawSetting, type RawSettings } from './config-layer.ts'
import type { ConfigProblem } from './config-problem.ts'
import { openTrustStore } from './config-trust.ts'
import { EcError } from './errors.ts'
import { expandHome } from './expand-home.ts'
import {
  configPlaces,
  defaultOrigins,
  type ConfigInput,
  type ConfigLayer,
  type ConfigOrigin,
  type LoadedConfig,
} from './load-config.ts'

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

/** The long way of `loadConfig`: reads, checks and merges every layer. */
export async function loadLayers(input: ConfigInput): Promise<LoadedConfig> {
  const { files, problems, layers } = await readLayers(input)
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
    input.file === null ? configPlaces(input) : [{ layer: 'file', path: resolve(input.cwd, input.file) }]
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

async function mergeLayers(layers: readonly Layer[], input: ConfigInput): Promise<LoadedConfig> {
  const { configSchema } = await import('./config-schema.ts')
  const settings = new Map<string, RawSetting>()
  const origins = defaultOrigins()
  for (const layer of layers) {
    for (const [key, setting] of layer.settings) {
      settings.set(key, setting)
      origins.set(key, { layer: layer.name, source: setting.source })
    }
  }
  const document = nestSettings(settings)
  // Each layer is right by itself; two of them may still give one name to two things.
  const problems = await checkLayer(document, ([section, key]) => sourceOf(`${String(section)}.${String(key)}`))
  if (problems.length > 0) throw configError(problems)
  const config = configSchema.parse(document)
  const { dkim } = config.email
  const email = {
    templates: place('email.templates', config.email.templates),
    dkim: { ...dkim, key_file: place('email.dkim.key_file', dkim.key_file) },
  }
  return { config: { ...config, data_dir: place('data_dir', config.data_dir), email }, origins }

  function sourceOf(key: string): string {
    return origins.get(key)?.source ?? 'the configuration as a whole'
  }

  function place(key: string, path: string | null): string | null {
    return path === null ? null : placePath(path, origins.get(key), input.cwd)
  }
}

/** A relative path starts at the file that names it, else at the working directory. */
function placePath(dir: string, origin: ConfigOrigin | undefined, cwd: string): string {
  const inFile = origin?.layer === 'user' || origin?.layer === 'project' || origin?.layer === 'file'
  if (!inFile) return resolve(cwd, dir)
  return resolve(dirname(origin.source ?? cwd), expandHome(dir, homedir()))
}
