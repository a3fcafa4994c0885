import { z } from 'zod'
import { CHANNELS, CHANNEL_HINTS, LEVELS, type EcEvent } from './event.ts'
import { EVENT_FIELD_MEANINGS } from './event-field-meanings.ts'
import { EVENT_TYPE, USER_ID } from './event-words.ts'
import type { JsonObject } from './json.ts'
import { nearest } from './nearest.ts'
import { readQuestion } from './question.ts'

/** One thing that is wrong with an event; `path` is dotted, '' for the event as a whole. */
export interface EventProblem {
  readonly path: string
  readonly message: string
}

/** What a caller sent, checked and normalised: user id as a string, instants in UTC. `id` and `created_at` may lack. */
export type EventInput = Omit<EcEvent, 'id' | 'created_at'> & { readonly id?: string; readonly created_at?: string }

export type ParsedEvent =
  { readonly ok: true; readonly input: EventInput } | { readonly ok: false; readonly problems: readonly EventProblem[] }

/** Larger payloads belong behind a link: push takes under 4 KB, and every device keeps a copy. */
const MAX_DATA_BYTES = 16 * 1024
const MAX_EVENT_BYTES = 32 * 1024
const MAX_TITLE = 1000
const MAX_KEY = 255
/** Deeper JSON says nothing more, and could exhaust the stack of whoever walks it. */
const MAX_DEPTH = 100

const EVENT_ID = /^[A-Za-z0-9._:@/+=-]{1,128}$/

export const userIdSchema = z.union(
  [
    z.string().regex(USER_ID, 'takes 1 to 128 characters of A-Z a-z 0-9 . _ @ -'),
    z
      .number()
      .int()
      .refine(n => Number.isSafeInteger(n), 'takes a safe integer')
      .transform(n => String(n))
      .pipe(z.string().regex(USER_ID)),
  ],
  { error: 'takes 1 to 128 characters of A-Z a-z 0-9 . _ @ - or a safe integer' },
)

const instant = z
  .string()
  .max(64)
  .refine(text => RFC3339.test(text) && !Number.isNaN(Date.parse(text)), 'takes an RFC 3339 instant with an offset')
  .transform(text => new Date(text).toISOString())
const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/

