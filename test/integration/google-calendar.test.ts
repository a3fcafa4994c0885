import { describe, expect, it } from 'vitest'
import type { Change } from '#ec/core/item.js'
import type { Resource } from '#ec/core/resource.js'
import { googleCalendar } from '#ec/providers/google-calendar/index.js'
import type { ReadPage } from '#ec/providers/provider.js'
import { openAccountContext } from '../support/account-context.js'
import { openReceiver } from '../support/receiver.js'
import { meeting, openSandbox, type TestSandbox } from '../support/sandbox.js'
import { aNotification, aResource } from '../support/webhook.js'

const { reader, subscriptions } = googleCalendar

function calendarOf(target = 'ana@example.com'): Resource {
  return { ...aResource('google-calendar'), accountId: 'a', target }
}

function contextOf(sandbox: TestSandbox, more: { readonly token?: string } = {}) {
  return openAccountContext({ baseUrl: sandbox.urls.google, token: sandbox.control.token(), ...more })
}

/** All pages of a read; how many there were, what they said, and the cursor at the end. */
async function readAll(sandbox: TestSandbox, cursor: string | null, target?: string) {
  const ctx = contextOf(sandbox)
  const changes: Change[] = []
  for (let page: string | null = null, pages = 1; ; pages++) {
    const got: ReadPage | undefined = await reader?.readPage(ctx, calendarOf(target), { cursor, page, since: null })
    if (got === undefined) throw new Error('there is no reader')
    changes.push(...got.changes)
    if ('cursor' in got.next) return { changes, pages, cursor: got.next.cursor, calls: ctx.calls }
    page = got.next.page
  }
}

const sayChange = (change: Change) => (change.type === 'delete' ? `-${change.id}` : `+${change.item.id}`)

describe('the reader', () => {
  it('reads everything page by page, and has its cursor of the last page alone', async () => {
    const sandbox = await openSandbox({ manners: { short_page_rate: 1 } })
    const ids = Array.from({ length: 12 }, (_, i) =>
      String(sandbox.control.mutate({ do: 'event.create', event: meeting(i + 1) })['id']),
    )
    const { changes, pages, cursor, calls } = await readAll(sandbox, null)
    expect(changes.map(sayChange).sort()).toEqual(ids.map(id => `+${id}`).sort())
    expect(pages).toBeGreaterThan(1)
    expect(cursor).not.toBe('')
    expect(calls).toHaveLength(pages)
    expect(calls[0]).toMatchObject({ operation: 'events.list', status: 200, attempt: 1 })
  })

  it('goes on behind an empty page, and keeps the new cursor of a read that found nothing', async () => {
    const sandbox = await openSandbox({ manners: { empty_page_rate: 1 } })
    sandbox.control.mutate({ do: 'event.create', event: meeting(6) })
    const first = await readAll(sandbox, null)
    expect(first).toMatchObject({ pages: 2, changes: [{ type: 'upsert' }] })
    sandbox.control.mutate({ do: 'event.create', event: meeting(7), calendar: 'ana@example.com' })
    const second = await readAll(sandbox, first.cursor)
    expect(second.changes).toHaveLength(1)
    const third = await readAll(sandbox, second.cursor)
    expect(third.changes).toEqual([])
    expect(third.cursor).not.toBe('')
  })

  it('says that a cursor has expired, and that a calendar has gone', async () => {
    const sandbox = await openSandbox()
    const { cursor } = await readAll(sandbox, null)
    sandbox.control.mutate({ do: 'calendar.expire-tokens' })
    await expect(readAll(sandbox, cursor)).rejects.toMatchObject({ code: 'EC_CURSOR_EXPIRED' })
    await expect(readAll(sandbox, 'no token of Google')).rejects.toMatchObject({ code: 'EC_CURSOR_EXPIRED' })
    await expect(readAll(sandbox, null, 'nobody@example.com')).rejects.toMatchObject({ code: 'EC_TARGET_GONE' })
  })
})

describe('the subscriptions', () => {
  it('watch a calendar, prove the way, and stop', async () => {
    const sandbox = await openSandbox({ rate: 0 })
    const receiver = await openReceiver()
    const ctx = contextOf(sandbox)
    const wanted = { id: 'channel-1', address: receiver.url, secret: 's3cret' }
    const month = sandbox.control.now() + 30 * 86_400_000
    const got = await subscriptions?.create(ctx, calendarOf(), { ...wanted, expiresAt: month })
    // What Google gives is the truth, whatever was asked for.
    expect(got).toEqual({ remoteId: expect.any(String), expiresAt: sandbox.control.now() + 7 * 86_400_000 })
    await sandbox.control.settled()
    const [first] = receiver.seen
    expect(first?.headers).toMatchObject({ 'x-goog-channel-token': 's3cret', 'x-goog-resource-state': 'sync' })
    const proof = aNotification('google-calendar', 'sync', '', { headers: Object(first?.headers) })
    expect(subscriptions?.isProof(proof)).toBe(true)
    expect(subscriptions?.origin(proof)).toEqual({ id: 'channel-1', remoteId: got?.remoteId })
    await subscriptions?.stop(ctx, calendarOf(), { id: 'channel-1', remoteId: got?.remoteId ?? null })
    await subscriptions?.stop(ctx, calendarOf(), { id: 'channel-1', remoteId: got?.remoteId ?? null })
    expect(ctx.calls.map(({ operation, status }) => [operation, status])).toEqual([
      ['events.watch', 200],
      ['channels.stop', 204],
      ['channels.stop', 404],
    ])
  })
})
