import { describe, expect, it } from 'vitest'
import type { CacheApi, CalendarApi, SyncApi, SyncView } from '#ec/agent/http/api.js'
import { EcError } from '#ec/core/errors.js'
import type { Resource } from '#ec/core/resource.js'
import { anAccount, aResource, T0 } from '../../../support/store-samples.ts'
import { subscription, syncState, syncView } from '../../../support/sync-view.ts'
import { call, open } from './calls.ts'
import { bearer, serviceBearer, shareDoors, userBearer, type Doors } from './doors.ts'

/** Takes what the contract takes, and remembers with what it was called. */
function fakeSync() {
  const calls: unknown[][] = []
  const views = new Map<string, SyncView>()
  const asked = async (...args: unknown[]): Promise<{ jobId: string }> => {
    calls.push(args)
    return { jobId: `job_${calls.length}` }
  }
  const api: SyncApi = {
    get: async id => views.get(id) ?? null,
    list: async query => {
      calls.push(['list', query])
      return { rows: [...views.values()].filter(({ resource }) => resource.userId === query.userId), next: null }
    },
    sync: (id, options) => asked('sync', id, options),
    watch: id => asked('watch', id),
    renew: id => asked('renew', id),
    stop: id => asked('stop', id),
    subscriptions: async query => {
      calls.push(['subscriptions', query])
      return { rows: [subscription()], next: '9' }
    },
    subscription: async id => {
      if (id === 's1') return subscription()
      throw new EcError('EC_NOT_FOUND', 'no such subscription')
    },
    runs: async query => {
      calls.push(['runs', query])
      const run = { type: 'webhook', cause: 'webhook', pages: 1, changed: 2, error: null } as const
      return { rows: [{ resourceId: 'r1', ...run, startedAt: T0, endedAt: T0 + 80 }], next: null }
    },
    sums: async () => [],
    setUpUser: async userId => {
      calls.push(['setUpUser', userId])
      return [{ jobId: 'job_7', resourceId: 'r1' }]
    },
  }
  return { ...api, calls, views }
}

const calls: unknown[][] = []
const calendars: CalendarApi = {
  calendars: async userId => {
    calls.push(['calendars', userId])
    const row = { id: 'r1', name: 'Work', provider: 'google-calendar', account: 'ana@example.org', items: 12 }
    return { value: [{ ...row, freshAt: T0 }], hit: true, freshAt: T0, incomplete: [] }
  },
  events: async (userId, window, calendar) => {
    calls.push(['events', userId, window, calendar])
    const both = { calendar: 'r1', series: null, busy: true, status: 'confirmed', location: null, url: null } as const
    return {
      value: [
        { ...both, id: 'o1', item: 'e1', start: T0, end: T0 + 60_000, allDay: false, title: 'Lunch' },
        { ...both, id: 'o2', item: 'e2', start: DAY, end: DAY + 86_400_000, allDay: true, title: 'Holiday' },
      ],
      hit: false,
      freshAt: null,
      incomplete: ['r2'],
    }
  },
  event: async (userId, id) => {
    calls.push(['event', userId, id])
    const item = {
      id,
      version: '1',
      updatedAt: T0,
      startsAt: T0,
      endsAt: null,
      series: null,
      json: { summary: 'Lunch' },
    }
    return { value: [{ ...item, calendar: 'r1' }], hit: true, freshAt: T0, incomplete: [] }
  },
}
const DAY = Date.parse('2026-01-06T00:00:00Z')

const cache: CacheApi = {
  list: async prefix => {
    calls.push(['list', prefix])
    return [{ key: 'calendar:user_calendars:ana', expiresInMs: 1500 }]
  },
  clear: async prefix => {
    calls.push(['clear', prefix])
    return 3
  },
}

const shared = shareDoors(async atEnd => {
  const sync = fakeSync()
  return { ...(await open({ atEnd, api: { sync, calendars, cache } })), sync }
})

/** A resource of the store that is read with an account, and what the engine says of it. */
async function addSynced(doors: Doors, views: Map<string, SyncView>, over: Partial<SyncView> = {}): Promise<Resource> {
  await doors.backend.store.putAccount(anAccount({ id: 'a1', userId: 'ada' }))
  const source = { accountId: 'a1', target: `cal-${views.size}` }
  const resource = await doors.backend.store.addResource(
    aResource({ userId: 'ada', provider: 'google-calendar', source }),
  )
  views.set(resource.id, syncView({ ...over, resource }))
  return resource
}

