import { resolve } from 'node:path'
import type { EcClient } from '../client.ts'
import type { AgentFile } from '../core/agent-file.ts'
import type { CommandContext, Output } from '../commands/context.ts'
import type { Clock } from '../core/clock.ts'
import type { RawSettings } from '../core/config-layer.ts'
import { EcError } from '../core/errors.ts'
import type { ConfigInput, LoadedConfig } from '../core/load-config.ts'
import { findPlaces, type Places } from '../core/places.ts'
import { readTextIfAny } from '../core/private-file.ts'
import type { GlobalInput } from './globals.ts'

export interface ContextInput {
  readonly globals: GlobalInput
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly output: Output
  readonly takeSignals: CommandContext['takeSignals']
}

/** What commands work with; everything that costs time is loaded when it is asked for. */
export function createContext(input: ContextInput): CommandContext {
  const { globals, env, cwd, output } = input
  const url = remoteUrl(globals, env)
  return {
    json: globals.json === true,
    env,
    cwd,
    clock: input.clock,
    signal: input.signal,
    output,
    takeSignals: input.takeSignals,
    remote: url !== null,
    tokenFile: globals.tokenFile ?? null,
    url: url?.replace(/\/+$/, '') ?? null,
    places,
    configInput,
    config,
    dataDir,
    connect,
  }

  function places(): Promise<Places> {
    return findPlaces(env)
  }

  async function configInput(flags: RawSettings = new Map()): Promise<ConfigInput> {
    const { configDir } = await places()
    const dataDir = globals.dataDir
    const given =
      dataDir === undefined ? flags : new Map([...flags, ['data_dir', { value: dataDir, source: '--data-dir' }]])
    return { env, cwd, configDir, file: globals.config ?? null, flags: given }
  }

  async function config(flags?: RawSettings): Promise<LoadedConfig> {
    const { loadConfig } = await import('../core/load-config.ts')
    return loadConfig(await configInput(flags))
  }

  async function dataDir(): Promise<string> {
    if (globals.dataDir !== undefined && globals.dataDir !== '') return resolve(cwd, globals.dataDir)
    const { config: loaded } = await config()
    return loaded.data_dir ?? (await places()).dataDir
  }

  async function connect(stop: AbortSignal | null = input.signal): Promise<EcClient> {
    const { createClient } = await import('../client.ts')
    const common = { retries: 0, ...(stop === null ? {} : { signal: stop }) }
    if (url !== null) return createClient({ url, token: await token(), ...common })
    const [{ dataPaths, sandboxDir }, { readAgentFile }] = await Promise.all([
      import('../core/paths.ts'),
      import('../core/agent-file.ts'),
    ])
    const { runtimeDir } = await places()
    const paths = dataPaths(await dataDir(), process.platform, runtimeDir)
    const agent = readAgentFile(paths.agent) ?? sandboxAgent()
    const { socket, secret } = agent ?? { socket: paths.socket, secret: null }
    return createClient({ socket, token: secret, ...common })

    /** Whoever has no other agent means that one. */
    function sandboxAgent(): AgentFile | null {
      const found = readAgentFile(dataPaths(sandboxDir(paths.dir), process.platform, runtimeDir).agent)
      if (found !== null && output.isTTY)
        output.say('asking the agent of the sandbox: no other runs on this data folder')
      return found
    }
  }

  async function token(): Promise<string | null> {
    const { tokenFile } = globals
    if (tokenFile === undefined) return env['EC_TOKEN'] || null
    const text = tokenFile === '-' ? await output.readStdin() : readTextIfAny(resolve(cwd, tokenFile))
    if (text === null) throw new EcError('EC_FILE', `the token file ${tokenFile} does not exist`)
    return text.trim()
  }
}

/** A flag goes before a variable: `--data-dir` names the local agent although `EC_URL` is set. */
function remoteUrl(globals: GlobalInput, env: ContextInput['env']): string | null {
  const url = globals.url ?? (globals.dataDir === undefined ? env['EC_URL'] : undefined)
  if (!url) return null
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url
  const source = globals.url === undefined ? 'EC_URL' : '--url'
  throw new EcError('EC_USAGE', `${source} takes an http or https URL`, { hint: `${source} http://127.0.0.1:8787` })
}
