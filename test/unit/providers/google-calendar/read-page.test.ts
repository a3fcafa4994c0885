import { describe, expect, it } from 'vitest'
import { readPage } from '#ec/providers/google-calendar/read-page.js'
import { openAccountContext } from '../../../support/account-context.js'
import { openStandIn, sendJson } from '../../../support/stand-in.js'
import { aResource } from '../../../support/webhook.js'

const resource = { ...aResource('google-calendar'), accountId: 'a', target: 'ana@example.com' }
const BIRTHDAYS = 'addressbook#contacts@group.v.calendar.google.com'
const FIRST = { cursor: null, page: null, since: null }

async function answering(status: number, body: unknown) {
  const standIn = await openStandIn((_request, response) => sendJson(response, status, body))
  return { standIn, ctx: openAccountContext({ baseUrl: standIn.url }) }
}

function refusal(code: number, reason: string, message: string, location?: string) {
  const at = location === undefined ? {} : { locationType: 'parameter', location }
  return { error: { code, message, errors: [{ domain: 'global', reason, message, ...at }] } }
}

describe('a page', () => {
  it.each([
    ['without its list', { nextSyncToken: 's' }, { changes: [], next: { cursor: 's' } }],
    // Pitfall 17: the token of a read that found nothing is a new one all the same.
    ['without items', { items: [], nextSyncToken: 's' }, { changes: [], next: { cursor: 's' } }],
    // Pitfall 18.
    ['without items that has a next one', { items: [], nextPageToken: 'p' }, { changes: [], next: { page: 'p' } }],
    // Pitfall 16: never kept before all pages are read.
    ['with both tokens', { nextPageToken: 'p', nextSyncToken: 's' }, { changes: [], next: { page: 'p' } }],
    [
      'with what nobody documents',
      { items: [{ status: 'confirmed' }, { id: 'x', status: 'cancelled' }], nextSyncToken: 's' },
      { changes: [{ type: 'delete', id: 'x', updatedAt: null }], next: { cursor: 's' } },
    ],
  ])('%s is read', async (_what, body, page) => {
    const { ctx } = await answering(200, body)
    await expect(readPage(ctx, resource, FIRST)).resolves.toEqual(page)
  })

  it.each([{}, { items: [] }, { items: [], nextSyncToken: '' }, { items: [7], nextSyncToken: 's' }, []])(
    'that says %j is none',
    async body => {
      const { ctx } = await answering(200, body)
      await expect(readPage(ctx, resource, FIRST)).rejects.toMatchObject({ code: 'EC_PROVIDER' })
    },
  )

  it.each([
    // Pitfalls 19 and 20: it is told of, and what is here stays until the new one is whole.
    [
      410,
      'fullSyncRequired',
      'Sync token is no longer valid, a full sync is required.',
      'syncToken',
      'EC_CURSOR_EXPIRED',
    ],
    [400, 'invalid', 'Invalid sync token value.', 'syncToken', 'EC_CURSOR_EXPIRED'],
    [400, 'invalid', 'Invalid page token value.', 'pageToken', 'EC_CURSOR_EXPIRED'],
    [400, 'invalid', 'Page token has expired', undefined, 'EC_CURSOR_EXPIRED'],
    [400, 'invalid', 'Invalid value for: maxResults', 'maxResults', 'EC_PROVIDER'],
    [404, 'notFound', 'Not Found', undefined, 'EC_TARGET_GONE'],
    [403, 'forbidden', 'Forbidden', undefined, 'EC_TARGET_GONE'],
    [403, 'requiredAccessLevel', 'You need to have reader access', undefined, 'EC_TARGET_GONE'],
    [403, 'rateLimitExceeded', 'Rate Limit Exceeded', undefined, 'EC_RATE_LIMITED'],
    [500, 'backendError', 'Backend Error', undefined, 'EC_PROVIDER'],
  ])('that is refused with %i %s (%s) says so', async (status, reason, message, location, code) => {
    const { ctx } = await answering(status, refusal(status, reason, message, location))
    const from = { cursor: 's', page: 'p', since: null }
    await expect(readPage(ctx, resource, from)).rejects.toMatchObject({ code })
  })

  it('of a first read has no token that could have expired', async () => {
    const { ctx } = await answering(400, refusal(400, 'invalid', 'Invalid token', 'syncToken'))
    await expect(readPage(ctx, resource, FIRST)).rejects.toMatchObject({ code: 'EC_PROVIDER' })
  })
})

it('reads the birthdays of contacts whole each time, as their deletions are never told', async () => {
  const { ctx, standIn } = await answering(200, { items: [], nextSyncToken: 's' })
  const birthdays = { ...resource, target: BIRTHDAYS }
  await expect(readPage(ctx, birthdays, FIRST)).resolves.toMatchObject({ next: { cursor: 's' } })
  const changes = { cursor: 's', page: null, since: null }
  await expect(readPage(ctx, birthdays, changes)).rejects.toMatchObject({ code: 'EC_CURSOR_EXPIRED' })
  expect(standIn.seen).toHaveLength(1)
})

// Pitfall 86: neither a clock of ours nor `since` has a place in what is asked.
it('asks for changes by Google’s token alone, whatever the time', async () => {
  const { ctx, standIn } = await answering(200, { items: [], nextSyncToken: 's' })
  await readPage(ctx, resource, { cursor: 's', page: null, since: 1_767_000_000_000 })
  expect(standIn.seen[0]?.url).not.toMatch(/updatedMin|timeMin|1767000000000/)
})

it('needs a calendar to read', async () => {
  const { ctx, standIn } = await answering(200, {})
  await expect(readPage(ctx, { ...resource, target: null }, FIRST)).rejects.toMatchObject({ code: 'EC_TARGET_GONE' })
  expect(standIn.seen).toEqual([])
})
