import { z } from 'zod'
import { DEFAULT_CONFIG as DEFAULTS, EXPOSABLE, type Config } from './config.ts'
import { parseDuration } from './duration.ts'
import { CHANNELS, SENT_CHANNELS } from './event.ts'
import { EVENT_PATTERN, EVENT_TYPE, USER_ID } from './event-words.ts'
import { outletsSchema } from './outlet-schema.ts'
import { SIGNS } from './plan.ts'
import { readSender } from './sender.ts'
import { readSmtpUrl } from './smtp-server.ts'
import { TUNNELS } from './tunnel.ts'

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const

const text = z.string('takes a text').min(1, 'must not be empty')
// YAML reads a user id of digits as a number; it is the same user.
const userId = z.preprocess(
  value => (Number.isSafeInteger(value) ? String(value) : value),
  z.string('takes a user id').regex(USER_ID, 'takes 1 to 128 characters of A-Z a-z 0-9 . _ @ -'),
)
const httpUrl = z.string('takes a URL').refine(isHttpUrl, 'takes an http or https URL')
const origin = z
  .string('takes an origin')
  .refine(value => isHttpUrl(value) && new URL(value).origin === value, 'takes an origin, as https://example.org')
const host = z.string('takes a host name').regex(/^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])$/, 'takes a host name, no port')
const pushHost = z
  .string('takes a host name')
  .regex(
    /^(\*\.)?([a-z0-9-]+\.)*[a-z0-9-]*[a-z-][a-z0-9-]*(:\d{1,5})?$/,
    'takes a host name, as push.example.org or *.example.org',
  )
const part = z
  .number('takes a number from 0 to 1')
  .min(0, 'takes a number from 0 to 1')
  .max(1, 'takes a number from 0 to 1')
const smtpUrl = z
  .string('takes the URL of a mail server')
  .refine(value => readSmtpUrl(value) !== null, 'takes smtp://user:password@host:port, or smtps://')
const sender = z
  .string('takes a sender')
  .refine(value => readSender(value) !== null, 'takes an address, as EventCenter <ec@example.org>')
const dkimSelector = z
  .string('takes a name')
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/, 'takes a name as it stands in DNS, as ec1')
const address = z
  .string('takes an address')
  .regex(/^[0-9A-Fa-f:.]+(\/\d{1,3})?$/, 'takes an address or a CIDR block, as 10.0.0.0/8')

// A map from patterns to channels says the same as the list, and is shorter to write.
const routeRules = z.preprocess(
  value => (isMap(value) ? Object.entries(value).map(([pattern, channels]) => ({ pattern, channels })) : value),
  z.array(
    z.strictObject({
      pattern: z.string('takes a type pattern').regex(EVENT_PATTERN, 'takes a type pattern, as task.*'),
      channels: z.array(oneOf(CHANNELS), 'takes a list of channels'),
    }),
    'takes a list of rules { pattern, channels }',
  ),
)

const ladders = z.record(
  z.string().regex(EVENT_TYPE, 'takes an event type, as action.required'),
  z.array(
    z.strictObject({ channel: oneOf(SENT_CHANNELS), after: duration(), unless: oneOf(SIGNS) }),
    'takes a list of steps { channel, after, unless }',
  ),
  'takes a map from event types to lists of steps',
)

/**
 * Checks what a file, the environment or all layers together say, and fills in what they leave out. Every failure is
 * told at its path; unknown keys are failures.
 */
