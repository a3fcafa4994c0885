import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EcError } from '#ec/core/errors.js'
import { parseEvent } from '#ec/core/event-schema.js'
import type { Change, Item } from '#ec/core/item.js'
import type { Resource } from '#ec/core/resource.js'
import { googleCalendar } from '#ec/providers/google-calendar/index.js'
import type { AccountContext, ReadFrom, ReadPage } from '#ec/providers/provider.js'
import { openAccountContext } from '../support/account-context.js'
import { historySteps, perform } from '../support/calendar-history.js'
import { sayItem } from '../support/calendar-follower.js'
import { runs } from '../support/long.js'
import { openReceiver } from '../support/receiver.js'
import { meeting, openSandbox, type TestSandbox } from '../support/sandbox.js'
import { aNotification, aResource } from '../support/webhook.js'

const { reader, subscriptions, discover } = googleCalendar

function readPage(ctx: AccountContext, resource: Resource, from: ReadFrom): Promise<ReadPage> {
  if (reader === undefined) throw new Error('there is no reader')
  return reader.readPage(ctx, resource, from)
}

function describeChange(...args: Parameters<NonNullable<typeof reader>['describe']>) {
  return reader?.describe(...args) ?? []
}

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
    const got: ReadPage = await readPage(ctx, calendarOf(target), { cursor, page, since: null })
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

/** The simplest copy that keeps the rules of the port: the last word counts, and a series takes its instances along. */
class Copy {
  readonly items = new Map<string, Item>()

  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.type === 'upsert') this.items.set(change.item.id, change.item)
      else {
        this.items.delete(change.id)
        for (const [id, { series }] of this.items) if (series === change.id) this.items.delete(id)
      }
    }
  }

  say(): readonly string[] {
    return [...this.items.values()]
      .map(({ json, series }) => sayItem({ ...json, recurringEventId: series ?? undefined }))
      .sort()
  }
}

