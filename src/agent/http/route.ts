import type { IncomingMessage, ServerResponse } from 'node:http'
import type { z } from 'zod'
import type { Principal } from '../../core/principal.ts'
import type { Api, Door } from './api.ts'
import type { Browsers } from './browsers.ts'
import { parseBody, parseQuery } from './input.ts'

/** Who may call a route: the operator, a user with a token, a service key with this scope. `open` asks nobody. */
export type Caller = 'operator' | 'user' | 'emit' | 'read'

export interface RouteInfo {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With parameters as `:id`. */
  readonly path: string
  readonly summary: string
  readonly allow: 'open' | readonly Caller[]
  /** Given: only this door has it. */
  readonly door?: Door
  /** Its body is an HTML form, which no other route takes: a page of another site can send one. No cookie speaks here. */
  readonly form?: true
  /** Given: how large a body may be that is no batch of events, in bytes. */
  readonly bodyBytes?: number
  /** Takes its JSON as text/plain too, as beacons send it. A cookie never speaks here: any page may send such a body. */
  readonly plainText?: boolean
  readonly query: z.ZodObject
  readonly body: z.ZodType | null
  /** The usual answer; null for one without a body. */
  readonly reply: { readonly status: number; readonly schema: z.ZodType | null; readonly type?: string }
}

/** A route as the table holds it. */
export interface Route extends RouteInfo {
  run(raw: RawCall): Promise<Reply>
}

/** What a request brings, before a route has looked at its query and body. */
export interface RawCall {
  readonly api: Api
  readonly door: Door
  /** Null only on an open route. */
  readonly principal: Principal | null
  /** Until when the caller may, in ms since 1970; null = until the key is revoked. */
  readonly until: number | null
  /** Id of the browser's session that the caller came with; null for a key or token. */
  readonly login: string | null
  readonly browsers: Browsers
  /** Makes an attempt whose failure counts as a wrong try of the caller's address. */
  readonly counted: <T>(attempt: () => Promise<T>) => Promise<T>
  readonly params: Readonly<Record<string, string>>
  readonly rawQuery: unknown
  readonly rawBody: unknown
  /** ms since 1970. */
  readonly now: number
  readonly limits: { readonly eventBytes: number; readonly batchEvents: number }
  /** The OpenAPI document of all routes. */
  readonly describe: () => unknown
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

export interface Call<Query, Body> extends RawCall {
  readonly query: Query
  readonly body: Body
}

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON, a buffer as the JSON that it is; with `content-type` among the headers it goes out as it is. */
  readonly body?: unknown
  /** The handler has taken the response over. */
  readonly hijacked?: boolean
}

/** Ties a route's handler to the shapes of its query and body; what does not fit is refused before it runs. */
export function defineRoute<Query extends z.ZodObject, Body extends z.ZodType | null>(
  route: Omit<RouteInfo, 'query' | 'body'> & {
    readonly query: Query
    readonly body: Body
    handle(call: Call<z.output<Query>, Body extends z.ZodType ? z.output<Body> : undefined>): Promise<Reply>
  },
): Route {
  const { handle, ...info } = route
  return {
    ...info,
    async run(raw) {
      const query = parseQuery(route.query, raw.rawQuery)
      const body = parseBody(route.body, raw.rawBody)
      return await handle({ ...raw, query, body })
    },
  }
}
