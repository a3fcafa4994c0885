import type { Channel, SentChannel } from './event.ts'
import type { LogLevel } from './log.ts'
import type { CommandOutlet, WebhookOutlet } from './outlet.ts'
import type { Sign } from './plan.ts'
import type { TunnelKind } from './tunnel.ts'

export const EXPOSABLE = ['ws', 'api', 'pages'] as const
export type Exposable = (typeof EXPOSABLE)[number]

/** Which channels the events of a type pattern (`task.*`) take when they name none themselves. */
export interface RouteRule {
  readonly pattern: string
  readonly channels: readonly Channel[]
}

/** A channel that is tried a while after an event, unless the person has done something by then. */
export interface LadderStep {
  readonly channel: SentChannel
  readonly after: number
  readonly unless: Sign
}

/**
 * The configuration, checked and complete. It has the words of `ec.config.yaml`, so that a person and the code call a
 * setting by the same name; durations are ms here and texts as `90d` in the file.
 */
export interface Config {
  /** Whose events `ec emit` makes when `--user` is not given. */
  readonly user: string
  /** Null = the platform's data folder. */
  readonly data_dir: string | null
  readonly http: {
    readonly host: string
    readonly port: number
    /** Names beside the loopback ones that a Host header may carry. */
    readonly hosts: readonly string[]
    /** Origins of pages that may speak with the API and `/ws`. */
    readonly origins: readonly string[]
  }
  readonly public: {
    /** Null = there is no public listener. */
    readonly port: number | null
    readonly url: string | null
    /** The program that makes an address for the public listener; null = none is started. */
    readonly tunnel: TunnelKind | null
    readonly expose: readonly Exposable[]
  }
  /** Addresses or CIDR blocks whose `X-Forwarded-*` is believed. */
  readonly trusted_proxies: readonly string[]
  readonly retention: {
    readonly progress: number
    readonly events: number
    readonly notifications: number
    readonly bodies: number
    readonly calls: number
    readonly jobs: number
    readonly traces: number
  }
  readonly receive: {
    /** Bytes of bodies that may be in memory before they are verified, over all requests. */
    readonly max_unverified_bytes: number
    /** Accepted and unprocessed notifications beyond which webhooks get 503. */
    readonly backlog: number
    /** Requests a second; twice as many may come at once. */
    readonly rate_per_resource: number
    readonly rate_per_address: number
  }
  readonly route: {
    readonly rules: readonly RouteRule[]
    /** What is tried again, by event type. */
    readonly ladders: Readonly<Record<string, readonly LadderStep[]>>
  }
  readonly push: {
    /** Where browsers' push services may be: `*.example.org`, `push.example.org`, `push.example.org:8443`. */
    readonly hosts: readonly string[]
    /** Takes a type out of push that its user does not open. */
    readonly governor: {
      readonly enabled: boolean
      /** After so many pushes of the type within 30 days. */
      readonly min: number
      /** When fewer than this part of them, 0 to 1, were opened within a day. */
      readonly rate: number
    }
  }
  readonly smtp: {
    /** The mail server (`readSmtpUrl`). Null = no mail goes out. */
    readonly url: string | null
    /** Who mail comes from (`readSender`). */
    readonly from: string | null
  }
  readonly email: {
    /** A folder with the operator's own templates. */
    readonly templates: string | null
    /** Where people see all of their notifications; digests link there. */
    readonly inbox_url: string | null
    /** Signs mail when all three are given. */
    readonly dkim: {
      readonly domain: string | null
      readonly selector: string | null
      readonly key_file: string | null
    }
  }
  /** Commands and webhooks that the operator has set up for events. */
  readonly channels: { readonly exec: readonly CommandOutlet[]; readonly webhook: readonly WebhookOutlet[] }
  readonly log: { readonly level: LogLevel }
  readonly cache: { readonly ttl_s: number }
  /** Null = Google's own addresses. */
  readonly google: {
    readonly base_url: string | null
    readonly token_url: string | null
    readonly auth_url: string | null
    readonly certs_url: string | null
    /** The OAuth client that accounts are signed in with; null = the one that the setup was given. */
    readonly client_id: string | null
    readonly client_secret: string | null
  }
  readonly pubsub: { readonly base_url: string | null }
  readonly sync: {
    /** How often is read what nothing tells us of, ms. */
    readonly poll: number
    /** While a subscription is broken: from, and after some failures, to, ms. */
    readonly fallback: number
    readonly fallback_max: number
    /** After a notification others may follow, which the same read sees, ms. */
    readonly coalesce: number
    /** After how long a silence is looked into, ms. */
    readonly silence: number
    /** Days before and after now that calendars are shown for. */
    readonly days_back: number
    readonly days_ahead: number
  }
  /** Hosts beside the services' own and this machine that tokens may go to. */
  readonly allow_endpoints: readonly string[]
  readonly doctor: {
    /** A server whose Date header `ec doctor` compares the clock with; null = none is asked. */
    readonly time_url: string | null
  }
  /** Null = the embedded store. */
  readonly database_url: string | null
  readonly redis_url: string | null
}

const DAY_MS = 86_400_000

export const DEFAULT_CONFIG: Config = {
  user: 'me',
  data_dir: null,
  http: { host: '127.0.0.1', port: 8787, hosts: [], origins: [] },
  public: { port: null, url: null, tunnel: null, expose: [] },
  trusted_proxies: [],
  retention: {
    progress: DAY_MS,
    events: 90 * DAY_MS,
    notifications: 90 * DAY_MS,
    bodies: 7 * DAY_MS,
    calls: 35 * DAY_MS,
    jobs: DAY_MS,
    traces: 30 * DAY_MS,
  },
  receive: {
    max_unverified_bytes: 64 * 1024 * 1024,
    backlog: 100_000,
    rate_per_resource: 50_000,
    rate_per_address: 50_000,
  },
  route: { rules: [], ladders: {} },
  push: {
    hosts: ['*.googleapis.com', '*.push.apple.com', '*.notify.windows.com', '*.push.services.mozilla.com'],
    governor: { enabled: true, min: 20, rate: 0.05 },
  },
  smtp: { url: null, from: null },
  email: { templates: null, inbox_url: null, dkim: { domain: null, selector: null, key_file: null } },
  channels: { exec: [], webhook: [] },
  log: { level: 'info' },
  cache: { ttl_s: 360 },
  google: {
    base_url: null,
    token_url: null,
    auth_url: null,
    certs_url: null,
    client_id: null,
    client_secret: null,
  },
  pubsub: { base_url: null },
  sync: {
    poll: 15 * 60_000,
    fallback: 60 * 60_000,
    fallback_max: 2 * 60 * 60_000,
    coalesce: 2_000,
    silence: 6 * 60 * 60_000,
    days_back: 30,
    days_ahead: 180,
  },
  allow_endpoints: [],
  doctor: { time_url: null },
  database_url: null,
  redis_url: null,
}
