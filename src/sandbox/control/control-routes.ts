import { ZodError } from 'zod'
import { peekInteger, peekList, peekString } from '../../core/peek.ts'
import { ApiError, badRequest, notFound } from '../http/api-error.ts'
import { json, routeMaker, type Route, type WireReply, type WireRequest } from '../http/wire.ts'
import type { SandboxControl } from './control.ts'

const MAX_ADVANCE_MS = 400 * 86_400_000
const MAX_RATE = 100_000

/** The control of a sandbox over HTTP; `describe` tells how its services are reached. */
export function controlRoutes(control: SandboxControl, describe: () => object): readonly Route[] {
  const make = routeMaker('pubsub', '/_sandbox', 'sandbox')
  const route = (method: string, pattern: string, name: string, handle: Route['handle']): Route => {
    return make(method, pattern, name, request => guarded(request, handle))
  }
  const clock = () => ({ now: new Date(control.now()).toISOString(), rate: control.rate })
  return [
    route('GET', '', 'describe', () => json(describe())),
    route('GET', '/state', 'state', () => json(control.state())),
    route('POST', '/mutate', 'mutate', ({ body }) => json(control.mutate(body))),
    route('GET', '/faults', 'faults.list', () => json({ faults: control.faults.list() })),
    route('POST', '/faults', 'faults.order', ({ body }) => json(control.fault(body))),
    route('DELETE', '/faults', 'faults.clear', () => {
      control.faults.clear()
      return json({ faults: [] })
    }),
    route('DELETE', '/faults/{fault}', 'faults.cancel', ({ params }) => {
      if (!control.faults.cancel(params['fault'] ?? '')) throw notFound(`There is no fault ${params['fault']}.`)
      return json({ faults: control.faults.list() })
    }),
    route('GET', '/clock', 'clock.get', () => json(clock())),
    route('POST', '/clock', 'clock.move', async ({ body }) => {
      const ms = peekInteger(body, 'advance_ms') ?? 0
      const { rate = control.rate } = body
      if (ms < 0 || ms > MAX_ADVANCE_MS) throw badRequest('advance_ms must be 0 to 400 days', 'advance_ms')
      if (typeof rate !== 'number' || !(rate >= 0 && rate <= MAX_RATE)) {
        throw badRequest(`rate must be 0 to ${MAX_RATE}`, 'rate')
      }
      if (rate !== control.rate) control.setRate(rate)
      await control.advance(ms)
      return json(clock())
    }),
    route('GET', '/log', 'log', ({ query }) => {
      const number = (name: string, usual: number): number => Number(query.get(name) ?? usual) || usual
      return json({ entries: control.log(number('after', 0), number('limit', 1_000)) })
    }),
    route('GET', '/manners', 'manners.get', () => json(control.manners())),
    route('PATCH', '/manners', 'manners.change', ({ body }) => json(control.manners(body))),
    route('POST', '/tokens', 'tokens', ({ body }) => {
      const scopes = peekList(body, 'scopes').map(String)
      const account = peekString(body, 'account') || undefined
      return json({ access_token: control.token(account, scopes.length === 0 ? undefined : scopes) })
    }),
    route('GET', '/calendars/{calendar}/events', 'events', ({ params }) => {
      return json({ events: control.events(params['calendar'] ?? '') })
    }),
  ]
}

/** A page of elsewhere can send a form here without asking, but no JSON. */
async function guarded(request: WireRequest, handle: Route['handle']): Promise<WireReply> {
  const type = request.headers['content-type'] ?? ''
  const hasBody = request.method === 'POST' || request.method === 'PATCH'
  if (hasBody && !type.startsWith('application/json')) {
    throw new ApiError(415, { reason: 'mediaType', message: 'Send application/json.', rpc: 'INVALID_ARGUMENT' })
  }
  try {
    return await handle(request)
  } catch (error) {
    throw explained(error)
  }
}

function explained(error: unknown): unknown {
  if (error instanceof ZodError) {
    const [issue] = error.issues
    return badRequest(`${issue?.path.join('.') || 'the body'}: ${issue?.message ?? 'not understood'}`)
  }
  return error instanceof RangeError ? badRequest(error.message) : error
}
