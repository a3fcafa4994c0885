import type { Level } from '../core/event.ts'
import type { KeyScope } from '../core/service-key.ts'
import type { JobState } from '../core/job.ts'
import type { NotificationState } from '../core/notification.ts'
import type { Preferences, PreferencesPatch } from '../core/preferences.ts'
import type { CallsReply } from './call-rows.ts'
import type {
  ChannelRow,
  ChannelTrialReply,
  ChecksReply,
  DeviceRow,
  EngagementRow,
  HealthReply,
  JobRow,
  KeyRow,
  MailTrialReply,
  NotificationRecordRow,
  NotificationRow,
  PageOptions,
  PageReply,
  PushTrialReply,
  ReachReply,
  ReportRow,
  ResourceRow,
  SessionRow,
  StatusReply,
  SuppressedRow,
  UserRow,
} from './rows.ts'
import type { JobReply } from './sync-rows.ts'
import type { Transport } from './transport.ts'

/** Everything about an agent but its events; most of it takes operator rights. */
export interface HouseClient {
  readonly notifications: {
    list(filter?: NotificationFilter): Promise<PageReply<'notifications', NotificationRow>>
    get(id: string): Promise<NotificationRecordRow>
    /** What happened to it and why, one sentence a line. */
    why(id: string): Promise<NotificationRow & { readonly sentences: readonly string[] }>
  }
  readonly resources: {
    /** `secret` comes in the answer only when the agent made it, this once. */
    add(resource: NewResource): Promise<ResourceRow & { readonly secret?: string }>
    list(filter?: ResourceFilter): Promise<PageReply<'resources', ResourceRow>>
    get(id: string): Promise<ResourceRow>
    /** What the service sent in its handshake, to be pasted there. */
    secret(id: string): Promise<{ readonly id: string; readonly secret: string }>
    /** What is not given stays. `secret` comes in the answer only when the agent made it, this once. */
    change(id: string, change: ResourceChange): Promise<ResourceRow & { readonly secret?: string }>
    remove(id: string): Promise<void>
    /** What comes in meanwhile is kept and processed on `resume`. */
    pause(id: string): Promise<ResourceRow>
    resume(id: string): Promise<ResourceRow>
    /** Reads what has changed at the provider, or everything, as soon as may be. */
    sync(id: string, options?: SyncOptions): Promise<JobReply>
    /** Subscribes anew, whatever failed before. */
    watch(id: string): Promise<JobReply>
    /** Signs with the resource's secret, inside the agent: headers to set, and the body that goes with them. */
    sign(
      id: string,
      request: UnsignedRequest,
    ): Promise<{ readonly headers: Readonly<Record<string, string>>; readonly body_base64: string }>
  }
  readonly users: {
    list(page?: PageOptions): Promise<PageReply<'users', UserRow>>
    get(id: string): Promise<UserRow>
    /** Only what is given is changed; null empties a field. */
    put(id: string, user: UserFields): Promise<UserRow>
    readonly preferences: {
      get(id: string): Promise<Preferences>
      /** Each section that is given takes the place of the old one; all of them as they are then. */
      put(id: string, patch: PreferencesPatch): Promise<Preferences>
    }
    /** What came of pushes of late, by type. */
    engagement(id: string): Promise<{ readonly engagement: readonly EngagementRow[] }>
    /** What stands between the user and events at this moment. */
    reach(id: string): Promise<ReachReply>
    /** The last report of each browser, the newest first. */
    diagnostics(id: string): Promise<{ readonly reports: readonly ReportRow[] }>
    /** Removes the user with preferences, all events, questions, states, traces, devices, sessions and reports. */
    erase(id: string): Promise<void>
  }
  readonly keys: {
    /**
     * `key` is the secret; it is shown this once, and so is `callback_secret`, with which its callbacks are signed
     * (`whsec_` and base64, https://www.standardwebhooks.com).
     */
    create(key: NewKey): Promise<{ readonly id: string; readonly key: string; readonly callback_secret?: string }>
    list(page?: PageOptions): Promise<PageReply<'keys', KeyRow>>
    revoke(id: string): Promise<void>
  }
  readonly tokens: {
    /** A token that reads and answers as this user. */
    create(user: string, ttlMs?: number): Promise<{ readonly token: string; readonly expires_at: string }>
  }
  readonly sessions: {
    /** A link to the inbox that signs one browser in as this user, once. */
    link(user: string, ttlMs?: number): Promise<{ readonly url: string; readonly expires_at: string }>
    /** The browsers in which the user is signed in; not in pages, there are few. */
    list(user: string): Promise<{ readonly sessions: readonly SessionRow[] }>
    /** Signs all browsers of the user out. */
    endAll(user: string): Promise<void>
  }
  readonly push: {
    /** The key that browsers subscribe with. */
    key(): Promise<{ readonly key_id: string; readonly public_key: string }>
    /** Makes the first key, or with `rotate` another one; else sets the subject. `made`: there is a new key. */
    setUp(
      subject: string,
      rotate?: boolean,
    ): Promise<{
      readonly key_id: string
      readonly public_key: string
      readonly subject: string
      readonly made: boolean
    }>
    devices(filter?: DeviceFilter): Promise<PageReply<'devices', DeviceRow>>
    /** Sends a test now, and says what the push service answered. */
    test(device: string): Promise<PushTrialReply>
    remove(device: string): Promise<void>
  }
  readonly email: {
    /** Sends a test now, and says what the mail server answered. */
    test(user: string): Promise<MailTrialReply>
    suppressed(page?: PageOptions): Promise<PageReply<'suppressed', SuppressedRow>>
    /** Sends to an address again. */
    lift(address: string): Promise<void>
  }
  readonly channels: {
    /** Not in pages: there are few. */
    list(): Promise<{ readonly channels: readonly ChannelRow[] }>
    /** Gives a command or webhook a test now, and says what came of it. */
    test(name: string): Promise<ChannelTrialReply>
    switch(name: string, on: boolean): Promise<ChannelRow>
  }
  readonly jobs: {
    list(filter?: JobFilter): Promise<PageReply<'jobs', JobRow>>
    get(id: string): Promise<JobRow>
    /** Gives a dead job a fresh set of attempts. */
    retry(id: string): Promise<JobRow>
  }
  /** API calls to providers since an instant (RFC 3339) or for a time (`24h`), counted, and what they saved. */
  calls(since?: string): Promise<CallsReply>
  readonly features: {
    list(): Promise<{ readonly features: Readonly<Record<string, boolean>> }>
    set(name: string, on: boolean): Promise<void>
  }
  status(): Promise<StatusReply>
  health(): Promise<HealthReply>
  /** Every diagnostic that the agent can make by itself. */
  checks(): Promise<ChecksReply>
  /** The agent looks for itself through its public URL. */
  checkPublicUrl(): Promise<ChecksReply>
  /** Copies the running store to a file on the agent's machine. */
  backup(file: string): Promise<{ readonly file: string }>
  /** Puts a backup in the place of the store; `kept` is where the old one lies. */
  restore(file: string): Promise<{ readonly kept: string }>
}

