import { beforeEach, describe, expect, it } from 'vitest'
import { openReceiver, sayPush, type Receiver } from '../support/receiver.js'
import { meeting, openSandbox, type TestSandbox } from '../support/sandbox.js'

const WATCH = '/calendar/v3/calendars/primary/events/watch'
const DAY_MS = 86_400_000

let sandbox: TestSandbox
let receiver: Receiver
beforeEach(async () => {
  sandbox = await openSandbox()
  receiver = await openReceiver()
})

async function watch(more: object = {}) {
  const answer = await sandbox.call('POST', WATCH, {
    id: 'channel-1',
    type: 'web_hook',
    address: receiver.url,
    token: 'a secret',
    ...more,
  })
  await sandbox.control.settled()
  return answer
}

async function change(count = 1): Promise<void> {
  for (let n = 0; n < count; n++) sandbox.control.mutate({ do: 'event.create' })
  await sandbox.control.settled()
}

const states = () => receiver.seen.map(request => sayPush(request)[0])

const fault = (spec: object) => sandbox.control.fault({ on: 'push', ...spec })

const pushes = () =>
  sandbox.control
    .log()
    .filter(({ kind }) => kind === 'push')
    .map(({ fault: kind, status }) => [kind, status])

describe('a watch', () => {
  it('answers with the resource and its end as a text, and begins with a sync that has the number 1', async () => {
    const { body } = await watch()
    expect(body).toEqual({
      kind: 'api#channel',
      id: 'channel-1',
      resourceId: expect.stringMatching(/^[\w-]{27}$/),
      resourceUri: 'https://www.googleapis.com/calendar/v3/calendars/ana%40example.com/events?alt=json',
      token: 'a secret',
      expiration: String(sandbox.clock.now() + 7 * DAY_MS),
    })
    expect(receiver.seen).toHaveLength(1)
    const [{ method, headers, body: sent }] = receiver.seen as [(typeof receiver.seen)[0]]
    expect({ method, sent }).toEqual({ method: 'POST', sent: '' })
    expect(headers).toMatchObject({
      'content-length': '0',
      'user-agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
      'x-goog-channel-id': 'channel-1',
      'x-goog-channel-token': 'a secret',
      'x-goog-channel-expiration': 'Mon, 12 Jan 2026 09:00:00 GMT',
      'x-goog-resource-id': body.resourceId,
      'x-goog-resource-uri': body.resourceUri,
      'x-goog-resource-state': 'sync',
      'x-goog-message-number': '1',
    })
    expect(headers).not.toHaveProperty('content-type')
  })

  it('can have its sync arrive before its answer (pitfall 4)', async () => {
    sandbox.control.manners({ sync_message: 'before' })
    await sandbox.call('POST', WATCH, { id: 'channel-1', type: 'web_hook', address: receiver.url })
    expect(states()).toEqual(['sync'])
  })

  it('tells of each change, with numbers that grow and are no sequence (pitfalls 1, 2, 5)', async () => {
    await watch()
    await change(3)
    expect(states()).toEqual(['sync', 'exists', 'exists', 'exists'])
    const numbers = receiver.seen.map(request => sayPush(request)[1])
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    expect(new Set(numbers).size).toBe(4)
    expect(numbers.at(-1)).toBeGreaterThan(4)
    expect(receiver.seen.every(({ body }) => body === '')).toBe(true)
  })

  it.each([
    ['an address without TLS elsewhere', { address: 'http://ec.example.org/hook' }, 'webhookUrlNotHttps'],
    ['an address that is none', { address: 'nowhere' }, 'webhookUrlNotHttps'],
    ['an id of other characters', { id: 'a b' }, 'invalid'],
    ['too long an id', { id: 'x'.repeat(65) }, 'invalid'],
    ['no id', { id: '' }, 'required'],
    ['another type', { type: 'web-socket' }, 'invalid'],
    ['too long a token', { token: 'x'.repeat(257) }, 'invalid'],
    ['an end in the past', { expiration: 1 }, 'channelExpirationInPast'],
  ])('is refused with %s', async (_what, wrong, reason) => {
    const { status, body } = await watch(wrong)
    expect([status, body.error.errors[0].reason]).toEqual([400, reason])
  })

  it('needs an id that was never used (400 channelIdNotUnique)', async () => {
    await watch()
    expect((await watch()).body.error.errors[0].reason).toBe('channelIdNotUnique')
  })

  it('is refused for a calendar that cannot be watched (pitfall 13)', async () => {
    sandbox.control.mutate({ do: 'calendar.create', summary: 'Holidays', id: 'holidays@example.com', watchable: false })
    const { status, body } = await sandbox.call('POST', WATCH.replace('primary', 'holidays@example.com'), {
      id: 'c',
      type: 'web_hook',
      address: receiver.url,
    })
    expect([status, body.error.errors[0].reason]).toEqual([400, 'pushNotSupportedForRequestedResource'])
  })

  it.each([
    [{ expiration: '1767690000000' }, 1767690000000],
    [{ params: { ttl: '3600' } }, Date.parse('2026-01-05T10:00:00Z')],
    [{ params: { ttl: 30 * 86_400 } }, Date.parse('2026-01-12T09:00:00Z')],
  ])('that asks for %j ends when the answer says (pitfall 6)', async (asked, expiration) => {
    expect((await watch(asked)).body.expiration).toBe(String(expiration))
  })

  it('ends without a word', async () => {
    await watch({ params: { ttl: 60 } })
    await sandbox.control.advance(59_999)
    await change()
    await sandbox.control.advance(1)
    await change()
    expect(states()).toEqual(['sync', 'exists'])
  })

  it('beside another on the same calendar tells twice (pitfall 8)', async () => {
    await watch()
    await watch({ id: 'channel-2' })
    await change()
    expect(receiver.seen.slice(2).map(({ headers }) => headers['x-goog-channel-id'])).toEqual([
      'channel-1',
      'channel-2',
    ])
  })

  it('is stopped by id and resource, once, by whose it is, and tells for a moment more (pitfalls 7, 9)', async () => {
    const { resourceId } = (await watch()).body
    const stop = (body: object) => sandbox.call('POST', '/calendar/v3/channels/stop', body)
    expect((await stop({ id: 'channel-1' })).status).toBe(404)
    expect((await stop({ id: 'channel-1', resourceId })).status).toBe(204)
    expect((await stop({ id: 'channel-1', resourceId })).status).toBe(404)
    await change()
    await sandbox.control.advance(1_000)
    await change()
    expect(states()).toEqual(['sync', 'exists'])
  })

  it('that goes mute lives on and says nothing (pitfall 10)', async () => {
    await watch()
    sandbox.control.mutate({ do: 'channel.mute', channel: 'channel-1' })
    await change()
    expect(states()).toEqual(['sync'])
    expect(sandbox.control.state()).toMatchObject({ channels: [{ id: 'channel-1', state: 'mute' }] })
  })

  it('says not_exists when the calendar is taken away', async () => {
    sandbox.control.mutate({ do: 'calendar.create', summary: 'Other', id: 'other@example.com' })
    await sandbox.call('POST', WATCH.replace('primary', 'other@example.com'), {
      id: 'c',
      type: 'web_hook',
      address: receiver.url,
    })
    await sandbox.control.settled()
    sandbox.control.mutate({ do: 'calendar.delete', calendar: 'other@example.com' })
    await sandbox.control.settled()
    expect(states()).toEqual(['sync', 'not_exists'])
  })

  it('of the list of calendars tells when one comes', async () => {
    const path = '/calendar/v3/users/me/calendarList/watch'
    await sandbox.call('POST', path, { id: 'list', type: 'web_hook', address: receiver.url })
    await sandbox.control.settled()
    sandbox.control.mutate({ do: 'calendar.create', summary: 'New' })
    sandbox.control.mutate({ do: 'event.create' })
    await sandbox.control.settled()
    expect(states()).toEqual(['sync', 'exists'])
  })
})