describe('resources', () => {
  it('are shown and listed with how they are synced, without the place in the list of the provider', async () => {
    const { doors, operator, sync } = shared()
    const pass = {
      type: 'full',
      cause: 'full',
      phase: 'read',
      seq: 1,
      through: null,
      startedAt: T0,
      page: 'p',
    } as const
    const more = { generation: 2, cursor: null, pages: 3, read: 750, changed: 750, expected: 2000, missedAt: null }
    const resource = await addSynced(doors, sync.views, { state: syncState({ pass: { ...pass, ...more } }) })
    const shown = await call(doors, `/api/resources/${resource.id}`, { headers: operator })
    expect(shown.body).toMatchObject({ account: 'a1', target: resource.target })
    expect(shown.body.sync).toEqual({
      mode: 'webhook',
      because: 'its provider tells us of changes',
      next_step: null,
      complete: true,
      items: 12,
      pass: {
        type: 'full',
        cause: 'full',
        phase: 'read',
        started_at: '2026-01-05T09:00:00.000Z',
        pages: 3,
        read: 750,
        changed: 750,
        expected: 2000,
      },
      job: null,
      failure_count: 0,
      next_at: '2026-01-05T10:00:00.000Z',
      last_sync_at: '2026-01-05T08:59:00.000Z',
      last_sync_type: 'webhook',
      last_full_at: '2026-01-05T08:00:00.000Z',
      last_change_at: '2026-01-05T08:59:00.000Z',
      last_announced_at: '2026-01-05T08:58:57.000Z',
      error: null,
      error_at: null,
      held_deletion: null,
      subscription: expect.objectContaining({ id: 's1', state: 'active', expires_at: '2026-01-07T09:00:00.000Z' }),
      renew_at: '2026-01-06T09:00:00.000Z',
    })
    expect(shown.text).not.toContain('secret-place')
    const plain = await doors.addResource()
    const { body } = await call(doors, '/api/resources', { headers: operator })
    const rows = new Map(body.resources.map((row: { id: string; sync: unknown }) => [row.id, row.sync]))
    expect(rows.get(resource.id)).toEqual(shown.body.sync)
    expect(rows.get(plain.id)).toBeNull()
  })

  it('are read and watched on demand', async () => {
    const { doors, operator, sync } = shared()
    const post = (path: string, json?: unknown) =>
      call(doors, path, { method: 'POST', headers: operator, ...(json === undefined ? {} : { json }) })
    const asked = await post('/api/resources/r1/sync')
    expect(asked).toMatchObject({ status: 202, body: { job_id: expect.stringMatching(/^job_/) } })
    expect(sync.calls.at(-1)).toEqual(['sync', 'r1', { full: false, confirmDeletion: false }])
    await post('/api/resources/r1/sync', { full: true, confirm_deletion: true })
    expect(sync.calls.at(-1)).toEqual(['sync', 'r1', { full: true, confirmDeletion: true }])
    expect((await post('/api/resources/r1/sync', { ful: true })).body.errors).toEqual([
      { path: 'ful', message: 'unknown field; did you mean full?' },
    ])
    expect((await post('/api/resources/r1/watch')).status).toBe(202)
    expect(sync.calls.at(-1)).toEqual(['watch', 'r1'])
  })
})

