import type { Clock } from '../../core/clock.ts'
import type { RandomBytes } from '../../core/ids.ts'

export interface TicketsOptions {
  readonly clock: Clock
  readonly randomBytes: RandomBytes
}

/** What a ticket stands for. */
export interface TicketHolder {
  readonly userId: string
  /** When the session that it opens must end, ms since 1970. */
  readonly expiresAt: number
  /** Id of the browser's session that it came of. */
  readonly login?: string
}

export interface Tickets {
  issue(userId: string, login?: string): { readonly ticket: string; readonly expiresInMs: number }
  /** Takes the ticket out of use; null when it was used, has expired or never was. */
  redeem(ticket: string): TicketHolder | null
  /** Takes the tickets of sessions that have ended out of use. */
  withdraw(logins: readonly string[]): void
}

const GOOD_FOR_MS = 30_000
const TICKET_BYTES = 24
/** Tickets are of one size and life, so the oldest is the first to expire: it goes when there are too many. */
const MAX_TICKETS = 10_000
/** A ticket says nothing of how long its holder may stay; a client that comes back after this brings a new one. */
const SESSION_MS = 12 * 3600 * 1000

/** Single-use tickets for `/ws`: safe in a URL and its logs, since they are worth nothing a moment later. */
export function createTickets({ clock, randomBytes }: TicketsOptions): Tickets {
  const live = new Map<string, { readonly userId: string; readonly login?: string; readonly until: number }>()

  function dropOld(): void {
    const now = clock.monotonic()
    for (const [ticket, { until }] of live) {
      if (until > now && live.size < MAX_TICKETS) return
      live.delete(ticket)
    }
  }

  return {
    issue(userId, login) {
      dropOld()
      const ticket = Buffer.from(randomBytes(TICKET_BYTES)).toString('base64url')
      live.set(ticket, { userId, until: clock.monotonic() + GOOD_FOR_MS, ...(login === undefined ? {} : { login }) })
      return { ticket, expiresInMs: GOOD_FOR_MS }
    },
    redeem(ticket) {
      const found = live.get(ticket)
      live.delete(ticket)
      if (found === undefined || found.until <= clock.monotonic()) return null
      const { until: _, ...holder } = found
      return { ...holder, expiresAt: clock.now() + SESSION_MS }
    },
    withdraw(logins) {
      for (const [ticket, { login }] of live) if (login !== undefined && logins.includes(login)) live.delete(ticket)
    },
  }
}
