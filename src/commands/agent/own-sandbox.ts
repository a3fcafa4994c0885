import { existsSync } from 'node:fs'
import type { RunningAgent, SandboxTraits } from '../../core/agent-options.ts'
import type { RawSetting, RawSettings } from '../../core/config-layer.ts'
import { toEcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { dataPaths, sandboxDir, type DataPaths } from '../../core/paths.ts'
import type { CommandContext } from '../context.ts'
import { discardSandboxFile, writeSandboxFile } from '../sandbox/sandbox-file.ts'

/** Stand-ins of the providers in this process, for its own agent. */
export interface OwnSandbox {
  readonly url: string
  /** Points the agent there. */
  readonly settings: RawSettings
  readonly dataDir: string
  readonly traits: SandboxTraits
  /** Signs its people in and watches what is theirs. Never rejects: the agent serves without. */
  fill(filling: Omit<SandboxFilling, 'people'>): Promise<void>
  close(): Promise<void>
}

export interface SandboxFilling {
  readonly agent: RunningAgent
  readonly paths: DataPaths
  /** Who owns what is watched. */
  readonly user: string
  /** Their addresses. */
  readonly people: readonly string[]
  readonly log: Log
}

/** Something happens this often: a newcomer sees the first within seconds. */
const EVERY_MS = 10_000
/** A day of life there takes ten minutes, in which each calendar changes as often as in a busy day. */
const PACE = 144
const PEOPLE = [{ email: 'ana@example.com', timeZone: 'Europe/Madrid' }] as const

/** Whether an agent with stand-ins is asked for: outright, or by somebody who has configured and stored nothing yet. */
export async function wantsSandbox(
  context: CommandContext,
  asked: { readonly sandbox: boolean | undefined; readonly sandboxWhenNew: boolean | undefined },
): Promise<boolean> {
  if (asked.sandbox === true) return true
  if (asked.sandboxWhenNew !== true) return false
  const { origins } = await context.config()
  const configured = [...origins].some(([path, { layer }]) => layer !== 'default' && !WHERE.has(path))
  return !configured && !existsSync((await pathsOf(context, await context.dataDir())).store)
}

/** Settings that say where an agent is, and nothing of what it is for. */
const WHERE: ReadonlySet<string> = new Set(['data_dir', 'http.host', 'http.port', 'log.level', 'user'])

export async function startOwnSandbox(context: CommandContext): Promise<OwnSandbox> {
  const { startSandbox } = await import('../../sandbox/start-sandbox.ts')
  const usual = await context.dataDir()
  const sandbox = await startSandbox({ clock: context.clock, accounts: PEOPLE, life: { everyMs: EVERY_MS } })
  const { urls } = sandbox
  // Where `ec sandbox mutate` and its like look for one.
  writeSandboxFile(usual, urls.google)
  return {
    url: urls.google,
    settings: new Map(
      Object.entries({
        'google.base_url': urls.google,
        'google.token_url': urls.token,
        'google.auth_url': urls.authorize,
        'google.certs_url': urls.certs,
        'google.client_id': 'sandbox',
        'google.client_secret': 'sandbox',
        'pubsub.base_url': urls.pubsub,
      }).map(([path, value]): readonly [string, RawSetting] => [path, { value, source: '--sandbox' }]),
    ),
    dataDir: sandboxDir(usual),
    traits: { pace: PACE },
    async fill(filling) {
      try {
        const { fillSandbox } = await import('./fill-sandbox.ts')
        await fillSandbox(context, { ...filling, people: PEOPLE.map(({ email }) => email) })
      } catch (thrown) {
        if (context.signal.aborted) return
        filling.log.error('the people of the sandbox could not be signed in', { code: toEcError(thrown).code })
      }
    },
    async close() {
      discardSandboxFile(usual, urls.google)
      await sandbox.close()
    },
  }
}

async function pathsOf(context: CommandContext, dir: string): Promise<DataPaths> {
  return dataPaths(dir, process.platform, (await context.places()).runtimeDir)
}
