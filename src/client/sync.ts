import type { SubscriptionState } from '../core/subscription.ts'
import type { PageOptions, PageReply } from './rows.ts'
import type {
  CacheReply,
  CalendarEventReply,
  CalendarEventsReply,
  CalendarsReply,
  JobReply,
  SubscriptionRow,
  SyncRunRow,
} from './sync-rows.ts'
import type { Transport } from './transport.ts'

/** What is read from providers, and what they were asked to tell us of. */
export interface SyncClient {
  /** For the operator. */
  readonly subscriptions: {
    list(filter?: SubscriptionFilter): Promise<PageReply<'subscriptions', SubscriptionRow>>
    get(id: string): Promise<SubscriptionRow>
    /** Replaces it by a new one, or extends it, now. */
    renew(id: string): Promise<JobReply>
    /** Stops it at its provider; the resource is polled until it is watched again. */
    stop(id: string): Promise<JobReply>
  }
  /** Reads that have ended, for the operator. */
  syncs(filter?: SyncRunFilter): Promise<PageReply<'syncs', SyncRunRow>>
  /** For the operator and the user himself. */
  readonly calendars: {
    list(user: string): Promise<CalendarsReply>
    /** The next seven days unless a window is given; RFC 3339. */
    events(user: string, filter?: CalendarEventFilter): Promise<CalendarEventsReply>
    /** By the provider's own id. */
    event(user: string, id: string): Promise<CalendarEventReply>
  }
  /** For the operator. */
  readonly cache: {
    /** What begins with `prefix`; all without one. */
    list(prefix?: string): Promise<CacheReply>
    clear(prefix?: string): Promise<{ readonly cleared: number }>
  }
}

export interface SubscriptionFilter extends PageOptions {
  readonly resource?: string | undefined
  readonly user?: string | undefined
  readonly state?: SubscriptionState | undefined
}

export interface SyncRunFilter extends PageOptions {
  readonly resource?: string | undefined
  /** An instant (RFC 3339) or a time as `24h`. */
  readonly since?: string | undefined
}

export interface CalendarEventFilter {
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** Id of the resource. */
  readonly calendar?: string | undefined
}

export function createSyncClient({ call }: Transport): SyncClient {
  return {
    subscriptions: {
      list: filter => call({ method: 'GET', path: '/api/subscriptions', query: { ...filter } }),
      get: id => call({ method: 'GET', path: `/api/subscriptions/${encodeURIComponent(id)}` }),
      renew: id => call({ method: 'POST', path: `/api/subscriptions/${encodeURIComponent(id)}/renew`, body: {} }),
      stop: id => call({ method: 'DELETE', path: `/api/subscriptions/${encodeURIComponent(id)}` }),
    },
    syncs: filter => call({ method: 'GET', path: '/api/syncs', query: { ...filter } }),
    calendars: {
      list: user => call({ method: 'GET', path: `/api/calendars/${encodeURIComponent(user)}` }),
      events: (user, filter) =>
        call({ method: 'GET', path: `/api/calendars/${encodeURIComponent(user)}/events`, query: { ...filter } }),
      event: (user, id) =>
        call({
          method: 'GET',
          path: `/api/calendars/${encodeURIComponent(user)}/events/${encodeURIComponent(id)}`,
        }),
    },
    cache: {
      list: prefix => call({ method: 'GET', path: '/api/cache', query: { prefix } }),
      clear: prefix => call({ method: 'DELETE', path: '/api/cache', query: { prefix } }),
    },
  }
}
