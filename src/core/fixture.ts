import { z } from 'zod'
import type { RawRequest } from './notification.ts'

/** A recorded request of a provider, and what is to come of it: `fixtures/<provider>/<case>.json`. */
export interface Fixture {
  readonly provider: string
  readonly description: string
  /** RFC 3339; the instant at which its signature was valid. */
  readonly recorded_at: string
  readonly request: {
    readonly method: string
    /** `github/{resource}`: what follows `/webhooks/`, with a place for the resource's id; a query may follow. */
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
    /** The raw body as text, or in base64 where it is no text. */
    readonly body?: string | undefined
    readonly body_base64?: string | undefined
    /** The body so many times over, for what is too large to be written down. */
    readonly body_repeat?: number | undefined
  }
  readonly resource: { readonly set: Readonly<Record<string, string>> }
  /** A secret made for the fixture. None = the resource has none. */
  readonly secret?: string | undefined
  /** `recorded`: the headers carry a signature that holds. `at-replay`: it is made when the fixture is sent. */
  readonly sign: 'recorded' | 'at-replay'
  /** A subset: what is not named is not compared. An empty list says that there is none. */
  readonly expect: {
    readonly status: number
    readonly notifications?: readonly { readonly key?: string | undefined; readonly kind: string }[] | undefined
    readonly events?: readonly { readonly type: string }[] | undefined
  }
}

export type ParsedFixture =
  | { readonly ok: true; readonly fixture: Fixture }
  | { readonly ok: false; readonly problems: readonly { readonly path: string; readonly message: string }[] }

/** Checks a parsed JSON document against the format; never throws. Header names become lower case. */
export function parseFixture(raw: unknown): ParsedFixture {
  const result = schema.safeParse(raw)
  if (result.success) return { ok: true, fixture: result.data }
  return {
    ok: false,
    problems: result.error.issues.map(issue => ({ path: issue.path.join('.'), message: issue.message })),
  }
}

/** The request that a fixture stands for, as it reaches the receiver of this resource. */
export function fixtureRequest(fixture: Fixture, resourceId: string): RawRequest {
  const { method, path, headers, body = '', body_base64: base64, body_repeat: times = 1 } = fixture.request
  const once = base64 === undefined ? Buffer.from(body, 'utf8') : Buffer.from(base64, 'base64')
  return {
    method,
    url: `/webhooks/${path.replace('{resource}', resourceId)}`,
    headers,
    body: times === 1 ? once : Buffer.alloc(once.byteLength * times, once),
    remoteAddress: '127.0.0.1',
  }
}

/** More than any service sends. */
const MAX_BODY = 64 * 1024 * 1024

const headers = z
  .record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'takes a header name'), z.string())
  .transform(found => Object.fromEntries(Object.entries(found).map(([name, value]) => [name.toLowerCase(), value])))

const request = z
  .strictObject({
    method: z.string().regex(/^[A-Z]+$/, 'takes a method in capitals, as POST'),
    path: z.string().regex(/^[a-z0-9-]+\/\{resource\}(\/[a-z-]+)?(\?[!-~]*)?$/, 'takes PROVIDER/{resource}'),
    headers,
    body: z.string().optional(),
    body_base64: z.base64().optional(),
    body_repeat: z.number().int().min(1).max(MAX_BODY).optional(),
  })
  .refine(({ body = '', body_base64: base64 = '', body_repeat: times = 1 }) => {
    return (body.length + base64.length) * times <= MAX_BODY
  }, `takes a body of at most ${MAX_BODY} characters`)
  .refine(value => (value.body === undefined) !== (value.body_base64 === undefined), 'takes either body or body_base64')

const schema = z.strictObject({
  provider: z.string().regex(/^[a-z0-9-]+$/, 'takes the id of a provider'),
  description: z.string().min(1),
  recorded_at: z.iso.datetime({ offset: true }),
  request,
  resource: z.strictObject({ set: z.record(z.string(), z.string()) }),
  secret: z.string().min(1).optional(),
  sign: z.enum(['recorded', 'at-replay']),
  expect: z.strictObject({
    status: z.number().int().min(100).max(599),
    notifications: z.array(z.strictObject({ key: z.string().min(1).optional(), kind: z.string().min(1) })).optional(),
    events: z.array(z.strictObject({ type: z.string().min(1) })).optional(),
  }),
})