describe('a receiver', () => {
  it.each([500, 502, 503, 504, null])(
    'that answers %s is asked again, and again with the same number',
    async status => {
      await watch()
      receiver.answer(status, status, 204)
      await change()
      await sandbox.control.advance(10_000)
      const numbers = receiver.seen.map(request => sayPush(request)[1])
      expect(numbers).toHaveLength(4)
      expect(new Set(numbers.slice(1)).size).toBe(1)
      expect(
        sandbox.control
          .log()
          .filter(({ kind }) => kind === 'push')
          .map(({ attempt }) => attempt),
      ).toEqual([1, 1, 2, 3])
    },
  )

  it.each([301, 400, 401, 404, 410, 429])('that answers %i never hears of it again', async status => {
    await watch()
    receiver.answer(status)
    await change()
    await sandbox.control.advance(DAY_MS)
    expect(receiver.seen).toHaveLength(2)
  })

  it('that never takes anything is given up after seven tries', async () => {
    await watch()
    receiver.answer(503)
    await change()
    await sandbox.control.advance(DAY_MS)
    expect(receiver.seen).toHaveLength(8)
  })
})

describe('a push with a fault', () => {
  beforeEach(() => watch())

  it.each([
    ['drop', 0, [['drop', 0]]],
    [
      'refuse',
      1,
      [
        ['refuse', 0],
        [null, 204],
      ],
    ],
    [
      'cut',
      2,
      [
        ['cut', 0],
        [null, 204],
      ],
    ],
    [
      'status',
      1,
      [
        ['status', 503],
        [null, 204],
      ],
    ],
    [
      'duplicate',
      2,
      [
        ['duplicate', 204],
        ['duplicate', 204],
      ],
    ],
    ['delay', 1, [['delay', 204]]],
  ])('%s arrives %i times', async (kind, arrives, logged) => {
    fault({ kind, times: 1 })
    await change()
    await sandbox.control.advance(10_000)
    expect(receiver.seen.length - 1).toBe(arrives)
    expect(pushes().slice(1)).toEqual(logged)
  })

  it('delay arrives when its time has come', async () => {
    fault({ kind: 'delay', times: 1, delay_ms: 5_000 })
    await change()
    await sandbox.control.advance(4_999)
    expect(receiver.seen).toHaveLength(1)
    await sandbox.control.advance(1)
    expect(receiver.seen).toHaveLength(2)
  })

  it('reorder arrives after the next one, or alone when none comes', async () => {
    fault({ kind: 'reorder', times: 1, delay_ms: 60_000 })
    await change(2)
    const numbers = receiver.seen.slice(1).map(request => sayPush(request)[1])
    expect(numbers).toHaveLength(2)
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a))
    fault({ kind: 'reorder', times: 1, delay_ms: 60_000 })
    await change()
    expect(receiver.seen).toHaveLength(3)
    await sandbox.control.advance(60_000)
    expect(receiver.seen).toHaveLength(4)
  })

  it('is done to so many of a hundred as its rate says, and to that channel alone', async () => {
    await watch({ id: 'channel-2' })
    fault({ kind: 'drop', rate: 0.3, match: { channel: 'channel-2' } })
    const before = receiver.seen.length
    await change(100)
    const arrived = receiver.seen.slice(before).map(({ headers }) => headers['x-goog-channel-id'])
    expect(arrived.filter(id => id === 'channel-1')).toHaveLength(100)
    const second = arrived.filter(id => id === 'channel-2').length
    expect(second).toBeGreaterThan(50)
    expect(second).toBeLessThan(90)
  })
})

it('a meeting that a client makes is told as well, and a write that changes nothing is not', async () => {
  await watch()
  const made = await sandbox.call('POST', '/calendar/v3/calendars/primary/events', meeting())
  await sandbox.call('POST', '/calendar/v3/calendars/primary/events', meeting(6, { id: made.body.id }))
  await sandbox.control.settled()
  expect(states()).toEqual(['sync', 'exists'])
})
