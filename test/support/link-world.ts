import type { ServerFrame } from '../../web/center/stream/frame.js'
import type { Link, LinkEnd, LinkListener, OpenLink, Transport } from '../../web/center/stream/link.js'

/** An attempt to connect, which ends as the test says. */
export interface Attempt {
  readonly transport: Transport
  readonly cursor: string | null
  readonly at: number
  readonly sent: unknown[]
  isClosed: boolean
  hear(...frames: ServerFrame[]): void
  /** The agent says hello, and that there is nothing more of the past. */
  live(): void
  end(end?: Partial<LinkEnd>): void
}

export const HELLO = {
  t: 'hello',
  user: 'ann',
  epoch: 'e1',
  head: 7,
  recovered: true,
  unread: { total: 0, action: 0 },
  pingMs: 25_000,
} as const

/** Keeps every attempt to connect. */
export function recordAttempts(now: () => number): { readonly open: OpenLink; readonly attempts: Attempt[] } {
  const attempts: Attempt[] = []
  function open(transport: Transport, cursor: string | null, listener: LinkListener): Link {
    const attempt: Attempt = {
      transport,
      cursor,
      at: now(),
      sent: [],
      isClosed: false,
      hear: (...frames) => listener.hear(frames),
      live: () => listener.hear([HELLO, { t: 'live' }]),
      end: end => listener.end({ code: null, error: null, ...end }),
    }
    attempts.push(attempt)
    return {
      send: text => void attempt.sent.push(JSON.parse(text)),
      close: () => {
        attempt.isClosed = true
      },
    }
  }
  return { open, attempts }
}
