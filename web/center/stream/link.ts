import type { CenterError } from '../center-error.ts'
import type { ServerFrame } from './frame.ts'

/** One connection to the agent's stream, or the attempt to have one. */
export interface Link {
  /** Passed over when the way leads only here. */
  send(text: string): void
  /** Ends it; nothing is heard of it any more. */
  close(): void
}

/** Why there is no connection (any more). */
export interface LinkEnd {
  /** Of the WebSocket; null when there was none, and for other transports. */
  readonly code: number | null
  /** Why there was not even an attempt; null when it was not the agent that refused. */
  readonly error: CenterError | null
}

export interface LinkListener {
  hear(frames: readonly ServerFrame[]): void
  /** Heard once, and last. */
  end(end: LinkEnd): void
}

export type Transport = 'ws' | 'sse'

/** Begins to connect; `cursor` as `EPOCH.SEQ`. Whatever happens is told to the listener, never thrown. */
export type OpenLink = (transport: Transport, cursor: string | null, listener: LinkListener) => Link
