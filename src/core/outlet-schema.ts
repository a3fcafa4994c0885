import { isIP } from 'node:net'
import { z } from 'zod'
import { EVENT_PATTERN, USER_ID } from './event-words.ts'
import { isPublicAddress } from './public-address.ts'

const MAX_OUTLETS = 50
/** With the time that it takes to end a command, within the lease of a job: longer work is to be started and left. */
const MAX_TIMEOUT_S = 45
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/
/** What the request says of itself, and what would let it be read as two. */
const RESERVED_HEADER =
  /^(webhook-.*|content-.*|host|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|proxy-.*)$/i

const common = {
  name: z
    .string('takes a name')
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'takes a name of a-z, 0-9 and -, at most 40 characters'),
  users: z
    .array(z.string('takes user ids').regex(USER_ID, 'takes user ids'), 'takes a list of user ids')
    .min(1, 'names nobody; leave it out for everybody')
    .optional(),
  types: z
    .array(
      z.string('takes type patterns').regex(EVENT_PATTERN, 'takes a type pattern, as task.*'),
      'takes a list of type patterns',
    )
    .min(1, 'names no type; leave it out for all')
    .optional(),
}

const command = z.strictObject(
  {
    ...common,
    command: z
      .array(
        z.string('takes texts').refine(text => !text.includes('\0'), 'must not hold a zero byte'),
        {
          error: 'takes a list: the program, then its arguments; no shell reads it',
        },
      )
      .min(1, 'takes at least the program')
      .refine(([program]) => program !== '', 'takes at least the program'),
    timeout_s: z
      .number(`takes seconds, at most ${MAX_TIMEOUT_S}`)
      .positive(`takes seconds, at most ${MAX_TIMEOUT_S}`)
      .max(MAX_TIMEOUT_S, `takes seconds, at most ${MAX_TIMEOUT_S}`)
      .default(30),
  },
  { error: issue => (issue.code === 'invalid_type' ? 'takes a map with name and command' : undefined) },
)

const webhook = z
  .strictObject(
    {
      ...common,
      url: z.string('takes a URL').refine(isPlainUrl, 'takes an http or https URL without a user and a fragment'),
      secret_file: z
        .string('takes a path')
        .regex(/^(\/|~\/|[A-Za-z]:[\\/])/, 'takes a whole path, as ~/.config/ec/hook.secret')
        .optional(),
      secret_env: z
        .string('takes the name of a variable')
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'takes the name of a variable')
        .optional(),
      headers: z
        .record(
          z.string(),
          z.string('takes texts').regex(/^[\t\x20-\x7e]*$/, 'takes printable ASCII'),
          'takes a map from names to texts',
        )
        .optional(),
      allow_http: z.boolean('takes true or false').default(false),
      allow_private: z.boolean('takes true or false').default(false),
    },
    { error: issue => (issue.code === 'invalid_type' ? 'takes a map with name, url and secret_file' : undefined) },
  )
  .superRefine((hook, context) => {
    const refuse = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
    if ((hook.secret_file === undefined) === (hook.secret_env === undefined)) {
      refuse('secret_file', 'takes either secret_file or secret_env')
    }
    for (const name of Object.keys(hook.headers ?? {})) {
      if (!HEADER_NAME.test(name)) refuse('headers', `${name} is no name of a header`)
      if (RESERVED_HEADER.test(name)) refuse('headers', `${name} is a header that the request sets itself`)
    }
    if (!isPlainUrl(hook.url)) return
    const url = new URL(hook.url)
    if (url.protocol === 'http:' && !hook.allow_http) {
      refuse('url', 'is not https; anybody on the way could read the events (allow_http: true takes that)')
    }
    const host = url.hostname.replace(/^\[|\]$/g, '')
    if (isIP(host) !== 0 && !isPublicAddress(host) && !hook.allow_private) {
      refuse('url', 'leads into a network of your own (allow_private: true takes that)')
    }
  })

/** `channels` of the configuration: what the operator has set up for events, by channel. */
export const outletsSchema = z
  .strictObject(
    { exec: listOf(command), webhook: listOf(webhook) },
    { error: issue => (issue.code === 'invalid_type' ? 'takes a map' : undefined) },
  )
  .superRefine(({ exec, webhook: hooks }, context) => {
    const seen = new Set<string>()
    for (const [channel, outlets] of Object.entries({ exec, webhook: hooks })) {
      for (const [i, { name }] of outlets.entries()) {
        if (seen.has(name)) {
          context.addIssue({ code: 'custom', path: [channel, i, 'name'], message: `${name} is there twice` })
        }
        seen.add(name)
      }
    }
  })

function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item, 'takes a list').max(MAX_OUTLETS, `takes at most ${MAX_OUTLETS}`).default([])
}

/** Without credentials, which `fetch` refuses; they go into `headers`. */
function isPlainUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false
  const { username, password, hash } = new URL(text)
  return username === '' && password === '' && hash === ''
}
