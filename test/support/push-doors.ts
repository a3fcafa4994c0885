import { randomBytes } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { silentLog } from '#ec/core/log.js'
import { createEndpointGuard } from '#ec/agent/dispatch/push/endpoint-guard.js'
import { openPush } from '#ec/agent/dispatch/push/open-push.js'
import { call } from '../unit/agent/http/calls.ts'
import { bearer, openDoors, userBearer, type Doors } from '../unit/agent/http/doors.ts'
import type { FakeClock } from './fake-clock.ts'
import { openPushService } from './push-service.ts'

/** Whom push services may write to. */
export const SUBJECT = 'mailto:ops@example.org'

/** Web Push behind real doors, with a real push service beyond; `get`, `post` and `subscribe` speak as the user ada. */
export async function openPushDoors(clock?: FakeClock) {
  const service = await openPushService()
  const guard = createEndpointGuard({ hosts: [service.host], allowsAddress: a => a === '127.0.0.1' || a === '::1' })
  const doors = await openDoors({
    ...(clock === undefined ? {} : { clock }),
    push: ({ store, bus }, ticking, ids) => {
      const push = openPush({
        store,
        bus,
        clock: ticking,
        ids,
        log: silentLog,
        guard,
        random: Math.random,
        randomBytes,
        hosts: [],
        record: () => {},
        home: () => 'https://ec.example.org/',
        changed: async () => {},
        answer: async () => {},
        onTrouble: () => {},
        ca: service.ca,
      })
      onTestFinished(() => push.close())
      return push.api
    },
  })
  const operator = operatorHeaders(doors)
  const ada = bearer(userBearer(doors, 'ada'))
  return {
    service,
    doors,
    get: (path: string) => call(doors, path, { headers: ada }),
    post: (path: string, json: unknown) => call(doors, path, { method: 'POST', headers: ada, json }),
    put: (path: string, json: unknown) => call(doors, path, { method: 'PUT', headers: operator, json }),
    subscribe: ({ endpoint, p256dh, auth }: { endpoint: string; p256dh: string; auth: string }, more: object = {}) => {
      const json = { subscription: { endpoint, expirationTime: null, keys: { p256dh, auth } }, ...more }
      return call(doors, '/api/push/subscribe', { method: 'POST', headers: ada, json })
    },
  }
}

export async function openPushDoorsWithKey(clock?: FakeClock) {
  const opened = await openPushDoors(clock)
  return { ...opened, key: (await opened.put('/api/push/key', { subject: SUBJECT })).body }
}

function operatorHeaders(doors: Doors) {
  doors.bearers.set('op', { kind: 'operator', by: 'test' })
  return bearer('op')
}
