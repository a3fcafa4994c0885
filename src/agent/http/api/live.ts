import type { StoredEvent } from '../../../backends/store.ts'
import type { Job } from '../../../core/job.ts'
import type { Notification } from '../../../core/notification.ts'
import type { Door } from './door.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

export interface StreamApi {
  /** Takes over a WebSocket upgrade, authentication included. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, door: Door): void
  /** Answers with server-sent events until either side ends it. `cursor` is `EPOCH.SEQ` or null. */
  openEventStream(reader: StreamReader, cursor: string | null, response: ServerResponse): void
}

/** Who reads a stream, and until when he may. */
export interface StreamReader {
  readonly userId: string
  /** ms since 1970; null = until he leaves. */
  readonly expiresAt: number | null
  /** Id of the browser's session that let him in: when that ends, so does this. */
  readonly login?: string
}

export interface ActivityApi {
  /**
   * Answers with what the whole agent does, as server-sent events, until either side ends it. `cursor` is the `id` of the
   * last message that was read, or null. `EC_RATE_LIMITED` when too many follow already, `EC_DRAINING`, `EC_USAGE` for a
   * cursor that was not given here; nothing has been written then.
   */
  follow(cursor: string | null, response: ServerResponse): Promise<void>
}

/** What came to the store since the last look, and how the agent is. Rows ascend. */
export interface Activity {
  readonly at: number
  readonly instance: string
  readonly uptimeMs: number
  readonly notifications: readonly Notification[]
  readonly events: readonly StoredEvent[]
  readonly skipped: { readonly notifications: number; readonly events: number }
  /** What came before, and is different by now. */
  readonly changed: { readonly notifications: readonly Notification[]; readonly events: readonly StoredEvent[] }
  readonly totals: ActivityTotals
  readonly jobs: Readonly<Record<Job['state'], number>>
  readonly clients: number
}

/** Since the agent started. */
export interface ActivityTotals {
  readonly notifications: number
  readonly refused: number
  readonly events: number
  readonly deliveries: number
  readonly jobs: number
  readonly calls: number
}