describe('a copy that follows the reader', () => {
  it('is what the calendar holds, whatever has happened to it (pitfalls 16 to 25)', async () => {
    let [fulls, events] = [0, 0]
    await fc.assert(
      fc.asyncProperty(fc.array(historySteps, { minLength: 5, maxLength: 40 }), fc.integer(), async (steps, seed) => {
        const sandbox = await openSandbox({ seed, manners: { empty_page_rate: 0.2, short_page_rate: 0.5 } })
        sandbox.control.mutate({ do: 'calendar.create', summary: 'Other', id: 'other@example.com' })
        const ctx = contextOf(sandbox)
        let [copy, cursor]: [Copy, string | null] = [new Copy(), null]

        async function sync(between: () => Promise<void>): Promise<void> {
          const next = new Copy()
          if (cursor !== null) for (const [id, item] of copy.items) next.items.set(id, item)
          else fulls += 1
          for (let page: string | null = null; ;) {
            const got: ReadPage = await readPage(ctx, calendarOf(), { cursor, page, since: null })
            for (const change of got.changes) {
              const before = next.items.get(change.type === 'upsert' ? change.item.id : change.id) ?? null
              const after = change.type === 'upsert' ? change.item : null
              const series = next.items.get((after ?? before)?.series ?? '') ?? null
              for (const event of describeChange(
                { before, after, series },
                calendarOf(),
                ctx.account,
                sandbox.control.now(),
              )) {
                expect(parseEvent(event)).toMatchObject({ ok: true })
                events += 1
              }
            }
            next.apply(got.changes)
            if ('cursor' in got.next) {
              ;[copy, cursor] = [next, got.next.cursor]
              return
            }
            page = got.next.page
            await between()
          }
        }

        async function syncAnyhow(between: () => Promise<void> = async () => {}): Promise<void> {
          try {
            await sync(between)
          } catch (error) {
            if (!(error instanceof EcError && error.code === 'EC_CURSOR_EXPIRED')) throw error
            cursor = null
            await syncAnyhow(between)
          }
        }

        let at = 0
        async function next(): Promise<void> {
          const one = steps[at++]
          if (one === undefined) return
          if (one.kind === 'sync') await syncAnyhow(() => (steps[at]?.kind === 'sync' ? Promise.resolve() : next()))
          else await perform(sandbox, one, at)
        }
        while (at < steps.length) await next()
        await syncAnyhow()
        expect(copy.say()).toEqual(sandbox.control.events('primary').map(sayItem).sort())
        await sandbox.close()
      }),
      { numRuns: runs(60) },
    )
    expect(fulls).toBeGreaterThan(60)
    expect(events).toBeGreaterThan(50)
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

describe('a refusal of the service', () => {
  const WANTED = { id: 'channel-1', address: 'http://127.0.0.1:9/', secret: 's3cret', expiresAt: Date.UTC(2027, 0, 1) }
  const READ = { cursor: null, page: null, since: null }

  it.each([403, 429])('that its quota is used up is one to wait for, though it comes as %i', async status => {
    const sandbox = await openSandbox({ manners: { quota_user_per_minute: 1, quota_refusal: status } })
    const ctx = contextOf(sandbox)
    await readPage(ctx, calendarOf(), READ)
    await expect(readPage(ctx, calendarOf(), READ)).rejects.toMatchObject({ code: 'EC_RATE_LIMITED' })
  })

  it('that the API is not enabled, or that a right lacks, or that nobody is signed in, is told apart', async () => {
    const sandbox = await openSandbox()
    const { control } = sandbox
    const token = control.token('ana@example.com', ['https://www.googleapis.com/auth/gmail.modify'])
    await expect(readPage(contextOf(sandbox, { token }), calendarOf(), READ)).rejects.toMatchObject({
      code: 'EC_SCOPE_MISSING',
    })
    await expect(readPage(contextOf(sandbox, { token: 'none' }), calendarOf(), READ)).rejects.toMatchObject({
      code: 'EC_ACCOUNT_SIGNED_OUT',
    })
    control.manners({ disabled_apis: ['calendar'] })
    await expect(readPage(contextOf(sandbox), calendarOf(), READ)).rejects.toMatchObject({
      code: 'EC_API_DISABLED',
      hint: expect.stringContaining('https://console.developers.google.com/apis/api/'),
    })
  })

  it('to read what is shared as free and busy alone is as if it were not there (pitfall 90)', async () => {
    const sandbox = await openSandbox({ accounts: [{ email: 'ana@example.com' }, { email: 'ben@example.com' }] })
    const share = { do: 'calendar.share', calendar: 'ben@example.com', with: 'ana@example.com' }
    sandbox.control.mutate({ ...share, role: 'freeBusyReader' })
    const ben = calendarOf('ben@example.com')
    await expect(readPage(contextOf(sandbox), ben, READ)).rejects.toMatchObject({ code: 'EC_TARGET_GONE' })
  })

  it('to watch a calendar that cannot be watched is final (pitfall 13)', async () => {
    const sandbox = await openSandbox()
    sandbox.control.mutate({ do: 'calendar.create', summary: 'Holidays', id: 'h@example.com', watchable: false })
    const watch = subscriptions?.create(contextOf(sandbox), calendarOf('h@example.com'), WANTED)
    await expect(watch).rejects.toMatchObject({ code: 'EC_NOT_WATCHABLE' })
  })

  it('to make a channel a second time says that it is there', async () => {
    const sandbox = await openSandbox()
    const ctx = contextOf(sandbox)
    await subscriptions?.create(ctx, calendarOf(), WANTED)
    await expect(subscriptions?.create(ctx, calendarOf(), WANTED)).rejects.toMatchObject({
      details: { google_reason: 'channelIdNotUnique' },
    })
  })
})

describe('what could be watched', () => {
  it('are the calendars whose events may be read, the primary first, under the names that the person gave them', async () => {
    const sandbox = await openSandbox({ accounts: [{ email: 'ana@example.com' }, { email: 'ben@example.com' }] })
    const { control } = sandbox
    control.mutate({
      do: 'calendar.create',
      summary: 'Holidays in Spain',
      id: 'es.spain#holiday@group.v.calendar.google.com',
      watchable: false,
    })
    control.mutate({
      do: 'calendar.create',
      summary: 'Team',
      id: 'team@group.calendar.google.com',
      account: 'ben@example.com',
    })
    control.mutate({
      do: 'calendar.share',
      calendar: 'team@group.calendar.google.com',
      with: 'ana@example.com',
      role: 'reader',
    })
    control.mutate({
      do: 'calendar.share',
      calendar: 'ben@example.com',
      with: 'ana@example.com',
      role: 'freeBusyReader',
    })
    await sandbox.call('PATCH', '/calendar/v3/users/me/calendarList/team@group.calendar.google.com', {
      summaryOverride: 'Our team',
      hidden: true,
    })
    expect(await discover?.(contextOf(sandbox))).toEqual([
      {
        provider: 'google-calendar',
        target: 'ana@example.com',
        name: 'ana@example.com',
        primary: true,
        watchable: true,
        role: 'owner',
      },
      expect.objectContaining({ name: 'Holidays in Spain', watchable: false }),
      expect.objectContaining({ name: 'Our team', role: 'reader', primary: false, watchable: true }),
    ])
  })
})
