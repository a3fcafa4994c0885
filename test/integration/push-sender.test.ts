import { createPublicKey } from 'node:crypto'
import { jwtVerify } from 'jose'
import webpush from 'web-push'
import { silentLog } from '#ec/core/log.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createEndpointGuard } from '#ec/agent/dispatch/push/endpoint-guard.js'
import { createOriginGate } from '#ec/agent/dispatch/push/origin-gate.js'
import { createPushMessenger, type PushMessenger } from '#ec/agent/dispatch/push/push-messenger.js'
import { createPushCarrier } from '#ec/agent/dispatch/push/thread-carrier.js'
import { VapidHeaders } from '#ec/agent/dispatch/push/vapid-headers.js'
import { toSigningKey } from '#ec/agent/dispatch/push/vapid-key.js'
import type { ApiCall } from '#ec/core/api-call.js'
import { createSystemClock } from '#ec/core/clock.js'
import { isPublicAddress } from '#ec/core/public-address.js'
import type { EcEvent } from '#ec/core/event.js'
import { openPushService, type Behaviour, type PushService } from '../support/push-service.js'

const KEY = { id: 'k1', ...webpush.generateVAPIDKeys(), subject: 'mailto:ops@example.org' }
const EVENT: EcEvent = {
  id: 'evt_1',
  user_id: '42',
  type: 'message.new',
  title: 'Привет 👋',
  body: 'A body',
  level: 'info',
  created_at: '2026-01-05T09:00:00.000Z',
  thread: 'general',
}

describe.each([['HTTP/2', false] as const, ['HTTP/1.1', true] as const])('a push over %s', (_name, http1) => {
  it('reaches the browser, encrypted, signed and labelled', async () => {
    const service = await openPushService({ http1 })
    const { push, calls } = open(service)
    expect(await push(service.subscribe())).toEqual({ type: 'delivered' })
    const [got] = service.received
    expect(got!.message).toMatchObject({ web_push: 8030, notification: { title: 'Привет 👋' }, ec: { id: 'evt_1' } })
    expect(got!.headers).toMatchObject({ 'content-encoding': 'aes128gcm', ttl: '86400', urgency: 'high' })
    expect(got!.headers['topic']).toMatch(/^[\w-]{32}$/)
    const token = /^vapid t=([^,]+), k=/.exec(String(got!.headers['authorization']))![1]!
    const { payload } = await jwtVerify(token, createPublicKey(toSigningKey(KEY)))
    expect(payload).toMatchObject({ aud: `https://${service.host}`, sub: KEY.subject })
    expect(calls).toMatchObject([
      { provider: 'push', account: `https://${service.host}`, operation: 'send', cause: 'write', status: 201 },
    ])
  })

  it.each<[string, readonly Behaviour[], object, readonly number[]]>([
    ['404', [404], { type: 'gone' }, [404]],
    ['410', [410], { type: 'gone' }, [410]],
    ['413, then takes less', [413], { type: 'delivered' }, [413, 201]],
    ['413 to anything', [413, 413], { type: 'rejected' }, [413, 413]],
    ['429', [{ status: 429, headers: { 'retry-after': '7' } }], { type: 'retry', afterMs: 7_000 }, [429]],
    ['500', [500], { type: 'retry', afterMs: null }, [500]],
    ['503', [{ status: 503, headers: { 'retry-after': '3' } }], { type: 'retry', afterMs: 3_000 }, [503]],
    ['403, then takes a new token', [403], { type: 'delivered' }, [403, 201]],
    ['403, then 413, then takes less', [403, 413], { type: 'delivered' }, [403, 413, 201]],
    ['413, then 403 to less', [413, 403], { type: 'delivered' }, [413, 403, 201]],
    [
      '403 to any token',
      [403, { status: 403, text: '{"reason":"BadJwtToken"}' }],
      { type: 'key_trouble', reason: '403 BadJwtToken' },
      [403, 403],
    ],
    [
      'a redirect',
      [{ status: 307, headers: { location: 'https://localhost:1/' } }],
      { type: 'retry', afterMs: null },
      [307],
    ],
    ['a cut', ['cut'], { type: 'retry', reason: 'the connection to the push service was cut' }, [0]],
    ['a cut after the head of the answer', ['cut_body'], { type: 'delivered' }, [201]],
    ['an endless body', [{ status: 400, text: 'x'.repeat(1_000_000) }], { type: 'rejected' }, [400]],
  ])('meets %s', async (_what, behaviours, result, statuses) => {
    const service = await openPushService({ http1 })
    const { push, calls } = open(service)
    expect(await push(service.subscribe(...behaviours))).toMatchObject(result)
    expect(calls.map(call => call.status)).toEqual(statuses)
    expect(await push(service.subscribe())).toEqual({ type: 'delivered' })
  })

  it('ends at the deadline when nothing comes, and the next one gets through', async () => {
    const service = await openPushService({ http1 })
    const { push, calls } = open(service, { deadlineMs: 1_500 })
    expect(await push(service.subscribe('hang'))).toMatchObject({
      type: 'retry',
      reason: 'the push service did not answer in time',
    })
    expect(await push(service.subscribe('hang_body'))).toEqual({ type: 'delivered' })
    expect(await push(service.subscribe())).toEqual({ type: 'delivered' })
    expect(calls.map(call => call.status)).toEqual([0, 201, 201])
  })

  it('ends with its own signal, which many share, and leaves those of another alone', async () => {
    const service = await openPushService({ http1 })
    const { push } = open(service)
    const [lost, other] = [new AbortController(), new AbortController()]
    const ended = Array.from({ length: 12 }, () => push(service.subscribe('hang'), lost.signal))
    const staying = push(service.subscribe('hang_body'), other.signal)
    await expect.poll(() => service.arrived()).toBe(13)
    lost.abort()
    for (const one of ended) expect(await one).toMatchObject({ type: 'retry', reason: 'the agent was stopping' })
    expect(await push(service.subscribe(), lost.signal)).toMatchObject({ reason: 'the agent was stopping' })
    expect(await push(service.subscribe(), other.signal)).toEqual({ type: 'delivered' })
    other.abort()
    expect(await staying).toEqual({ type: 'delivered' })
  })

  it('ends when the agent stops', async () => {
    const service = await openPushService({ http1 })
    const { push, close } = open(service)
    const pending = push(service.subscribe('hang'))
    await expect.poll(() => service.arrived()).toBe(1)
    await close()
    expect(await pending).toMatchObject({ type: 'retry', reason: 'the agent was stopping' })
    expect(await push(service.subscribe())).toMatchObject({ type: 'retry', reason: 'the agent was stopping' })
  })
})

