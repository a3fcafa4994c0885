import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { StreamReader } from '#ec/agent/http/api.js'
import { FakeClock } from '../../../support/fake-clock.js'
import { call, open } from './calls.js'
import { bearer, githubPush, serviceBearer, shareDoors, userBearer } from './doors.js'

const shared = shareDoors(atEnd => open({ atEnd }))

describe('the routes of the table', () => {
  it('makes, shows, pauses, changes and removes a resource', async () => {
    const { doors, operator } = shared()
    const send = (method: string, path: string, json?: unknown) =>
      call(doors, `/api/resources${path}`, { method, headers: operator, ...(json === undefined ? {} : { json }) })
    const made = await send('POST', '', { provider: 'github', user: 42, settings: { repository: 'a/b' } })
    expect(made).toMatchObject({
      status: 201,
      body: { provider: 'github', user: '42', paused: false, has_secret: true },
    })
    expect(made.body.secret).toBe('made-up-secret')
    expect(made.headers.get('location')).toBe(`/api/resources/${made.body.id}`)
    expect(made.body.webhook_url).toBe(`http://example.test/webhooks/github/${made.body.id}`)
    const { secret: _secret, ...shown } = made.body
    expect((await send('GET', `/${made.body.id}`)).body).toEqual(shown)
    expect((await send('GET', '?provider=github&user=42')).body).toEqual({ resources: [shown], next: null })
    expect((await send('POST', `/${made.body.id}/pause`)).body.paused).toBe(true)
    expect((await send('POST', `/${made.body.id}/resume`)).body.paused).toBe(false)
    expect((await send('PATCH', `/${made.body.id}`, { name: 'n', secret: 'long-enough' })).body.name).toBe('n')
    expect((await send('PATCH', `/${made.body.id}`, { nme: 'n' })).body.errors).toEqual([
      { path: 'nme', message: 'unknown field; did you mean name?' },
    ])
    expect((await send('DELETE', `/${made.body.id}`)).status).toBe(204)
    expect((await send('GET', `/${made.body.id}`)).status).toBe(404)
    expect((await send('POST', '', { provider: 'github' })).body.errors).toMatchObject([{ path: 'user' }])
    expect((await send('POST', '', { provider: 'github', user: 'a', secret: 'short' })).status).toBe(422)
    const bare = await send('POST', '', { provider: 'github', user: 'a', secret: null })
    expect(bare).toMatchObject({ status: 201, body: { has_secret: false } })
    expect(bare.body).not.toHaveProperty('secret')
  })

  it('signs a request with the secret of a resource, and tells headers alone', async () => {
    const { doors, operator } = shared()
    const path = `/api/resources/${(await doors.addResource()).id}/sign`
    const json = { method: 'POST', path: '/webhooks/github/x', headers: {}, body_base64: 'e30=' }
    const signed = await call(doors, path, { method: 'POST', headers: operator, json })
    expect(signed).toMatchObject({ status: 200, body: { headers: { 'x-signature': 'made' }, body_base64: 'e30=' } })
    const wrong = await call(doors, path, {
      method: 'POST',
      headers: operator,
      json: { ...json, body_base64: '\u00e9' },
    })
    expect(wrong.status).toBe(422)
  })

  it('shows a secret to the operator alone, and keeps it out of caches', async () => {
    const { doors, operator } = shared()
    const { id } = await doors.addResource({ provider: 'notion', secrets: ['secret_of_notion'] })
    const path = `/api/resources/${id}/secret`
    const shown = await call(doors, path, { headers: operator })
    expect(shown).toMatchObject({ status: 200, body: { id, secret: 'secret_of_notion' } })
    expect(shown.headers.get('cache-control')).toBe('no-store')
    for (const token of [serviceBearer(doors, 'emit', 'read'), userBearer(doors, 'ada')]) {
      const refused = await call(doors, path, { headers: bearer(token) })
      expect(refused.status).toBe(403)
      expect(JSON.stringify(refused.body)).not.toContain('secret_of_notion')
    }
    expect((await call(doors, path)).status).toBe(401)
  })

  it('lists notifications with the reason of a refusal, and says why', async () => {
    const { doors, operator } = shared()
    const { id } = await doors.addResource()
    await fetch(`${doors.url}/webhooks/github/${id}`, { method: 'POST', body: 'raw bytes \u00e9' })
    const list = await call(doors, `/api/notifications?provider=github&resource=${id}&state=quarantined&since=1h`, {
      headers: operator,
    })
    expect(list.body.notifications).toMatchObject([
      { resource: id, reason: 'EC_SIGNATURE_MISSING', processed_at: null },
    ])
    const [row] = list.body.notifications
    expect((await call(doors, `/api/notifications/${row.id}`, { headers: operator })).body).toMatchObject({
      ...row,
      body: 'raw bytes \u00e9',
    })
    const why = await call(doors, `/api/notifications/${row.id}/why`, { headers: operator })
    expect(why.body.sentences.join(' ')).toContain('it carries no signature')
    expect((await call(doors, '/api/notifications/ntf_9/why', { headers: operator })).status).toBe(404)
    expect((await call(doors, '/api/notifications?since=yesterday', { headers: operator })).status).toBe(400)
  })

  it('gives bytes that are no text as base64', async () => {
    const { doors, operator } = shared()
    const { id } = await doors.addResource()
    await fetch(`${doors.url}/webhooks/github/${id}`, { method: 'POST', body: Buffer.from([0xff, 0x00]) })
    const { body } = await call(doors, `/api/notifications?resource=${id}`, { headers: operator })
    const record = await call(doors, `/api/notifications/${body.notifications[0].id}`, { headers: operator })
    expect(record.body.body_base64).toBe('/wA=')
  })

  it('keeps users', async () => {
    const { doors, operator } = shared()
    const put = (json: unknown) => call(doors, '/api/users/ada', { method: 'PUT', headers: operator, json })
    expect((await put({ name: 'Ada', tz: 'Europe/London' })).body).toMatchObject({ id: 'ada', name: 'Ada', lang: null })
    expect((await put({ tz: 'Mars/Olympus' })).body).toMatchObject({ status: 422, errors: [{ path: 'tz' }] })
    expect((await call(doors, '/api/users/ada', { headers: bearer(userBearer(doors, 'ada')) })).body.name).toBe('Ada')
    const other = await call(doors, '/api/users/ada', { headers: bearer(userBearer(doors, 'eve')) })
    expect(other).toMatchObject({ status: 403 })
    expect((await call(doors, '/api/users/a%20b', { headers: operator })).status).toBe(422)
    expect((await call(doors, '/api/users/ada', { method: 'DELETE', headers: operator })).status).toBe(204)
    expect((await call(doors, '/api/users/ada', { headers: operator })).status).toBe(404)
  })

  it('keeps preferences, for the user who has them and the operator', async () => {
    const { doors, operator } = shared()
    const path = '/api/users/pia/preferences'
    const own = bearer(userBearer(doors, 'pia'))
    const put = (json: unknown, headers = own) => call(doors, path, { method: 'PUT', headers, json })
    expect((await call(doors, path, { headers: operator })).status).toBe(404)
    const quiet_hours = { from: '22:00', to: '07:00', tz: 'Europe/Madrid' }
    const digest = { every: 'daily', at: '08:00' }
    const all = { quiet_hours, mute: [{ type: 'task.*' }], channels: [], caps: {}, digest, keep: [] }
    expect(await put({ quiet_hours })).toMatchObject({ status: 200, body: { ...all, mute: [] } })
    const muted = await put({ mute: all.mute }, operator)
    expect(muted.body).toEqual(all)
    expect((await call(doors, path, { headers: own })).body).toEqual(all)
    // What was read can be put back as it is.
    expect((await put(all)).body).toEqual(all)
    expect((await put({ quiet_hours: null })).body.quiet_hours).toBeNull()
    const weekly = { every: 'weekly', weekday: 'fri', at: '16:00', tz: 'Asia/Kolkata', min_items: 3 }
    for (const said of [weekly, { every: '30 7 * * 1-5' }, null, digest]) {
      expect((await put({ digest: said })).body.digest).toEqual(said)
    }
    expect((await put({ channels: [{ type: 'job.done', email: 'digest' }] })).status).toBe(200)
    expect((await put({ keep: ['not a type'] })).body).toMatchObject({ errors: [{ path: 'keep.0' }] })
    const figures = await call(doors, '/api/users/pia/engagement', { headers: own })
    expect(figures).toMatchObject({ status: 200, body: { engagement: [] } })
    const stranger = bearer(userBearer(doors, 'eve'))
    expect((await call(doors, '/api/users/pia/engagement', { headers: stranger })).status).toBe(403)
    expect((await put({ mute: [] }, stranger)).status).toBe(403)
    expect((await call(doors, path, { headers: bearer(serviceBearer(doors, 'read')) })).status).toBe(403)
  })

  it.each([
    [{ quiet_hours: { from: '25:00', to: '07:00' } }, 'quiet_hours.from'],
    [{ quiet_hours: { from: '22:00', to: '07:00', tz: 'Mars/Olympus' } }, 'quiet_hours.tz'],
    [{ quiet_hours: { from: '22:00', to: '22:00' } }, 'quiet_hours.to'],
    [{ quiet_hours: { from: '22:00', to: '07:00', days: [] } }, 'quiet_hours.days'],
    [{ mute: [{}] }, 'mute.0'],
    [{ mute: [{ type: 'a.b', service: 'notes' }] }, 'mute.0'],
    [{ mute: [{ type: '**' }] }, 'mute.0.type'],
    [{ mute: [{ type: '*', until: 'tomorrow' }] }, 'mute.0.until'],
    [{ channels: [{ type: 'task.*' }] }, 'channels.0'],
    [{ channels: [{ thread: 't', push: true }] }, 'channels.0'],
    [{ caps: { ws: { per_hour: 1 } } }, 'caps'],
    [{ caps: { push: {} } }, 'caps.push'],
    [{ channels: [{ type: 'a.b', email: 'weekly' }] }, 'channels.0.email'],
    [{ channels: [{ type: 'a.b', push: 'digest' }] }, 'channels.0.push'],
    [{ digest: {} }, 'digest.every'],
    [{ digest: { every: 'hourly' } }, 'digest.every'],
    [{ digest: { every: '*/5 * * * *' } }, 'digest.every'],
    [{ digest: { every: 'daily', at: '8:00' } }, 'digest.at'],
    [{ digest: { every: 'daily', weekday: 'mon' } }, 'digest.weekday'],
    [{ digest: { every: '0 8 * * *', at: '09:00' } }, 'digest.at'],
    [{ digest: { every: 'daily', tz: 'Mars/Olympus' } }, 'digest.tz'],
    [{ digest: { every: 'daily', min_items: 0 } }, 'digest.min_items'],
    [{ sound: 'loud' }, ''],
  ])('refuses the preferences %j and names %s', async (json, path) => {
    const { doors, operator } = shared()
    const refused = await call(doors, '/api/users/pia/preferences', { method: 'PUT', headers: operator, json })
    expect(refused.status).toBe(422)
    expect(refused.body.errors[0].path).toContain(path)
  })

  it('issues tokens and tickets', async () => {
    const clock = new FakeClock()
    const { doors, operator } = await open({ clock })
    const token = await call(doors, '/api/tokens', { method: 'POST', headers: operator, json: { user: 42, ttl_s: 60 } })
    expect(token).toMatchObject({ status: 201, body: { token: 'token-of-42', expires_at: '2026-01-05T09:01:00.000Z' } })
    expect(
      (await call(doors, '/api/tokens', { method: 'POST', headers: operator, json: { user: 'a', ttl_s: 0 } })).status,
    ).toBe(422)
    const user = bearer(userBearer(doors, 'ada'))
    const ticket = await call(doors, '/api/ws/ticket', { method: 'POST', headers: user })
    expect(ticket.body).toEqual({ ticket: 'ticket-of-ada', expires_in_s: 30 })
    expect((await call(doors, '/api/ws/ticket', { method: 'POST', headers: user, json: { user: 'eve' } })).status).toBe(
      403,
    )
    expect((await call(doors, '/api/ws/ticket', { method: 'POST', headers: operator })).status).toBe(400)
  })

  it('hands the event stream over with user and cursor', async () => {
    const opened: unknown[] = []
    const stream = {
      upgrade: () => {},
      openEventStream: (reader: StreamReader, cursor: string | null, response: ServerResponse) => {
        opened.push([reader.userId, cursor])
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: x\n\n')
      },
    }
    const { doors, operator } = await open({ api: { stream } })
    const user = bearer(userBearer(doors, 'ada'))
    expect((await call(doors, '/api/events/stream', { headers: { ...user, 'last-event-id': 'k3f.118' } })).text).toBe(
      'data: x\n\n',
    )
    expect((await call(doors, '/api/events/stream?user=bob', { headers: operator })).status).toBe(200)
    expect((await call(doors, '/api/events/stream?cursor=nonsense', { headers: user })).status).toBe(400)
    expect((await call(doors, '/api/events/stream?user=bob', { headers: user })).status).toBe(403)
    expect(opened).toEqual([
      ['ada', 'k3f.118'],
      ['bob', null],
    ])
  })

  it('lists jobs and figures', async () => {
    const { doors, operator } = shared()
    const { id } = await doors.addResource()
    await fetch(`${doors.url}/webhooks/github/${id}`, { method: 'POST', ...githubPush() })
    const { body } = await call(doors, `/api/jobs?state=ready&group=${id}`, { headers: operator })
    expect(body.jobs).toMatchObject([
      { kind: 'notification.process', group: id, attempt: 0, max_attempts: 4, finished_at: null },
    ])
    expect((await call(doors, `/api/jobs/${body.jobs[0].id}`, { headers: operator })).body).toEqual(body.jobs[0])
    expect(
      (await call(doors, `/api/jobs/${body.jobs[0].id}/retry`, { method: 'POST', headers: operator })).status,
    ).toBe(404)
    const metrics = await call(doors, '/metrics', { headers: operator })
    expect(metrics.headers.get('content-type')).toContain('text/plain')
    expect(metrics.text).toContain('ec_webhooks_total{provider="github",outcome="accepted"} 1\n')
    expect(metrics.text).toContain('ec_webhook_seconds_count{provider="github"} 1\n')
    expect(metrics.text).toContain('ec_body_bytes{account="unverified"} 0\n')
    expect(metrics.text).toContain('ec_http_requests_total{method="GET",route="/api/jobs",status="200"} 1\n')
    expect(metrics.text).toContain('nodejs_eventloop_lag_seconds')
  })
})
