interface ConfigKey {
  /** How the text of an environment variable is read. */
  readonly kind: 'text' | 'number' | 'switch' | 'list' | 'json' | 'duration'
  readonly title: string
  /** A file in the working directory may set it only once it is trusted: it opens a door or says where things are. */
  readonly guarded: boolean
  /** Its value may carry a password and is masked wherever it is shown. */
  readonly secret: boolean
}

/** Every setting: its dotted path in `ec.config.yaml`; the variable `EC_...` is the path in capitals. */
export const CONFIG_KEYS: Readonly<Record<string, ConfigKey>> = {
  user: key('text', 'whose events `ec emit` makes when --user is not given'),
  data_dir: key('text', "the data folder instead of the platform's", { guarded: true }),
  'http.host': key('text', 'address of the private listener', { guarded: true }),
  'http.port': key('number', 'port of the private listener; 0 takes a free one'),
  'http.hosts': key('list', 'names that a Host header may carry beside the loopback ones', { guarded: true }),
  'http.origins': key('list', 'origins of pages that may use the API and /ws', { guarded: true }),
  'public.port': key('number', 'port of the public listener; without it there is none', { guarded: true }),
  'public.url': key('text', 'where the world reaches the public listener', { guarded: true }),
  'public.tunnel': key(
    'text',
    'cloudflared or ngrok: started for the public listener, where the world cannot reach this machine',
    {
      guarded: true,
    },
  ),
  'public.expose': key('list', 'what the public listener serves beside webhooks: ws, api, pages', { guarded: true }),
  trusted_proxies: key('list', 'addresses or CIDR blocks whose X-Forwarded-* is believed', { guarded: true }),
  'retention.progress': key('duration', 'how long progress events are kept'),
  'retention.events': key('duration', 'how long events are kept'),
  'retention.notifications': key('duration', 'how long notifications are kept'),
  'retention.bodies': key('duration', 'how long the raw bodies of notifications are kept'),
  'retention.calls': key('duration', 'how long API calls are kept one by one'),
  'retention.jobs': key('duration', 'how long finished jobs are kept'),
  'retention.traces': key('duration', 'how long the traces of events are kept'),
  'receive.max_unverified_bytes': key('number', 'bytes of unverified bodies in memory, over all requests'),
  'receive.backlog': key('number', 'unprocessed notifications beyond which webhooks get 503'),
  'receive.rate_per_resource': key('number', 'webhook requests a second for one resource'),
  'receive.rate_per_address': key('number', 'webhook requests a second from one address'),
  'route.rules': key('json', 'channels by type pattern, as {"task.*": ["ws", "push"]}'),
  'route.ladders': key(
    'json',
    'what is tried again, by type, as {"job.done": [{"channel": "push", "after": "30m", "unless": "read"}]}',
  ),
  'push.hosts': key('list', 'where push services of browsers may be, as *.push.apple.com', { guarded: true }),
  'push.governor.enabled': key('switch', 'whether a type is taken out of push that its user does not open'),
  'push.governor.min': key('number', 'pushes of a type within 30 days before that is judged'),
  'push.governor.rate': key('number', 'the part of them, 0 to 1, that must be opened within a day'),
  'smtp.url': key('text', 'the mail server, as smtp://mail.example.org:587', {
    guarded: true,
    secret: true,
  }),
  'smtp.from': key('text', 'who mail comes from, as EventCenter <ec@example.org>', { guarded: true }),
  'email.templates': key('text', "a folder with templates that come before ec's own; they run as code", {
    guarded: true,
  }),
  'email.inbox_url': key('text', 'where people see all of their notifications; digests link there', { guarded: true }),
  'email.dkim.domain': key('text', 'the domain that signs mail (DKIM)', { guarded: true }),
  'email.dkim.selector': key('text', 'under which name the domain publishes the key', { guarded: true }),
  'email.dkim.key_file': key('text', 'the private key that signs mail, a PEM file', { guarded: true }),
  'channels.exec': key('json', 'commands that events are given to, each as {"name": ..., "command": [...]}', {
    guarded: true,
  }),
  'channels.webhook': key(
    'json',
    'webhooks that events are sent to, each as {"name": ..., "url": ..., "secret_file": ...}',
    {
      guarded: true,
      secret: true,
    },
  ),
  'log.level': key('text', 'debug, info, warn, error or silent'),
  'cache.ttl_s': key('number', 'how long cached answers of providers are used, in seconds'),
  'google.base_url': key('text', "where Google's APIs are, when not at their own address", { guarded: true }),
  'google.token_url': key('text', "where Google's tokens are had, when not at their own address", { guarded: true }),
  'google.auth_url': key('text', 'the page on which a person consents, when it is not that of Google', {
    guarded: true,
  }),
  'google.certs_url': key('text', "keys that take the place of Google's, as of an emulator: a JWKS or certificates", {
    guarded: true,
  }),
  'google.client_id': key('text', 'the OAuth client by which accounts sign in', { guarded: true }),
  'google.client_secret': key('text', 'the secret of that client', { guarded: true, secret: true }),
  'pubsub.base_url': key('text', 'where Cloud Pub/Sub is, when not at its own address', { guarded: true }),
  'sync.poll': key('duration', 'how often is read what nothing tells us of'),
  'sync.fallback': key('duration', 'how often is read what a broken subscription no longer tells of'),
  'sync.fallback_max': key('duration', 'the same, after several failures'),
  'sync.coalesce': key('duration', 'how long a notification waits for others, which the same read sees'),
  'sync.silence': key('duration', 'after how long a silence one read looks whether something was missed'),
  'sync.days_back': key('number', 'days before today for which calendars are shown'),
  'sync.days_ahead': key('number', 'days from today for which calendars are shown'),
  allow_endpoints: key('list', 'hosts beside the services and this machine that tokens may go to, as https URLs', {
    guarded: true,
  }),
  'doctor.time_url': key('text', 'a server whose Date header `ec doctor` compares the clock with; none unless given', {
    guarded: true,
  }),
  database_url: key('text', 'postgres://... instead of the embedded store', { guarded: true, secret: true }),
  redis_url: key('text', 'redis://... for work, cache and fan-out', { guarded: true, secret: true }),
}

