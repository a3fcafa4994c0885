import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { historySteps, perform } from '../support/calendar-history.js'
import { CalendarFollower, sayItem } from '../support/calendar-follower.js'
import { runs } from '../support/long.js'
import { openReceiver } from '../support/receiver.js'
import { meeting, openSandbox, type TestSandbox, type Parsed } from '../support/sandbox.js'

function truth(sandbox: TestSandbox, calendar = 'primary'): readonly string[] {
  return sandbox.control.events(calendar).map(sayItem).sort()
}

describe('who follows a calendar as Google says', () => {
  it('has the same as the calendar, whatever has happened to it', async () => {
    let [fullSyncs, empty, multi] = [0, 0, 0]
    await fc.assert(
      fc.asyncProperty(fc.array(historySteps, { minLength: 5, maxLength: 40 }), fc.integer(), async (steps, seed) => {
        const manners = { empty_page_rate: 0.2, short_page_rate: 0.2 }
        const sandbox = await openSandbox({ seed, manners })
        sandbox.control.mutate({ do: 'calendar.create', summary: 'Other', id: 'other@example.com' })
        const follower = new CalendarFollower(sandbox, 'primary', 3)
        let at = 0
        async function next(): Promise<void> {
          const one = steps[at++]
          if (one !== undefined) await perform(sandbox, one, at)
          if (one?.kind === 'sync') await follower.sync(between)
        }
        // Life does not wait for pages.
        async function between(): Promise<void> {
          if (steps[at]?.kind !== 'sync') await next()
        }
        while (at < steps.length) await next()
        await follower.sync()
        expect(follower.copy()).toEqual(truth(sandbox))
        fullSyncs = Math.max(fullSyncs, follower.fullSyncs)
        empty += follower.emptyPages
        multi = Math.max(multi, follower.pages)
        await sandbox.close()
      }),
      { numRuns: runs(100), seed: 7 },
    )
    // The histories did what they are for.
    expect(fullSyncs).toBeGreaterThan(1)
    expect(empty).toBeGreaterThan(0)
    expect(multi).toBeGreaterThan(3)
  })

  it('finds what changes between two pages in the next list of changes', async () => {
    const sandbox = await openSandbox()
    const ids = Array.from({ length: 6 }, (_, i) =>
      String(sandbox.control.mutate({ do: 'event.create', event: meeting(i + 1) })['id']),
    )
    const path = '/calendar/v3/calendars/primary/events?maxResults=2'
    const first = await sandbox.call('GET', path)
    const seen = first.body.items.map(({ id }: { id: string }) => id)
    sandbox.control.mutate({ do: 'event.patch', id: seen[0], event: { summary: 'Changed meanwhile' } })
    sandbox.control.mutate({ do: 'event.delete', id: ids.find(id => !seen.includes(id)) })
    let page = first
    while (page.body.nextPageToken !== undefined) {
      page = await sandbox.call('GET', `${path}&pageToken=${encodeURIComponent(page.body.nextPageToken)}`)
    }
    const next = await sandbox.call('GET', `${path}&syncToken=${encodeURIComponent(page.body.nextSyncToken)}`)
    expect(next.body.items.map(({ id, status }: Parsed) => [id, status])).toContainEqual([seen[0], 'confirmed'])
    expect(next.body.items).toHaveLength(2)
  })
})

const mailStep = fc.record({
  kind: fc.constantFrom('receive' as const, 'label' as const, 'delete' as const, 'expire' as const, 'sync' as const),
  which: fc.nat(50),
})

