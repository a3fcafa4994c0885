import type { PageClock } from '../center/page-clock.ts'
import type { PushDesk } from '../push/push-desk.ts'

/** Everything that the checks touch outside themselves, so that what they make of it can be tried without a browser. */
export interface DiagnosticContext {
  readonly clock: PageClock
  readonly random: () => string
  readonly agent: AgentPort
  readonly surroundings: Surroundings
  readonly storage: StoragePort
  /** Null where the browser has none, and where the site has none for notifications. */
  readonly workers: WorkerPort | null
  readonly notifications: NotificationPort | null
  readonly desk: Pick<PushDesk, 'state' | 'reconcile' | 'enable'> | null
  readonly sound: SoundPort
  readonly media: MediaPort
  readonly power: PowerPort
  /** Of `ec`: what this module was built with, and so what the agent serves. */
  readonly version: string
}

/** What is known without asking anybody. */
export interface Surroundings {
  readonly isSecure: boolean
  /** The page's own origin; null when the page is the agent's. */
  readonly foreign: string | null
  readonly userAgent: string
  readonly language: string
  readonly tz: string | null
  /** Runs as an app of its own, from the home screen. */
  readonly isInstalled: boolean
  readonly isIos: boolean
  readonly hasWorkers: boolean
  readonly hasPush: boolean
  readonly hasBadge: boolean
}

/** The agent, as the person who is signed in here. Rejects with a `CenterError`. */
export interface AgentPort {
  call<Answer = unknown>(method: string, path: string, body?: unknown): Promise<Answer>
  /** An answer that goes on; only its head has a deadline. */
  open(path: string, signal: AbortSignal): Promise<Response>
  /** `/health`, which nobody needs to sign in for. */
  health(signal: AbortSignal): Promise<Response>
  /** A socket to `/ws` with this query. */
  openSocket(query: string): WebSocket
}

export interface StoragePort {
  /** Writes a row and reads it again; rejects where the browser keeps nothing. */
  tryDatabase(): Promise<boolean>
  tryCookie(): boolean
  /** What the push desk keeps of this browser: the device that the agent knows it as. */
  readDevice(): Promise<string | null>
}

export interface WorkerPort {
  /** Where the worker of this site is to be. */
  readonly url: string
  /** The registration that serves `/`, null without one. */
  find(): Promise<Registered | null>
  /** Registers it anew; resolves when it is active. */
  register(): Promise<void>
  /** Asks for its version; null when it does not answer within `ms`. */
  askVersion(ms: number): Promise<string | null>
  /** Fetches the script anew; resolves when no older one is active. */
  update(): Promise<void>
  /** Hears of the events that the worker shows; returns how to stop. */
  onShown(listener: (event: string) => void): () => void
}

export interface Registered {
  readonly script: string
  readonly isActive: boolean
  readonly subscription: Subscribed | null
}

export interface Subscribed {
  /** Of the agent, base64url; null where the browser does not tell. */
  readonly key: string | null
}

export interface NotificationPort {
  permission(): 'default' | 'granted' | 'denied'
  /** How many buttons a notification may have; 0 where there are none. */
  readonly maxActions: number
}

export interface SoundPort {
  /** Plays a short sound; what became of it. */
  play(): Promise<'played' | 'blocked' | 'none'>
}

export type MediaKind = 'camera' | 'microphone'

export interface MediaPort {
  /** Asks for it, listens or looks for a moment, lets go of it. */
  try(kind: MediaKind, onLevel: (level: number) => void, signal: AbortSignal): Promise<MediaTrial>
}

/** `level`: the loudest of the moment, 0 to 1; null of a camera. */
export type MediaTrial =
  | { readonly found: 'ok'; readonly name: string; readonly level: number | null }
  | { readonly found: 'denied' | 'absent' | 'busy' | 'unsupported' }

export interface PowerPort {
  /** Null where the browser does not tell. */
  read(): Promise<{ readonly saver: boolean; readonly battery: number | null; readonly charging: boolean }>
}
