import type { Box } from '../shared/box.ts'
import type { WorkerOrder } from '../shared/messages.ts'
import type { PushPort } from '../shared/push-port.ts'
import type { Choices } from './choices.ts'
import type { Abilities } from './judge-support.ts'

/** What the desk's decisions need of a browser and of the agent. `open-desk-ports.ts` makes it of real ones. */
export interface DeskPorts {
  abilities(): Abilities
  permission(): Permission
  /** Asks the person. Only from a click. */
  askPermission(): Promise<Permission>
  readonly box: Box
  readonly choices: Choices
  /** The site's worker, registered if it is not yet. */
  worker(): Promise<PushWorker>
  /** One request to the agent, signed in as the page is. Rejects as `NotificationCenter.call` does. */
  call(method: string, path: string, body?: unknown): Promise<unknown>
  /** Told to the worker, if there is one. */
  order(order: WorkerOrder): void
  /** Does nothing where an app has no badge. */
  setBadge(count: number): void
  /** One page of the site at a time. */
  alone<T>(work: () => Promise<T>): Promise<T>
  now(): number
  wait(ms: number): Promise<void>
  readonly site: Site
}

export type Permission = 'default' | 'denied' | 'granted'

export interface PushWorker {
  readonly push: PushPort
  /** It is the agent's own, so that a subscription in it can be of nobody else. */
  readonly isOurs: boolean
}

/** What the page says of itself, for the worker's record. */
export interface Site {
  /** Of the agent, without a slash at its end. */
  readonly base: string
  readonly home: string
  readonly links: readonly string[]
  readonly lang: string
  readonly tz: string | null
}
