import type { EcClient } from '#ec/client.js'
import type { Chance } from '#ec/core/agent-options.js'
import type { Log } from '#ec/core/log.js'
import type { Sandbox, SandboxOptions } from '#ec/sandbox/start-sandbox.js'

export interface SyncWorldOptions {
  readonly seed?: number
  readonly accounts?: NonNullable<SandboxOptions['accounts']>
  /** How the services behave (`mannersSchema`), where not as usual. */
  readonly manners?: object
  /** ms since 1970. */
  readonly start?: number
  /** Of the agent's configuration, what is not as usual. */
  readonly config?: object
  readonly log?: Log
  readonly chance?: Chance
}

export interface SyncWorld {
  readonly sandbox: Sandbox
  /** The one clock of all: only `advance` moves it. */
  readonly clock: { now(): number; monotonic(): number }
  readonly port: number
  readonly paths: { readonly store: string }
  /** Of the agent that runs at this moment. */
  readonly client: EcClient
  readonly isAsleep: boolean
  /** Signs somebody of the sandbox in, as a browser would; his account's id. */
  signIn(person?: string, options?: { readonly user?: string; readonly providers?: readonly string[] }): Promise<string>
  /** Watches a calendar or mailbox of an account; the resource's id. */
  watch(account: string, target: string, provider?: string, user?: string): Promise<string>
  /** The machine of the agent sleeps: nobody is reached there. */
  sleep(): Promise<void>
  wake(): Promise<void>
  /** What is loaded on first use has time to do so. */
  warmUp(): Promise<void>
  /** Resolves when nothing moves any more but time. */
  settle(): Promise<void>
  /** Moves time on, with all that falls due on the way, each at its instant. */
  advance(ms: number): Promise<void>
  advanceTo(at: number): Promise<void>
  /** Lets time pass until something has come to its end that may wait for time; what it came to. */
  goOnUntil<T>(promise: Promise<T>): Promise<T>
  /** How many requests came to the services so far. */
  requests(): number
  /** Stops the agent: `graceMs` 0 = what is in hand is cut off. */
  stop(graceMs?: number): Promise<void>
  start(): Promise<void>
  /** The copy of a resource as it stands in the store: what its provider sent, by id. */
  copyOf(resource: string): ReadonlyMap<string, Readonly<Record<string, unknown>>>
  /** Rows of the store, by names that the caller knows. */
  query<Row>(text: string, ...values: readonly unknown[]): readonly Row[]
  close(): Promise<void>
}

/** The whole agent beside the stand-ins of its providers, in one process, on one clock that is moved by hand. */
export function openSyncWorld(options?: SyncWorldOptions): Promise<SyncWorld>