export const configSchema = section({
  user: userId.default(DEFAULTS.user),
  data_dir: text.nullable().default(DEFAULTS.data_dir),
  http: section({
    host: text.default(DEFAULTS.http.host),
    port: whole(0, 65_535).default(DEFAULTS.http.port),
    hosts: list(host),
    origins: list(origin),
  }).prefault({}),
  public: section({
    port: whole(0, 65_535).nullable().default(DEFAULTS.public.port),
    url: httpUrl.nullable().default(DEFAULTS.public.url),
    tunnel: oneOf(TUNNELS).nullable().default(DEFAULTS.public.tunnel),
    expose: list(oneOf(EXPOSABLE)),
  }).prefault({}),
  trusted_proxies: list(address),
  retention: section({
    progress: duration().default(DEFAULTS.retention.progress),
    events: duration().default(DEFAULTS.retention.events),
    notifications: duration().default(DEFAULTS.retention.notifications),
    bodies: duration().default(DEFAULTS.retention.bodies),
    calls: duration().default(DEFAULTS.retention.calls),
    jobs: duration().default(DEFAULTS.retention.jobs),
    traces: duration().default(DEFAULTS.retention.traces),
  }).prefault({}),
  receive: section({
    max_unverified_bytes: whole(1).default(DEFAULTS.receive.max_unverified_bytes),
    backlog: whole(1).default(DEFAULTS.receive.backlog),
    rate_per_resource: whole(1).default(DEFAULTS.receive.rate_per_resource),
    rate_per_address: whole(1).default(DEFAULTS.receive.rate_per_address),
  }).prefault({}),
  route: section({ rules: routeRules.default([]), ladders: ladders.default({}) }).prefault({}),
  push: section({
    hosts: z.array(pushHost, 'takes a list').default([...DEFAULTS.push.hosts]),
    governor: section({
      enabled: z.boolean('takes true or false').default(DEFAULTS.push.governor.enabled),
      min: whole(1).default(DEFAULTS.push.governor.min),
      rate: part.default(DEFAULTS.push.governor.rate),
    }).prefault({}),
  }).prefault({}),
  smtp: section({
    url: smtpUrl.nullable().default(DEFAULTS.smtp.url),
    from: sender.nullable().default(DEFAULTS.smtp.from),
  }).prefault({}),
  email: section({
    templates: text.nullable().default(DEFAULTS.email.templates),
    inbox_url: httpUrl.nullable().default(DEFAULTS.email.inbox_url),
    dkim: section({
      domain: host.nullable().default(DEFAULTS.email.dkim.domain),
      selector: dkimSelector.nullable().default(DEFAULTS.email.dkim.selector),
      key_file: text.nullable().default(DEFAULTS.email.dkim.key_file),
    }).prefault({}),
  }).prefault({}),
  channels: outletsSchema.prefault({}),
  log: section({ level: oneOf(LOG_LEVELS).default(DEFAULTS.log.level) }).prefault({}),
  cache: section({ ttl_s: whole(0).default(DEFAULTS.cache.ttl_s) }).prefault({}),
  google: section({
    base_url: httpUrl.nullable().default(DEFAULTS.google.base_url),
    token_url: httpUrl.nullable().default(DEFAULTS.google.token_url),
    auth_url: httpUrl.nullable().default(DEFAULTS.google.auth_url),
    certs_url: httpUrl.nullable().default(DEFAULTS.google.certs_url),
    client_id: text.nullable().default(DEFAULTS.google.client_id),
    client_secret: text.nullable().default(DEFAULTS.google.client_secret),
  }).prefault({}),
  pubsub: section({ base_url: httpUrl.nullable().default(DEFAULTS.pubsub.base_url) }).prefault({}),
  sync: section({
    poll: duration().default(DEFAULTS.sync.poll),
    fallback: duration().default(DEFAULTS.sync.fallback),
    fallback_max: duration().default(DEFAULTS.sync.fallback_max),
    coalesce: duration().default(DEFAULTS.sync.coalesce),
    silence: duration().default(DEFAULTS.sync.silence),
    days_back: whole(0, 3650).default(DEFAULTS.sync.days_back),
    days_ahead: whole(1, 3650).default(DEFAULTS.sync.days_ahead),
  }).prefault({}),
  allow_endpoints: list(httpUrl),
  doctor: section({ time_url: httpUrl.nullable().default(DEFAULTS.doctor.time_url) }).prefault({}),
  database_url: engineUrl('postgres://', ['postgres:', 'postgresql:']),
  redis_url: engineUrl('redis://', ['redis:', 'rediss:']),
}) satisfies z.ZodType<Config>

function section<Shape extends z.core.$ZodShape>(shape: Shape) {
  return z.strictObject(shape, { error: issue => (issue.code === 'invalid_type' ? 'takes a map' : undefined) })
}

function whole(min: number, max = Number.MAX_SAFE_INTEGER) {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
  return z
    .int(`takes a whole number ${range}`)
    .min(min, `takes a whole number ${range}`)
    .max(max, `takes a whole number ${range}`)
}

function list<Item extends z.ZodType>(item: Item) {
  return z.array(item, 'takes a list').default([])
}

function oneOf<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, `takes one of ${values.join(', ')}`)
}

function duration() {
  return z.string('takes a duration, as 90d, 12h or 30m').transform((value, context) => {
    const ms = parseDuration(value)
    if (ms !== null && ms > 0) return ms
    context.addIssue({ code: 'custom', message: 'takes a duration, as 90d, 12h or 30m' })
    return z.NEVER
  })
}

/** The URL of an engine that this version does not bring: refused by name, so that nobody hunts for a typing error. */
function engineUrl(shown: string, protocols: readonly string[]) {
  return z
    .string(`takes ${shown}...`)
    .refine(() => false, {
      error: issue =>
        isUrlOf(issue.input, protocols)
          ? `${shown}... comes with a later version; leave it out to use the embedded store`
          : `takes ${shown}...`,
    })
    .nullable()
    .default(null)
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isUrlOf(value: unknown, protocols: readonly string[]): boolean {
  return typeof value === 'string' && URL.canParse(value) && protocols.includes(new URL(value).protocol)
}

function isHttpUrl(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value)
}