/** `http.port` -> `EC_HTTP_PORT`. */
export function environmentName(path: string): string {
  return `EC_${path.replaceAll('.', '_').toUpperCase()}`
}

/** Variables that ec reads and that are no setting. */
export const OTHER_VARIABLES: Readonly<Record<string, string>> = {
  EC_URL: 'the agent that commands speak with, instead of the local one',
  EC_TOKEN: 'the key for EC_URL',
  EC_COMPLETE_WAIT: 'how long TAB waits for what the agent knows (150ms)',
  EC_MASTER_KEY: 'opens the secrets in the store, instead of the file master.key',
}

/** What the commands of `channels.exec` are given; one that calls `ec` hands them on. */
export const COMMAND_VARIABLES = ['EC_EVENT_ID', 'EC_EVENT_TYPE', 'EC_USER_ID', 'EC_ATTEMPT'] as const

/** Variables of parts that read them when they come; known here so that nobody is told to mend them. */
export const PROVIDER_VARIABLES: readonly string[] = [
  'EC_MICROSOFT_BASE_URL',
  'EC_MICROSOFT_TOKEN_URL',
  'EC_GITHUB_BASE_URL',
  'EC_NOTION_BASE_URL',
  'EC_CALCOM_BASE_URL',
  'EC_GEMINI_BASE_URL',
  'EC_WEBSITE_API_URL',
  'EC_WEBSITE_API_KEY',
]

function key(
  kind: ConfigKey['kind'],
  title: string,
  traits: { readonly guarded?: boolean; readonly secret?: boolean } = {},
): ConfigKey {
  return { kind, title, guarded: traits.guarded ?? false, secret: traits.secret ?? false }
}
