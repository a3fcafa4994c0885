import { describe, expect, it } from 'vitest'
import { OTHER_PATHS } from '#ec/agent/http/openapi.js'
import { ROUTES } from '#ec/agent/http/routes/index.js'
import { EVENT_FIELDS } from '#ec/core/event-schema.js'
import { call, open } from './calls.js'
import { bearer, githubPush, serviceBearer, shareDoors } from './doors.js'

const shared = shareDoors(atEnd => open({ atEnd }))

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: unknown }>> }>
  >
}
interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, { readonly properties: object }>> }
}

async function read(): Promise<Document> {
  return (await call(shared().doors, '/openapi.json')).body
}

describe('/openapi.json', () => {
  it('lists every route and nothing else', async () => {
    const { paths } = await read()
    const told = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map(method => `${method.toUpperCase()} ${path}`),
    )
    const known = [...ROUTES, ...OTHER_PATHS].map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
    expect(told.toSorted()).toEqual(known.toSorted())
  })

  it('tells of no path that is not answered', async () => {
    const { doors, operator } = shared()
    const { paths } = await read()
    for (const [path, operations] of Object.entries(paths)) {
      for (const method of Object.keys(operations)) {
        const real = path.replace(/\{\w+\}/g, 'x')
        if (path === '/ws') continue
        const { status, body } = await call(doors, real, { method: method.toUpperCase(), headers: operator })
        const isMissing = status === 405 || body?.detail === 'there is nothing at this path'
        expect([method, path, isMissing]).toEqual([method, path, false])
      }
    }
  })

  it('describes every parameter of path and query', async () => {
    const { paths } = await read()
    for (const route of ROUTES) {
      const operation = paths[route.path.replace(/:(\w+)/g, '{$1}')]?.[route.method.toLowerCase()]
      const names = [...route.path.matchAll(/:(\w+)/g)].map(match => match[1])
      expect((operation?.parameters ?? []).map(({ name }) => name)).toEqual([
        ...names,
        ...Object.keys(route.query.shape),
      ])
    }
  })

  it('describes an event field by field', async () => {
    const { components } = await read()
    expect(Object.keys(components.schemas['Event']?.properties ?? {})).toEqual(EVENT_FIELDS)
  })
})

describe('the replies', () => {
  it('are what the table says', async () => {
    const { doors, operator } = shared()
    const { id } = await doors.addResource()
    await fetch(`${doors.url}/webhooks/github/${id}`, { method: 'POST', ...githubPush() })
    await fetch(`${doors.url}/webhooks/github/${id}`, { method: 'POST', body: 'x' })
    await call(doors, '/api/users/ada', { method: 'PUT', headers: operator, json: { name: 'Ada' } })
    const reads = [
      '/health',
      '/api/events',
      '/api/events/evt_1',
      '/api/events/evt_1/trace',
      '/api/users',
      '/api/users/ada',
      '/api/resources',
      `/api/resources/${id}`,
      '/api/notifications',
      '/api/notifications/ntf_1',
      '/api/notifications/ntf_2/why',
      '/api/jobs',
      '/api/jobs/job_1',
    ]
    for (const path of reads) {
      const { status, body } = await call(doors, path, { headers: operator })
      const route = ROUTES.find(route => route.method === 'GET' && isLike(route.path, path))
      expect([path, status, route?.reply.schema?.safeParse(body).error?.issues]).toEqual([path, 200, undefined])
    }
    const emitted = await call(doors, '/api/events', {
      method: 'POST',
      headers: bearer(serviceBearer(doors, 'emit')),
      json: [{}, { user_id: 1, type: 'job.done', title: 't', body: '' }],
    })
    const route = ROUTES.find(({ method, path }) => method === 'POST' && path === '/api/events')
    expect(route?.reply.schema?.safeParse(emitted.body).error).toBeUndefined()
  })
})

function isLike(pattern: string, path: string): boolean {
  return new RegExp(`^${pattern.replace(/:\w+/g, '[^/]+')}$`).test(path)
}