describe('the connections to a push service', () => {
  it('are at most two for 500 messages at once, signed once, stopped by one signal', async () => {
    const warnings: Error[] = []
    const keep = (warning: Error): void => void warnings.push(warning)
    process.on('warning', keep)
    onTestFinished(() => void process.off('warning', keep))
    const service = await openPushService()
    const { push } = open(service)
    const results = await Promise.all(Array.from({ length: 500 }, () => push(service.subscribe())))
    expect(results.filter(result => result.type === 'delivered')).toHaveLength(500)
    expect(service.connections()).toBeLessThanOrEqual(2)
    expect(new Set(service.received.map(one => one.headers['authorization'])).size).toBe(1)
    expect(warnings).toEqual([])
  })

  it('are at most sixteen of a thread with HTTP/1.1, and one to ask what it speaks', async () => {
    const service = await openPushService({ http1: true })
    const { push } = open(service)
    const results = await Promise.all(Array.from({ length: 100 }, () => push(service.subscribe())))
    expect(results.filter(result => result.type === 'delivered')).toHaveLength(100)
    expect(service.connections()).toBeLessThanOrEqual(34)
  })

  it('are made anew after GOAWAY, and what was left untouched goes again', async () => {
    const service = await openPushService()
    const { push, calls } = open(service)
    expect(await push(service.subscribe())).toEqual({ type: 'delivered' })
    expect(await push(service.subscribe('goaway'))).toEqual({ type: 'delivered' })
    expect(calls.map(call => [call.status, call.error])).toEqual([
      [201, null],
      [0, 'refused_stream'],
      [201, null],
    ])
    expect(service.connections()).toBe(2)
  })

  it('are not made to an address that is not public', async () => {
    const service = await openPushService()
    const guard = createEndpointGuard({ hosts: [service.host], allowsAddress: isPublicAddress })
    const { push, calls } = open(service, { guard })
    expect(await push(service.subscribe())).toMatchObject({
      type: 'retry',
      reason: 'the name of the push service leads to an address that is not public',
    })
    expect(calls).toMatchObject([{ status: 0, error: 'address_refused' }])
    expect(service.connections()).toBe(0)
  })

  it('are not made to a host that is not allowed', async () => {
    const service = await openPushService()
    const { push, calls } = open(service, { guard: createEndpointGuard({ hosts: ['push.example.org'] }) })
    expect(await push(service.subscribe())).toMatchObject({ type: 'rejected' })
    expect(calls).toEqual([])
  })

  it('are not made to whoever has no certificate for the name', async () => {
    const service = await openPushService()
    const { push } = open({ ...service, ca: (await openPushService()).ca })
    expect(await push(service.subscribe())).toMatchObject({
      type: 'retry',
      reason: 'no connection to the push service',
    })
    expect(service.arrived()).toBe(0)
  })
})

interface Opening {
  readonly deadlineMs?: number
  readonly guard?: ReturnType<typeof createEndpointGuard>
  /** With a single one nothing leaves the thread. */
  readonly cores?: number
}

function open(service: Pick<PushService, 'host' | 'ca'>, options: Opening = {}) {
  const clock = createSystemClock()
  const calls: ApiCall[] = []
  const guard =
    options.guard ??
    createEndpointGuard({ hosts: [service.host], allowsAddress: a => a === '127.0.0.1' || a === '::1' })
  const { deadlineMs = 10_000 } = options
  const unending = new AbortController().signal
  const record = (call: ApiCall): void => void calls.push(call)
  const { lookup } = guard
  const { cores = 2 } = options
  const shared = { lookup, clock, random: Math.random, record, log: silentLog, ca: service.ca, deadlineMs }
  const carrier = createPushCarrier({ ...shared, cores })
  onTestFinished(() => carrier.close())
  const messenger: PushMessenger = createPushMessenger({
    guard,
    carrier,
    gate: createOriginGate({ clock, random: Math.random }),
    headers: new VapidHeaders(clock),
    clock,
    home: () => 'https://ec.example.org/inbox',
  })
  return {
    calls,
    close: () => carrier.close(),
    push: (address: { endpoint: string; p256dh: string; auth: string }, signal = unending) =>
      messenger.push({ event: EVENT, standing: { seq: 7, unread: 1, close: [] } }, { address, key: KEY }, 1, signal),
  }
}
