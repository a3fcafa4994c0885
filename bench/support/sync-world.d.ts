// What tests use of it; the rest is for the benchmarks beside it.
import type { EcClient } from '#ec/client.js'
import type { Sandbox } from '#ec/sandbox/start-sandbox.js'

export interface SyncWorld {
  readonly sandbox: Sandbox
  readonly client: EcClient
  /** Signs somebody of the sandbox in; his account's id. */
  signIn(person?: string): Promise<string>
  /** Watches a calendar of an account; the resource's id. */
  watch(account: string, target: string): Promise<string>
  /** What is loaded on first use has time to do so. */
  warmUp(): Promise<void>
  /** Moves time on, with all that falls due on the way. */
  advance(ms: number): Promise<void>
  sleep(): Promise<void>
  wake(): Promise<void>
  /** How many came in on the way to services so far. */
  requests(): number
  /** The copy of a resource: what its provider sent, by id. */
  copyOf(resource: string): ReadonlyMap<string, unknown>
  close(): Promise<void>
}

export function openSyncWorld(options?: { readonly start?: number; readonly seed?: number }): Promise<SyncWorld>