const httpUrl = z
  .string()
  .max(2048)
  .refine(text => /^https?:\/\//i.test(text) && URL.canParse(text), 'takes an http or https URL')
const imageUrl = z
  .string()
  .max(2048)
  .refine(
    text => /^\/(?!\/)/.test(text) || (/^https?:\/\//i.test(text) && URL.canParse(text)),
    'takes an http or https URL, or a path of this host',
  )
const key = z.string().min(1).max(MAX_KEY)

/** The values are walked by hand: a schema for them costs more than all other fields together. */
const jsonObject = z
  .custom<JsonObject>(isJsonObject, `takes a JSON object of at most ${MAX_DEPTH} levels`)
  .meta({ type: 'object' })

const shape = {
  id: z.string().regex(EVENT_ID, 'takes 1 to 128 characters of A-Z a-z 0-9 . _ : @ / + = -').optional(),
  user_id: userIdSchema,
  type: z.string().max(128).regex(EVENT_TYPE, 'takes a dotted name, as job.done or task.created'),
  title: z.string().min(1, 'must not be empty').max(MAX_TITLE),
  body: z.string(),
  level: z.enum(LEVELS, { error: `takes one of ${LEVELS.join(', ')}` }).default('info'),
  channels: z.array(z.enum(CHANNELS, { error: `unknown channel; known are ${CHANNELS.join(', ')}` })).optional(),
  channel_hint: z.enum(CHANNEL_HINTS, { error: `takes one of ${CHANNEL_HINTS.join(', ')}` }).optional(),
  cta: z.strictObject({ label: z.string().min(1).max(200), url: httpUrl }).optional(),
  data: jsonObject.optional(),
  created_at: instant.optional(),
  idempotency_key: key.optional(),
  collapse_key: key.optional(),
  thread: key.optional(),
  service: key.optional(),
  actor: z.union([z.string().min(1).max(MAX_KEY), jsonObject]).optional(),
  icon: imageUrl.optional(),
  image: imageUrl.optional(),
  lang: z
    .string()
    .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'takes a language tag, as en or pt-BR')
    .optional(),
  expires_at: instant.optional(),
  deliver_at: instant.optional(),
  source: key.optional(),
  trace_id: key.optional(),
}

const schema = z.strictObject(shape)

/** The names of an event's fields, in the order of the contract. */
export const EVENT_FIELDS: readonly string[] = Object.keys(shape)

/** What a schema of single fields cannot say. */
export const EVENT_LIMITS = { dataBytes: MAX_DATA_BYTES, eventBytes: MAX_EVENT_BYTES, depth: MAX_DEPTH } as const

/** The contract as JSON Schema 2020-12, for documents and other tools; `x-...` fields are the caller's own. */
export function eventJsonSchema(): Record<string, unknown> {
  const { properties, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const described = Object.entries(properties ?? {}).map(([name, property]) => {
    const description = Object.entries(EVENT_FIELD_MEANINGS).find(([field]) => field === name)?.[1]
    return [name, typeof property === 'object' ? { ...property, description } : property]
  })
  return { ...rest, properties: Object.fromEntries(described), patternProperties: { '^x-': {} } }
}

/**
 * Checks one event against the contract and normalises it; never throws. `x-...` fields pass through, any other
 * unknown field is refused with the nearest known name, `channels` lose duplicates, `service` defaults to
 * `data.service`.
 */
export function parseEvent(raw: unknown): ParsedEvent {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return { ok: false, problems: [{ path: '', message: 'takes a JSON object' }] }
  }
  const { known, extensions } = split(raw)
  const result = schema.safeParse(known)
  const problems = [...(result.success ? [] : explain(known)), ...checkExtensions(extensions)]
  if (!result.success || problems.length > 0) return { ok: false, problems }
  const input = toInput(result.data, extensions)
  const faults = checkWhole(input)
  return faults.length > 0 ? { ok: false, problems: faults } : { ok: true, input }
}

/** Most events have no fields of the caller's own, and are taken as they are. */
function split(raw: object): { readonly known: object; readonly extensions: object | null } {
  const names = Object.keys(raw)
  if (!names.some(name => name.startsWith('x-'))) return { known: raw, extensions: null }
  const entries = Object.entries(raw)
  return {
    known: Object.fromEntries(entries.filter(([name]) => !name.startsWith('x-'))),
    extensions: Object.fromEntries(entries.filter(([name]) => name.startsWith('x-'))),
  }
}

/** JSON cannot tell a missing field from an undefined one, so neither do we. */
function toInput(parsed: z.output<typeof schema>, extensions: object | null): EventInput {
  const service = parsed.service ?? serviceOf(parsed.data)
  const channels = parsed.channels === undefined ? undefined : [...new Set(parsed.channels)]
  return {
    ...parsed,
    ...(service === undefined ? null : { service }),
    ...(channels === undefined ? null : { channels }),
    ...extensions,
  } as EventInput
}

function checkExtensions(extensions: object | null): EventProblem[] {
  return Object.entries(extensions ?? {})
    .filter(([, value]) => !isJson(value, 0))
    .map(([path]) => ({ path, message: `takes JSON of at most ${MAX_DEPTH} levels` }))
}

function checkWhole(input: EventInput): EventProblem[] {
  const problems: EventProblem[] = []
  const bytes = byteLength(input)
  if (bytes > MAX_EVENT_BYTES) {
    problems.push({ path: '', message: `the event takes at most ${MAX_EVENT_BYTES} bytes of JSON` })
  }
  // Its data is looked at on its own only where it can be too large at all.
  if (bytes > MAX_DATA_BYTES && input.data !== undefined && byteLength(input.data) > MAX_DATA_BYTES) {
    problems.push({ path: 'data', message: `takes at most ${MAX_DATA_BYTES} bytes of JSON` })
  }
  if (input.deliver_at && input.expires_at && input.expires_at <= input.deliver_at) {
    problems.push({ path: 'expires_at', message: 'must be later than deliver_at' })
  }
  const question = readQuestion(input)
  if (!question.ok) problems.push({ path: question.path, message: question.message })
  return problems
}

/** Parses a second time, for sentences: to ask for them takes as long as to check an event, and most are valid. */
function explain(known: object): readonly EventProblem[] {
  return schema.safeParse(known, { error: describeIssue }).error?.issues.flatMap(toProblems) ?? []
}

/** For what has no sentence of its own. */
function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'invalid_type') return undefined
  if (issue.input === undefined) return 'is required'
  return `takes ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`
}

function toProblems(issue: z.core.$ZodIssue): EventProblem[] {
  const path = issue.path.join('.')
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }]
  return issue.keys.map(name => {
    const guess = path === '' ? nearest(name, EVENT_FIELDS) : null
    return {
      path: path === '' ? name : `${path}.${name}`,
      message: guess === null ? 'unknown field' : `unknown field; did you mean ${guess}?`,
    }
  })
}

function serviceOf(value: JsonObject | undefined): string | undefined {
  const service = value?.['service']
  return typeof service === 'string' && service.length > 0 && service.length <= MAX_KEY ? service : undefined
}

function byteLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}

function isJsonObject(value: unknown): boolean {
  return isPlain(value) && isJson(value, 0)
}

function isJson(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object': {
      if (value === null) return true
      if (depth >= MAX_DEPTH || !(Array.isArray(value) || isPlain(value))) return false
      return Object.values(value).every(inner => isJson(inner, depth + 1))
    }
    default:
      return false
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