export interface NotificationFilter extends PageOptions {
  readonly provider?: string | undefined
  readonly resource?: string | undefined
  readonly state?: NotificationState | undefined
  readonly since?: string | undefined
}

export interface NewResource {
  readonly provider: string
  /** The owner: events for what happens there go to this user. */
  readonly user: string
  readonly name?: string | undefined
  readonly settings?: Readonly<Record<string, string>>
  /** Without one the agent makes it; null = none at all, so that nothing that comes can be verified. */
  readonly secret?: string | null | undefined
  /** With both it is read: an account, and what of it, as `accounts.discover` names it. */
  readonly account?: string | undefined
  readonly target?: string | undefined
}

export interface ResourceChange {
  readonly name?: string | undefined
  /** All of them anew; of those that are secrets the ones that are given. */
  readonly settings?: Readonly<Record<string, string>> | undefined
  readonly secret?: string | undefined
  /** The agent makes a secret. */
  readonly new_secret?: boolean | undefined
  /** The newest secret so far holds beside the new one, while the service gets it. */
  readonly keep_secret?: boolean | undefined
}

/** A request to be signed as its provider would. */
export interface UnsignedRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body_base64: string
}

export interface SyncOptions {
  /** Everything anew. */
  readonly full?: boolean | undefined
  /** Lets a deletion through that was held back. */
  readonly confirm_deletion?: boolean | undefined
}

