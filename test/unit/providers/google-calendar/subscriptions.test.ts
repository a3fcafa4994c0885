import { describe, expect, it } from 'vitest'
import { subscriptions } from '#ec/providers/google-calendar/subscriptions.js'
import { anAccount, openAccountContext } from '../../../support/account-context.js'
import { openStandIn, sendJson } from '../../../support/stand-in.js'
import { aNotification, aResource } from '../../../support/webhook.js'

const resource = { ...aResource('google-calendar'), accountId: 'a', target: 'ana@example.com' }
const WANTED = { id: 'c-1', address: 'https://ec.example/webhooks/x', secret: 's3cret', expiresAt: 2_000 }

async function answering(status: number, body: unknown) {
  const standIn = await openStandIn((_request, response) => {
    if (body === undefined) response.writeHead(status).end()
    else sendJson(response, status, body)
  })
  return { standIn, ctx: openAccountContext({ baseUrl: standIn.url }) }
}

function refusal(code: number, reason: string) {
  return { error: { code, message: 'As Google says', errors: [{ domain: 'push', reason, message: 'As Google says' }] } }
}

const from = (headers: Readonly<Record<string, string>> | null, kind = 'exists') =>
  aNotification('google-calendar', kind, '', { headers })

describe('the answer to a watch', () => {
  // Pitfall 6: a text of ms, and the truth, whatever was asked for.
  it.each([
    ['1767000000000', 1_767_000_000_000],
    [1_767_000_000_000, 1_767_000_000_000],
    [undefined, WANTED.expiresAt],
  ])('with the expiration %j lasts until then', async (expiration, expiresAt) => {
    const { ctx } = await answering(200, { id: 'c-1', resourceId: 'r-1', expiration })
    await expect(subscriptions.create(ctx, resource, WANTED)).resolves.toEqual({ remoteId: 'r-1', expiresAt })
  })

  // Pitfall 7: without it nobody could stop the channel.
  it.each([{ id: 'c-1' }, { resourceId: '' }, { resourceId: 'r', expiration: 'Mon, 29 Dec 2025 09:20:00 GMT' }])(
    'that is %j cannot be used',
    async body => {
      const { ctx } = await answering(200, body)
      await expect(subscriptions.create(ctx, resource, WANTED)).rejects.toMatchObject({ code: 'EC_PROVIDER' })
    },
  )

  it.each([
    [400, 'pushNotSupportedForRequestedResource', 'EC_NOT_WATCHABLE', /polled/],
    [403, 'pushNotSupportedForRequestedResource', 'EC_NOT_WATCHABLE', /polled/],
    [400, 'channelIdNotUnique', 'EC_PROVIDER', /the next one takes its place/],
    [400, 'webhookUrlNotHttps', 'EC_PROVIDER', /public\.url/],
    [401, 'webhookUrlUnauthorized', 'EC_PROVIDER', /verify the domain/],
    [404, 'notFound', 'EC_TARGET_GONE', /remove/],
    [403, 'rateLimitExceeded', 'EC_RATE_LIMITED', /wait/i],
  ])('%i %s says what it is and what to do (pitfall 13)', async (status, reason, code, hint) => {
    const { ctx, standIn } = await answering(status, refusal(status, reason))
    await expect(subscriptions.create(ctx, resource, WANTED)).rejects.toMatchObject({
      code,
      hint: expect.stringMatching(hint),
    })
    expect(standIn.seen).toHaveLength(1)
  })
})

describe('the end of a watch', () => {
  it.each([204, 401, 404, 410])('is reached when Google answers %i', async status => {
    const { ctx } = await answering(status, status === 204 ? undefined : refusal(status, 'notFound'))
    await expect(subscriptions.stop(ctx, resource, { id: 'c-1', remoteId: 'r-1' })).resolves.toBeUndefined()
  })

  it.each([403, 429, 500])('is not when it answers %i', async status => {
    const { ctx } = await answering(status, refusal(status, 'x'))
    await expect(subscriptions.stop(ctx, resource, { id: 'c-1', remoteId: 'r-1' })).rejects.toThrow()
  })

  it('is left to its time where nobody knows what it is called (pitfall 7)', async () => {
    const { ctx, standIn } = await answering(500, undefined)
    await subscriptions.stop(ctx, resource, { id: 'c-1', remoteId: null })
    expect(standIn.seen).toEqual([])
  })
})

it.each([
  ['https://ec.example/webhooks/x', true],
  ['http://127.0.0.1:8787/webhooks/x', true],
  ['http://ec.example/webhooks/x', false],
  ['ftp://ec.example/x', false],
  ['nonsense', false],
  [null, false],
])('delivers to %j: %s', (url, can) => {
  expect(subscriptions.addressFor(resource, anAccount(), url)).toBe(can ? url : null)
})

describe('a notification', () => {
  it('tells its channel by its headers', () => {
    expect(subscriptions.origin(from({ 'x-goog-channel-id': 'c-1', 'x-goog-resource-id': 'r-1' }))).toEqual({
      id: 'c-1',
      remoteId: 'r-1',
    })
    expect(subscriptions.origin(from({ 'x-goog-channel-id': 'c-1' }))).toEqual({ id: 'c-1', remoteId: null })
    expect(subscriptions.origin(from(null))).toBeNull()
  })

  // Pitfalls 2 and 3.
  it.each([
    ['sync', true],
    ['exists', false],
    ['not_exists', false],
    ['update', false],
  ])('of the state %s proves the way alone: %s', (kind, isProof) => {
    expect(subscriptions.isProof(from(null, kind))).toBe(isProof)
  })
})
