import { z } from 'zod'
import { eventJsonSchema } from '../../core/event-schema.ts'
import type { RouteInfo } from './route.ts'

/** What is answered outside of the JSON API, and so stands in no route table. */
export const OTHER_PATHS = [
  { method: 'POST', path: '/webhooks/:provider/:resource', summary: 'Receive a webhook; 2xx once it is durable' },
  { method: 'POST', path: '/webhook/cal.com', summary: "Cal.com's older webhook URL; the secret finds the resource" },
  { method: 'GET', path: '/ws', summary: 'The WebSocket: `?cursor=EPOCH.SEQ`, ticket or bearer' },
] as const

/** The API as OpenAPI 3.1, made from the route table. */
export function describeApi(routes: readonly RouteInfo[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) add(route.path, route.method, describeRoute(route))
  for (const { path, method, summary } of OTHER_PATHS) {
    add(path, method, { summary, parameters: pathParameters(path), responses: { default: PROBLEM_REPLY } })
  }
  return {
    openapi: '3.1.0',
    info: { title: 'EventCenter', version },
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A service key or a user token' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'ec_session',
          description: 'A signed-in browser, from our own pages; what changes something takes `x-ec-page: 1` too',
        },
      },
      schemas: { Event: eventJsonSchema(), Problem: toSchema(problemView, 'output') },
    },
  }

  function add(path: string, method: string, operation: Record<string, unknown>): void {
    const templated = path.replace(/:(\w+)/g, '{$1}')
    paths[templated] = { ...paths[templated], [method.toLowerCase()]: operation }
  }
}

const FORM = 'application/x-www-form-urlencoded'

const problemView = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  hint: z.string(),
})

const PROBLEM_REPLY = {
  description: 'A problem document',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

function describeRoute(route: RouteInfo): Record<string, unknown> {
  const { summary, allow, reply, body } = route
  const parameters = [...pathParameters(route.path), ...queryParameters(route.query)]
  return {
    summary,
    description: allow === 'open' ? 'Open to all.' : `For: ${allow.join(', ')}.`,
    security: allow === 'open' ? [] : [{ bearer: [] }, ...(allow.includes('user') ? [{ session: [] }] : [])],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === null
      ? {}
      : {
          requestBody: {
            content: { [route.form === true ? FORM : 'application/json']: { schema: toSchema(body, 'input') } },
          },
        }),
    responses: { [reply.status]: describeReply(reply), default: PROBLEM_REPLY },
  }
}

function describeReply(reply: RouteInfo['reply']): Record<string, unknown> {
  if (reply.schema !== null) {
    return { description: 'Done', content: { 'application/json': { schema: toSchema(reply.schema, 'output') } } }
  }
  return { description: 'Done', ...(reply.type === undefined ? {} : { content: { [reply.type]: {} } }) }
}

function pathParameters(path: string): Record<string, unknown>[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => {
    return { name, in: 'path', required: true, schema: { type: 'string' } }
  })
}

function queryParameters(query: z.ZodObject): Record<string, unknown>[] {
  return Object.entries(query.shape).map(([name, schema]) => {
    return { name, in: 'query', required: false, schema: z.toJSONSchema(schema, SCHEMA_OPTIONS.input) }
  })
}

const SCHEMA_OPTIONS = {
  input: { io: 'input', unrepresentable: 'any' },
  output: { io: 'output', unrepresentable: 'any' },
} as const

function toSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  return { ...z.toJSONSchema(schema, SCHEMA_OPTIONS[io]) }
}
