import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { EcError } from './errors.ts'
import type { Log, LogLevel } from './log.ts'
import type { DataPaths } from './paths.ts'

/** All that an agent is started with; it reads no environment, flag or configuration file of its own. */
export interface AgentOptions {
  readonly config: Config
  /** Exists and is private to its owner. */
  readonly dataDir: string
  /** The files of `dataDir`, the operator's socket included: the same answer that commands find the agent by. */
  readonly paths: DataPaths
  /** Opens what is sealed in the store. */
  readonly masterKey: Uint8Array
  /** Where that key came from, for people: `EC_MASTER_KEY`, or the path of the file. */
  readonly keySource: string
  /** That key is lost for good: what it sealed is forgotten if this one does not open it. */
  readonly forgetSecrets?: boolean
  readonly version: string
  /** `host`, `port` and `publicUrl` are those of `config` unless a flag named others; port 0 takes a free one. */
  readonly host: string
  readonly port: number
  readonly publicUrl: string | null
  /** For the commands of `channels.exec` and the secrets that `channels.webhook` names; the agent takes no setting from it. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Its providers are stand-ins on this machine: it says so everywhere, and knows no accounts when it starts, as they do. */
  readonly sandbox?: SandboxTraits
  readonly logLevel: LogLevel
  readonly log: Log
  readonly clock: Clock
}

export interface SandboxTraits {
  /** How many days of life pass there in one of ours: what a poller would have asked for is counted in theirs. */
  readonly pace: number
}

/** An agent that serves. */
export interface RunningAgent {
  readonly url: string
  /** The page that a person uses, without a secret in it. */
  readonly inbox: string
  /** Path of the operator's socket. */
  readonly socket: string
  readonly version: string
  /**
   * Whether nothing moves at this moment: no write, no look for jobs, no byte to a provider or from one. Whatever is in
   * hand then waits for time to pass, or for somebody from outside: a simulation moves its clock on.
   */
  isStill(): boolean
  /** Drains: takes nothing new, ends what runs within `graceMs`, closes. Idempotent. */
  stop(graceMs: number): Promise<void>
  /** Resolves when the agent cannot go on by itself; never rejects. It still wants to be stopped. */
  readonly failed: Promise<EcError>
}