describe('who follows a mailbox as Google says', () => {
  it('has the same messages and labels, whatever has happened', async () => {
    let fullSyncs = 0
    await fc.assert(
      fc.asyncProperty(fc.array(mailStep, { minLength: 5, maxLength: 40 }), async steps => {
        const sandbox = await openSandbox({
          accounts: [{ email: 'ana@example.com', historyId: '18446744073709551610' }],
        })
        const copy = new Map<string, readonly string[]>()
        let cursor: string | null = null

        async function read(id: string): Promise<void> {
          const { status, body } = await sandbox.call('GET', `/gmail/v1/users/me/messages/${id}?format=minimal`)
          if (status === 404) copy.delete(id)
          else copy.set(id, body.labelIds)
        }

        async function full(): Promise<void> {
          fullSyncs += 1
          copy.clear()
          cursor = String((await sandbox.call('GET', '/gmail/v1/users/me/profile')).body.historyId)
          for (let page = ''; ;) {
            const { body } = await sandbox.call('GET', `/gmail/v1/users/me/messages?maxResults=3${page}`)
            for (const { id } of body.messages ?? []) await read(id)
            if (body.nextPageToken === undefined) return
            page = `&pageToken=${body.nextPageToken}`
          }
        }

        async function sync(): Promise<void> {
          if (cursor === null) return full()
          for (let page = ''; ;) {
            const path = `/gmail/v1/users/me/history?startHistoryId=${cursor}&maxResults=3${page}`
            const { status, body } = await sandbox.call('GET', path)
            if (status === 404) return full()
            for (const { messages } of body.history ?? []) for (const { id } of messages) await read(id)
            page = `&pageToken=${body.nextPageToken}`
            if (body.nextPageToken === undefined) return void (cursor = body.historyId)
          }
        }

        const ids: string[] = []
        for (const { kind, which } of steps) {
          const id = ids[which % Math.max(1, ids.length)]
          if (kind === 'receive') ids.push(String(sandbox.control.mutate({ do: 'mail.receive' })['id']))
          else if (kind === 'expire') sandbox.control.mutate({ do: 'mail.expire-history' })
          else if (kind === 'sync') await sync()
          else if (id === undefined) continue
          else if (kind === 'label')
            sandbox.control.mutate({ do: 'mail.label', id, add: which % 2 ? ['STARRED'] : [], remove: ['UNREAD'] })
          else {
            sandbox.control.mutate({ do: 'mail.delete', id })
            ids.splice(ids.indexOf(id), 1)
          }
        }
        await sync()
        expect([...copy.keys()].sort()).toEqual([...ids].sort())
        for (const id of ids) {
          const { body } = await sandbox.call('GET', `/gmail/v1/users/me/messages/${id}?format=minimal`)
          expect(copy.get(id)).toEqual(body.labelIds)
        }
        await sandbox.close()
      }),
      { numRuns: runs(40), seed: 11 },
    )
    expect(fullSyncs).toBeGreaterThan(40)
  })
})

describe('messages that are pushed while everything goes wrong', () => {
  it('each arrive at least once', async () => {
    const sandbox = await openSandbox({ rate: 0 })
    const receiver = await openReceiver()
    await sandbox.call('PUT', '/v1/projects/ec-demo/topics/mail')
    const body = { topic: 'projects/ec-demo/topics/mail', pushConfig: { pushEndpoint: receiver.url } }
    await sandbox.call('PUT', '/v1/projects/ec-demo/subscriptions/mail-sub', body)
    for (const kind of ['drop', 'duplicate', 'reorder', 'delay', 'status', 'cut', 'refuse']) {
      sandbox.control.fault({ on: 'push', kind, rate: 0.2, delay_ms: 20_000 })
    }
    receiver.answer(500, null, 204, 404, 204)
    const sent: string[] = []
    for (let n = 0; n < 100; n++) {
      const messages = [{ data: Buffer.from(String(n)).toString('base64') }]
      const { body } = await sandbox.call('POST', '/v1/projects/ec-demo/topics/mail:publish', { messages })
      sent.push(body.messageIds[0])
    }
    await sandbox.control.advance(6 * 86_400_000)
    const seen = receiver.seen.map(({ body }) => JSON.parse(body).message.messageId)
    expect([...new Set(seen)].sort()).toEqual([...sent].sort())
    expect(seen.length).toBeGreaterThan(sent.length)
    expect(sandbox.control.state()).toMatchObject({ subscriptions: [{ waiting: 0 }] })
  })
})