export interface ResourceFilter extends PageOptions {
  readonly provider?: string | undefined
  readonly user?: string | undefined
}

export interface UserFields {
  readonly name?: string | null | undefined
  readonly email?: string | null | undefined
  readonly tz?: string | null | undefined
  readonly lang?: string | null | undefined
}

export interface NewKey {
  readonly name: string
  readonly scope: readonly KeyScope[]
  /** Type patterns that it may emit; none = all. */
  readonly types?: readonly string[] | undefined
  readonly users?: readonly string[] | undefined
  readonly max_level?: Level | undefined
  /** Where answers to its questions go. */
  readonly callback?: string | undefined
}

export interface DeviceFilter extends PageOptions {
  readonly user?: string | undefined
}

export interface JobFilter extends PageOptions {
  readonly kind?: string | undefined
  readonly state?: JobState | undefined
  readonly group?: string | undefined
}

/** A test may go three times to a push service that answers late. */
const PUSH_TIMEOUT_MS = 40_000
/** A mail server may take thirty seconds. */
const MAIL_TIMEOUT_MS = 40_000
/** A command waits for its turn and takes its time. */
const CHANNEL_TIMEOUT_MS = 120_000
/** A large store takes its time. */
const STORE_TIMEOUT_MS = 30 * 60_000