describe('subscriptions and reads', () => {
  it('are listed, shown, renewed and stopped', async () => {
    const { doors, operator, sync } = shared()
    const list = await call(doors, '/api/subscriptions?resource=r1&user=ada&state=active&limit=2', {
      headers: operator,
    })
    expect(list.body).toEqual({ subscriptions: [expect.objectContaining({ id: 's1', resource: 'r1' })], next: '9' })
    expect(sync.calls.at(-1)).toEqual(['subscriptions', { limit: 2, state: 'active', resourceId: 'r1', userId: 'ada' }])
    expect((await call(doors, '/api/subscriptions?state=dead', { headers: operator })).status).toBe(400)
    expect((await call(doors, '/api/subscriptions/s1', { headers: operator })).body.remote_id).toBe('remote-1')
    expect((await call(doors, '/api/subscriptions/s2', { headers: operator })).status).toBe(404)
    const renewed = await call(doors, '/api/subscriptions/s1/renew', { method: 'POST', headers: operator })
    expect(renewed.status).toBe(202)
    expect(sync.calls.at(-1)).toEqual(['renew', 's1'])
    expect((await call(doors, '/api/subscriptions/s1', { method: 'DELETE', headers: operator })).status).toBe(202)
    expect(sync.calls.at(-1)).toEqual(['stop', 's1'])
    const syncs = await call(doors, '/api/syncs?resource=r1&since=2026-01-05T00:00:00Z', { headers: operator })
    expect(syncs.body.syncs).toMatchObject([{ resource: 'r1', type: 'webhook', changed: 2, error: null }])
    expect(sync.calls.at(-1)).toEqual([
      'runs',
      { limit: 50, resourceId: 'r1', since: Date.parse('2026-01-05T00:00:00Z') },
    ])
  })

  it('are shown to a user as far as they are his own', async () => {
    const { doors, sync } = shared()
    const own = bearer(userBearer(doors, 'ada'))
    expect((await call(doors, '/api/users/ada/subscriptions', { headers: own })).status).toBe(200)
    expect(sync.calls.at(-1)).toEqual(['subscriptions', { limit: 50, userId: 'ada' }])
    expect((await call(doors, '/api/users/eve/subscriptions', { headers: own })).status).toBe(403)
    expect((await call(doors, '/api/subscriptions', { headers: own })).status).toBe(403)
  })
})

describe('calendars', () => {
  it('say what takes place, whole days as days, and what is not known', async () => {
    const { doors } = shared()
    const own = bearer(userBearer(doors, 'ana'))
    const path = '/api/calendars/ana/events?from=2026-01-05T10:00:00%2B01:00&to=2026-01-12T00:00:00Z&calendar=r1'
    const found = await call(doors, path, { headers: own })
    expect(calls.at(-1)).toEqual(['events', 'ana', { from: T0, to: Date.parse('2026-01-12T00:00:00Z') }, 'r1'])
    expect(found.headers.get('x-ec-cache')).toBe('miss')
    expect(found.body).toEqual({
      events: [
        expect.objectContaining({ id: 'o1', event: 'e1', start: '2026-01-05T09:00:00.000Z', all_day: false }),
        expect.objectContaining({ id: 'o2', start: '2026-01-06', end: '2026-01-07', all_day: true }),
      ],
      fresh_at: null,
      incomplete: ['r2'],
    })
  })

  it('are not sent again to whoever has the same answer already', async () => {
    const { doors, operator } = shared()
    const path = '/api/calendars/ana/events?from=2026-01-05T09:00:00Z'
    const first = await call(doors, path, { headers: operator })
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    const again = await call(doors, path, { headers: { ...operator, 'if-none-match': `"other", W/${etag}` } })
    expect([again.status, again.headers.get('etag'), again.headers.get('x-ec-cache')]).toEqual([304, etag, 'miss'])
    const other = await call(doors, path, { headers: { ...operator, 'if-none-match': '"other"' } })
    expect([other.status, other.body]).toEqual([200, first.body])
  })

  it('show the next seven days when no window is given', async () => {
    const { doors, operator } = shared()
    await call(doors, '/api/calendars/ana/events', { headers: operator })
    const [, , window] = calls.at(-1) ?? []
    expect(window).toEqual({ from: expect.any(Number), to: expect.any(Number) })
    const { from, to } = window as { from: number; to: number }
    expect(to - from).toBe(7 * 86_400_000)
  })

  it('are listed, and an event is shown by its id', async () => {
    const { doors, operator } = shared()
    const list = await call(doors, '/api/calendars/ana', { headers: operator })
    expect(list.headers.get('x-ec-cache')).toBe('hit')
    expect(list.body).toMatchObject({ calendars: [{ id: 'r1', account: 'ana@example.org' }], incomplete: [] })
    const one = await call(doors, `/api/calendars/ana/events/${encodeURIComponent('e/1')}`, { headers: operator })
    expect(calls.at(-1)).toEqual(['event', 'ana', 'e/1'])
    expect(one.body.copies).toMatchObject([{ id: 'e/1', ends_at: null, source: { summary: 'Lunch' } }])
  })

  it('are closed to other users and to services', async () => {
    const { doors } = shared()
    for (const token of [userBearer(doors, 'eve'), serviceBearer(doors, 'emit', 'read')]) {
      for (const path of ['', '/events', '/events/e1']) {
        expect((await call(doors, `/api/calendars/ana${path}`, { headers: bearer(token) })).status).toBe(403)
      }
    }
  })

  it.each(['from=yesterday', 'to=2026-01-05', 'from=2026-02-31T00:00:00Z', 'form=2026-01-05T00:00:00Z'])(
    'are not shown for %s',
    async query => {
      const { doors, operator } = shared()
      expect((await call(doors, `/api/calendars/ana/events?${query}`, { headers: operator })).status).toBe(400)
    },
  )
})

