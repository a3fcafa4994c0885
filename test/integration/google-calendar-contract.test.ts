import { describe, expect, it } from 'vitest'
import { calendar_v3 } from '@googleapis/calendar'
import { googleCalendar } from '#ec/providers/google-calendar/index.js'
import { openAccountContext } from '../support/account-context.js'
import { openGoogleReference, sayRequest } from '../support/google-reference.js'
import { openStandIn, sendJson } from '../support/stand-in.js'
import { aResource } from '../support/webhook.js'

/**
 * What our client sends, against the published reference: the types of Google's own package, whose texts are those of
 * https://developers.google.com/workspace/calendar/api/v3/reference, and the requests that package itself makes.
 */
const { fieldsOf, wordsAbout } = openGoogleReference('@googleapis/calendar/build/v3.d.ts')

const CALENDAR = 'Ana & co #1@group.calendar.google.com'
const resource = { ...aResource('google-calendar'), accountId: 'a', target: CALENDAR }
const anyPage = { items: [], nextPageToken: 'next page=' }

/** Everything that the provider ever asks for. */
const OURS: Readonly<Record<string, (ctx: ReturnType<typeof openAccountContext>) => Promise<unknown> | undefined>> = {
  'the first page of everything': ctx => read(ctx, null, null),
  'a later page of everything': ctx => read(ctx, null, 'p 2='),
  'the first page of changes': ctx => read(ctx, 's+/=', null),
  'a later page of changes': ctx => read(ctx, 's+/=', 'p 2='),
  'a watch': ctx => googleCalendar.subscriptions?.create(ctx, resource, WANTED),
  'an end of a watch': ctx => googleCalendar.subscriptions?.stop(ctx, resource, { id: 'c-1', remoteId: 'r-1' }),
  'the list of calendars': ctx => googleCalendar.discover?.(ctx),
}

const WANTED = { id: 'c-1', address: 'https://ec.example/webhooks/x', secret: 's3cret', expiresAt: 1_767_000_000_000 }

function read(ctx: ReturnType<typeof openAccountContext>, cursor: string | null, page: string | null) {
  return googleCalendar.reader?.readPage(ctx, resource, { cursor, page, since: null })
}

const COMMON = { calendarId: CALENDAR, singleEvents: false, showDeleted: true, maxResults: 2_500 }
const CHANNEL = { id: 'c-1', type: 'web_hook', address: WANTED.address, token: 's3cret', expiration: '1767000000000' }

/** The same, asked by Google's package. */
const THEIRS: Readonly<Record<string, (api: calendar_v3.Calendar) => Promise<unknown>>> = {
  'the first page of everything': api => api.events.list(COMMON),
  'a later page of everything': api => api.events.list({ ...COMMON, pageToken: 'p 2=' }),
  'the first page of changes': api => api.events.list({ ...COMMON, syncToken: 's+/=' }),
  'a later page of changes': api => api.events.list({ ...COMMON, syncToken: 's+/=', pageToken: 'p 2=' }),
  'a watch': api => api.events.watch({ calendarId: CALENDAR, requestBody: CHANNEL }),
  'an end of a watch': api => api.channels.stop({ requestBody: { id: 'c-1', resourceId: 'r-1' } }),
  'the list of calendars': api => api.calendarList.list({ minAccessRole: 'reader', showHidden: true, maxResults: 250 }),
}

async function record() {
  return openStandIn((request, response) => {
    const answer = request.url.endsWith('/watch') ? { resourceId: 'r-1', expiration: '1767000000000' } : anyPage
    sendJson(response, 200, request.url.includes('calendarList') ? { items: [] } : answer)
  })
}

describe('the reference', () => {
  it('is read', () => {
    expect(fieldsOf('Params$Resource$Events$List')).toContain('syncToken')
    expect(fieldsOf('Schema$Channel')).toContain('expiration')
    expect(wordsAbout('Params$Resource$Events$List', 'syncToken')).toContain('410 GONE')
  })
})

describe.each(Object.keys(OURS))('%s', what => {
  it('is asked for as Google’s own package asks', async () => {
    const [ours, theirs] = [await record(), await record()]
    await OURS[what]?.(openAccountContext({ baseUrl: ours.url }))
    const api = new calendar_v3.Calendar({ rootUrl: `${theirs.url}/`, retry: false, fetchImplementation: fetch })
    await THEIRS[what]?.(api)
    expect(ours.seen.map(sayRequest)).toEqual(theirs.seen.map(sayRequest))
    expect(ours.seen).toHaveLength(1)
  })
})

describe('a list of events', () => {
  const LIST = 'Params$Resource$Events$List'

  it('has parameters of the reference alone, and with a sync token none that it forbids (pitfall 14)', async () => {
    const standIn = await record()
    const ctx = openAccountContext({ baseUrl: standIn.url })
    const names = Object.keys(OURS).filter(what => what.includes('page'))
    for (const what of names) await OURS[what]?.(ctx)
    const words = wordsAbout(LIST, 'syncToken')
    const forbidden = fieldsOf(LIST).filter(name => new RegExp(`- ${name}\\b`).test(words))
    expect(forbidden).toEqual([
      'iCalUID',
      'orderBy',
      'privateExtendedProperty',
      'q',
      'sharedExtendedProperty',
      'timeMax',
      'timeMin',
      'updatedMin',
    ])
    for (const { url } of standIn.seen) {
      const query = new URL(url, 'http://google').searchParams
      expect(fieldsOf(LIST)).toEqual(expect.arrayContaining([...query.keys()]))
      if (!query.has('syncToken')) continue
      expect([...query.keys()].filter(name => forbidden.includes(name))).toEqual([])
      expect(query.get('showDeleted')).not.toBe('false')
    }
  })

  it('asks for changes with the parameters of the list before, but for its tokens (pitfall 15)', async () => {
    const standIn = await record()
    const ctx = openAccountContext({ baseUrl: standIn.url })
    for (const what of Object.keys(OURS).filter(name => name.includes('page'))) await OURS[what]?.(ctx)
    const rest = standIn.seen.map(({ url }) => {
      const query = new URL(url, 'http://google').searchParams
      query.delete('syncToken')
      query.delete('pageToken')
      return query.toString()
    })
    expect(new Set(rest).size).toBe(1)
    expect(googleCalendar.reader?.version).toMatch(/^events\.list:.{12}$/)
  })

  it('takes pages as large as the reference allows', () => {
    expect(wordsAbout(LIST, 'maxResults')).toContain('never be larger than 2500')
    expect(wordsAbout('Params$Resource$Calendarlist$List', 'maxResults')).toContain('never be larger than 250 ')
  })
})

it('asks for no watch whose body the reference does not know', async () => {
  const standIn = await record()
  await OURS['a watch']?.(openAccountContext({ baseUrl: standIn.url }))
  const body: unknown = JSON.parse(standIn.seen[0]?.body ?? '{}')
  expect(fieldsOf('Schema$Channel')).toEqual(expect.arrayContaining(Object.keys(Object(body))))
})