export function createHouseClient({ call }: Transport): HouseClient {
  return {
    notifications: {
      list: filter => call({ method: 'GET', path: '/api/notifications', query: { ...filter } }),
      get: id => call({ method: 'GET', path: path('notifications', id) }),
      why: id => call({ method: 'GET', path: path('notifications', id, 'why') }),
    },
    resources: {
      add: resource => call({ method: 'POST', path: '/api/resources', body: resource }),
      list: filter => call({ method: 'GET', path: '/api/resources', query: { ...filter } }),
      get: id => call({ method: 'GET', path: path('resources', id) }),
      secret: id => call({ method: 'GET', path: path('resources', id, 'secret') }),
      change: (id, change) => call({ method: 'PATCH', path: path('resources', id), body: change }),
      remove: id => call({ method: 'DELETE', path: path('resources', id) }),
      pause: id => call({ method: 'POST', path: path('resources', id, 'pause'), body: {} }),
      resume: id => call({ method: 'POST', path: path('resources', id, 'resume'), body: {} }),
      sync: (id, options) => call({ method: 'POST', path: path('resources', id, 'sync'), body: { ...options } }),
      watch: id => call({ method: 'POST', path: path('resources', id, 'watch'), body: {} }),
      sign: (id, request) => call({ method: 'POST', path: path('resources', id, 'sign'), body: request }),
    },
    users: {
      list: page => call({ method: 'GET', path: '/api/users', query: { ...page } }),
      get: id => call({ method: 'GET', path: path('users', id) }),
      put: (id, user) => call({ method: 'PUT', path: path('users', id), body: user }),
      preferences: {
        get: id => call({ method: 'GET', path: path('users', id, 'preferences') }),
        put: (id, patch) => call({ method: 'PUT', path: path('users', id, 'preferences'), body: patch }),
      },
      engagement: id => call({ method: 'GET', path: path('users', id, 'engagement') }),
      reach: id => call({ method: 'GET', path: path('users', id, 'reach') }),
      diagnostics: id => call({ method: 'GET', path: path('users', id, 'diagnostics') }),
      erase: id => call({ method: 'DELETE', path: path('users', id) }),
    },
    keys: {
      create: key => call({ method: 'POST', path: '/api/keys', body: key }),
      list: page => call({ method: 'GET', path: '/api/keys', query: { ...page } }),
      revoke: id => call({ method: 'DELETE', path: path('keys', id) }),
    },
    tokens: {
      create: (user, ttlMs) =>
        call({
          method: 'POST',
          path: '/api/tokens',
          body: { user, ...(ttlMs === undefined ? {} : { ttl_s: Math.ceil(ttlMs / 1000) }) },
        }),
    },
    sessions: {
      link: (user, ttlMs) =>
        call({
          method: 'POST',
          path: '/api/session/link',
          body: { user, ...(ttlMs === undefined ? {} : { ttl_s: Math.ceil(ttlMs / 1000) }) },
        }),
      list: user => call({ method: 'GET', path: path('users', user, 'sessions') }),
      endAll: user => call({ method: 'DELETE', path: '/api/session', query: { everywhere: 'true', user } }),
    },
    push: {
      key: () => call({ method: 'GET', path: '/api/push/key' }),
      setUp: (subject, rotate = false) => call({ method: 'PUT', path: '/api/push/key', body: { subject, rotate } }),
      devices: filter => call({ method: 'GET', path: '/api/push/devices', query: { ...filter } }),
      test: device => call({ method: 'POST', path: '/api/push/test', body: { device }, timeoutMs: PUSH_TIMEOUT_MS }),
      remove: device => call({ method: 'DELETE', path: `/api/push/devices/${encodeURIComponent(device)}` }),
    },
    email: {
      test: user => call({ method: 'POST', path: '/api/email/test', body: { user }, timeoutMs: MAIL_TIMEOUT_MS }),
      suppressed: page => call({ method: 'GET', path: '/api/email/suppressed', query: { ...page } }),
      lift: address => call({ method: 'DELETE', path: `/api/email/suppressed/${encodeURIComponent(address)}` }),
    },
    channels: {
      list: () => call({ method: 'GET', path: '/api/channels' }),
      test: name =>
        call({ method: 'POST', path: path('channels', name, 'test'), body: {}, timeoutMs: CHANNEL_TIMEOUT_MS }),
      switch: (name, on) => call({ method: 'PUT', path: path('channels', name), body: { on } }),
    },
    jobs: {
      list: filter => call({ method: 'GET', path: '/api/jobs', query: { ...filter } }),
      get: id => call({ method: 'GET', path: path('jobs', id) }),
      retry: id => call({ method: 'POST', path: path('jobs', id, 'retry'), body: {} }),
    },
    calls: since => call({ method: 'GET', path: '/api/calls', query: { since } }),
    features: {
      list: () => call({ method: 'GET', path: '/api/features' }),
      set: (name, on) => call({ method: 'PUT', path: path('features', name), body: { on } }),
    },
    status: () => call({ method: 'GET', path: '/api/status' }),
    checks: () => call({ method: 'GET', path: '/api/checks' }),
    checkPublicUrl: () => call({ method: 'POST', path: '/api/checks/public', body: {} }),
    health: () => call({ method: 'GET', path: '/health' }),
    backup: file => call({ method: 'POST', path: '/api/backup', body: { file }, timeoutMs: STORE_TIMEOUT_MS }),
    restore: file => call({ method: 'POST', path: '/api/restore', body: { file }, timeoutMs: STORE_TIMEOUT_MS }),
  }
}

function path(collection: string, id: string, verb?: string): string {
  return `/api/${collection}/${encodeURIComponent(id)}${verb === undefined ? '' : `/${verb}`}`
}
