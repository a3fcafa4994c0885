import { z } from 'zod'
import { EcError } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'
import { parseSince, SINCE_FORM } from '../../core/since.ts'

/** A query that takes no parameters. */
export const noQuery = z.strictObject({})

const MAX_LIMIT = 1000
const DEFAULT_LIMIT = 50
const cursor = z.string().regex(/^[A-Za-z0-9._~-]{1,200}$/, 'takes a cursor that a list gave')

/** What every list takes. */
export const pageQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,4}$/, `takes a number from 1 to ${MAX_LIMIT}`)
    .transform(Number)
    .refine(n => n >= 1 && n <= MAX_LIMIT, `takes a number from 1 to ${MAX_LIMIT}`)
    .default(DEFAULT_LIMIT),
  after: cursor.exactOptional(),
  before: cursor.exactOptional(),
})

/** An instant or a length of time before now, as ms since 1970. */
export function readSince(text: string, now: number): number {
  const at = parseSince(text, now)
  if (at !== null) return at
  throw new EcError('EC_USAGE', `\`since\` takes ${SINCE_FORM}`)
}

/** Checks a query; a parameter that is not known is refused, since a filter that is passed over lies. `EC_USAGE`. */
export function parseQuery<Query extends z.ZodObject>(schema: Query, raw: unknown): z.output<Query> {
  const result = schema.safeParse(raw)
  if (result.success) return result.data
  const known = Object.keys(schema.shape)
  const [issue] = result.error.issues
  if (issue?.code === 'unrecognized_keys') throw unknownParameter(issue.keys[0] ?? '', known)
  const name = String(issue?.path[0] ?? '')
  if (isRepeated(raw, name)) {
    throw new EcError('EC_USAGE', `\`${name}\` is given more than once`, {
      hint: 'give it once',
      details: { parameter: name },
    })
  }
  throw new EcError('EC_USAGE', `\`${name}\`: ${issue?.message ?? 'is not understood'}`, {
    hint: 'mend the query parameter named here',
    details: { parameter: name },
  })
}

/** The query's parser gathers what is given twice in an array. */
function isRepeated(query: unknown, name: string): boolean {
  return (
    typeof query === 'object' &&
    query !== null &&
    Array.isArray(Object.entries(query).find(([key]) => key === name)?.[1])
  )
}

function unknownParameter(name: string, known: readonly string[]): EcError {
  const guess = nearest(name, known)
  const taken = known.length === 0 ? 'this path takes none' : `known are ${known.join(', ')}`
  return new EcError('EC_USAGE', `unknown query parameter \`${clip(name)}\`; ${taken}`, {
    hint: guess === null ? 'leave it out' : `did you mean \`${guess}\`?`,
    details: { parameter: clip(name) },
  })
}

/** Checks a body; null takes whatever comes and passes it over. `EC_FIELD_INVALID` with `errors`. */
export function parseBody<Body extends z.ZodType | null>(
  schema: Body,
  raw: unknown,
): Body extends z.ZodType ? z.output<Body> : undefined
export function parseBody(schema: z.ZodType | null, raw: unknown): unknown {
  if (schema === null) return undefined
  const result = schema.safeParse(raw)
  if (result.success) return result.data
  if (raw === undefined) throw new EcError('EC_FIELD_INVALID', 'a JSON body is needed', { details: { errors: [] } })
  const fields = schema instanceof z.ZodPrefault ? schema.unwrap() : schema
  const known = fields instanceof z.ZodObject ? Object.keys(fields.shape) : []
  const errors = result.error.issues.flatMap(issue => toErrors(issue, known)).slice(0, MAX_ERRORS)
  const detail = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')
  throw new EcError('EC_FIELD_INVALID', detail, { details: { errors } })
}

const MAX_ERRORS = 20

function toErrors(issue: z.core.$ZodIssue, known: readonly string[]): { path: string; message: string }[] {
  const path = clip(issue.path.join('.'))
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }]
  return issue.keys.map(name => {
    const guess = path === '' ? nearest(name, known) : null
    const message = guess === null ? 'unknown field' : `unknown field; did you mean ${guess}?`
    return { path: clip(path === '' ? name : `${path}.${name}`), message }
  })
}

/** What a sender chose goes back to him only in part. */
function clip(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}...` : text
}