describe('the cache', () => {
  it('is listed and cleared by prefix, by the operator alone', async () => {
    const { doors, operator } = shared()
    const list = await call(doors, '/api/cache?prefix=calendar:', { headers: operator })
    expect(list.body).toEqual({ entries: [{ key: 'calendar:user_calendars:ana', expires_in_ms: 1500 }] })
    const cleared = await call(doors, '/api/cache', { method: 'DELETE', headers: operator })
    expect(cleared.body).toEqual({ cleared: 3 })
    expect(calls.slice(-2)).toEqual([
      ['list', 'calendar:'],
      ['clear', ''],
    ])
    const own = bearer(userBearer(doors, 'ana'))
    expect((await call(doors, '/api/cache', { method: 'DELETE', headers: own })).status).toBe(403)
  })
})

describe('the older names', () => {
  it('do what the new ones do, in the older words', async () => {
    const { doors, operator, sync } = shared()
    const resource = await addSynced(doors, sync.views)
    const set = await call(doors, '/webhook/setup/ada', { method: 'POST', headers: operator })
    expect(set).toMatchObject({ status: 202, body: { tasks: [{ task_id: 'job_7', resource: 'r1' }] } })
    const stopped = await call(doors, '/webhook/unsubscribe/s1', { method: 'DELETE', headers: operator })
    expect(stopped).toMatchObject({ status: 202, body: { task_id: expect.stringMatching(/^job_/) } })
    const status = await call(doors, '/webhook/status/ada', { headers: operator })
    expect(status.body.user).toBe('ada')
    expect(status.body.resources).toContainEqual({
      resource: resource.id,
      provider: 'google-calendar',
      name: 'api',
      state: 'starting',
      paused: false,
      mode: 'webhook',
      because: 'its provider tells us of changes',
      subscription: 's1',
      expires_at: '2026-01-07T09:00:00.000Z',
      renew_at: '2026-01-06T09:00:00.000Z',
      failure_count: 0,
      last_sync_at: '2026-01-05T08:59:00.000Z',
      last_sync_type: 'webhook',
    })
    const { id } = await doors.addResource()
    await fetch(`${doors.url}/webhooks/github/${id}`, { method: 'POST', body: '{}' })
    expect((await call(doors, '/webhook/task-status/job_999', { headers: operator })).status).toBe(404)
  })

  it('are for the operator, on the private listener', async () => {
    const { doors, operator } = shared()
    expect((await call(doors, '/webhook/status/ada')).status).toBe(401)
    expect((await call(doors, '/webhook/status/ada', { headers: bearer(userBearer(doors, 'ada')) })).status).toBe(403)
    for (const [method, path] of [
      ['POST', '/webhook/setup/ada'],
      ['DELETE', '/webhook/unsubscribe/s1'],
      ['GET', '/webhook/status/ada'],
      ['GET', '/webhook/task-status/job_1'],
    ] as const) {
      const outside = await fetch(doors.publicUrl + path, { method, headers: operator })
      expect([path, outside.status]).toEqual([path, 404])
    }
  })

  it('leave the paths that providers post to', async () => {
    const { doors } = shared()
    await doors.addResource({ provider: 'calcom' })
    expect((await fetch(`${doors.publicUrl}/webhook/gmail`)).status).toBe(405)
    const posted = await fetch(`${doors.publicUrl}/webhook/cal.com`, { method: 'POST', body: '{}' })
    expect(posted.status).toBe(401)
    expect((await fetch(`${doors.publicUrl}/webhook/setup`, { method: 'POST' })).status).toBe(404)
  })
})
