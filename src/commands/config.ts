import { resolve } from 'node:path'
import { unknownVariables } from '../core/config-env.ts'
import { readConfigFile } from '../core/config-file.ts'
import { CONFIG_KEYS } from '../core/config-keys.ts'
import { configError } from '../core/config-layer.ts'
import type { Config } from '../core/config.ts'
import { openTrustStore } from '../core/config-trust.ts'
import { formatDuration } from '../core/duration.ts'
import { EcError } from '../core/errors.ts'
import { reportConfig } from '../core/config-layers.ts'
import { loadConfig, type ConfigOrigin } from '../core/load-config.ts'
import type { CommandContext } from './context.ts'

/** Every setting with its value and where that came from. */
export async function listConfig(context: CommandContext): Promise<void> {
  const { config, origins } = await loadConfig(await context.configInput())
  const values = Object.keys(CONFIG_KEYS).map(key => ({
    key,
    value: shownValue(config, key),
    ...originOf(origins, key),
  }))
  const { output } = context
  if (context.json) return output.document({ values })
  await output.table(
    [{ title: 'setting' }, { title: 'value', shrinks: true }, { title: 'from' }],
    values.map(({ key, value, layer, source }) => [key, textOf(value), source ?? layer]),
  )
}

/** Reads and checks everything; fails with all that is wrong. */
export async function checkConfig(context: CommandContext): Promise<void> {
  const { files, problems } = await reportConfig(await context.configInput())
  const untrusted = files.filter(file => file.untrusted.length > 0)
  const warnings = unknownVariables(context.env)
  const { output } = context
  if (context.json) {
    output.document({
      ok: problems.length === 0 && untrusted.length === 0,
      files: files.map(({ path, layer, untrusted }) => ({ path, layer, untrusted })),
      problems,
      warnings,
    })
  } else {
    for (const { path, layer } of files) output.print(`${path} (${layer})\n`)
    if (files.length === 0) output.print('no configuration file; defaults and the environment hold\n')
    for (const warning of warnings) output.say(`note: ${warning}`)
  }
  if (problems.length > 0) throw configError(problems, 'correct what is named, then check again')
  const [first] = untrusted
  if (first === undefined) return
  throw new EcError('EC_CONFIG_UNTRUSTED', `${first.path} is not trusted to set ${first.untrusted.join(', ')}`, {
    hint: `read the file, then \`ec config trust ${first.path}\``,
  })
}

/** Trusts a file as it is now; a change of it takes the trust away. */
export async function trustConfig(context: CommandContext, input: { readonly path: string }): Promise<void> {
  const path = resolve(context.cwd, input.path)
  const file = await readConfigFile(path)
  if (file === null) throw new EcError('EC_FILE', `${path} does not exist`)
  const { configDir } = await context.places()
  openTrustStore(configDir).add(path, file.hash)
  if (context.json) context.output.document({ path, sha256: file.hash })
  else context.output.say(`${path} is trusted as it is now (sha256 ${file.hash.slice(0, 12)}...)`)
}

function originOf(origins: ReadonlyMap<string, ConfigOrigin>, key: string): ConfigOrigin {
  return origins.get(key) ?? { layer: 'default', source: null }
}

function shownValue(config: Config, key: string): unknown {
  const value = key.split('.').reduce<unknown>((at, name) => (isRecord(at) ? at[name] : undefined), config)
  const { kind, secret } = CONFIG_KEYS[key] ?? { kind: 'text', secret: false }
  if (kind === 'duration' && typeof value === 'number') return formatDuration(value)
  if (!secret) return value
  return typeof value === 'string' ? maskPassword(value) : maskHeaders(value)
}

/** What is sent along to a webhook is often a token, and so is the path of many a URL. */
function maskHeaders(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskHeaders)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (name === 'headers' && isRecord(inner))
        return [name, Object.fromEntries(Object.keys(inner).map(key => [key, '***']))]
      return [name, name === 'url' && typeof inner === 'string' ? new URL(inner).origin : inner]
    }),
  )
}

/** What stands between the name and the host of a URL. */
function maskPassword(url: string): string {
  return url.replace(/(:\/\/[^:@/]*):[^@]*@/, '$1:***@')
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '-'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
