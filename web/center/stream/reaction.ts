import type { LinkEnd } from './link.ts'

/** What to do when a connection has ended. */
export type Reaction =
  /** Come back, after a wait that grows. */
  | { readonly do: 'retry' }
  /** Come back with another token. */
  | { readonly do: 'renew' }
  /** Another try would end in the same way; look again after so long, or when something happens. */
  | { readonly do: 'rest'; readonly forMs: number }
  /** Come back after so long. */
  | { readonly do: 'wait'; readonly forMs: number }
  /** Nothing but another sign-in will help. */
  | { readonly do: 'give-up' }

const REST_MS = 300_000

/** Codes from 4000 ask to come back, those from 4400 say that something must change first; see docs/stream.md. */
export function reactionTo({ code, error }: LinkEnd): Reaction {
  if (error !== null) {
    if (error.status === 401) return { do: 'give-up' }
    // The page's origin is not allowed, or the token is of no user: only the operator can change that.
    if (error.status === 403 || error.status === 404) return { do: 'rest', forMs: REST_MS }
    return error.retryAfterMs === null ? { do: 'retry' } : { do: 'wait', forMs: error.retryAfterMs }
  }
  switch (code) {
    case 4005:
    case 4400:
    case 4402:
      return { do: 'renew' }
    // The user was erased.
    case 4403:
      return { do: 'give-up' }
    default:
      // Frames that are not understood, or as many sockets as a user may have: the same would come of it again.
      return code !== null && code >= 4400 && code <= 4499 ? { do: 'rest', forMs: REST_MS } : { do: 'retry' }
  }
}
