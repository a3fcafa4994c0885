import { beforeEach, describe, expect, it } from 'vitest'
import { meeting, openSandbox, send, type Answer, type TestSandbox, type Parsed } from '../support/sandbox.js'

const EVENTS = '/calendar/v3/calendars/primary/events'

let sandbox: TestSandbox
beforeEach(async () => {
  sandbox = await openSandbox()
})

function refusal({ status, body }: Answer) {
  return [status, body.error?.errors?.[0]?.reason]
}

async function insert(event: object): Promise<Parsed> {
  const { status, body } = await sandbox.call('POST', EVENTS, event)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

/** All pages; the last brings the token. */
async function list(query = ''): Promise<Parsed> {
  const items: Parsed[] = []
  for (let page = ''; ;) {
    const { status, body } = await sandbox.call('GET', `${EVENTS}?${query}${page}`)
    expect(status, JSON.stringify(body)).toBe(200)
    items.push(...body.items)
    if (body.nextPageToken === undefined) return { ...body, items }
    page = `&pageToken=${encodeURIComponent(body.nextPageToken)}`
  }
}

describe('an event', () => {
  it('comes back with what Google adds', async () => {
    const made = await insert(meeting(6, { attendees: [{ email: 'ben@example.com' }] }))
    expect(made).toMatchObject({
      kind: 'calendar#event',
      etag: expect.stringMatching(/^"\d+"$/),
      id: expect.stringMatching(/^[a-v0-9]{26}$/),
      status: 'confirmed',
      created: '2026-01-05T09:00:00.000Z',
      updated: '2026-01-05T09:00:00.000Z',
      iCalUID: `${made.id}@google.com`,
      sequence: 0,
      eventType: 'default',
      creator: { email: 'ana@example.com', self: true },
      organizer: { email: 'ana@example.com', self: true },
      attendees: [{ email: 'ben@example.com', responseStatus: 'needsAction' }],
      reminders: { useDefault: true },
      start: { dateTime: '2026-01-06T10:00:00+01:00', timeZone: 'Europe/Madrid' },
      end: { dateTime: '2026-01-06T10:30:00+01:00', timeZone: 'Europe/Madrid' },
    })
  })

  it.each([
    ['an id of other letters', { id: 'WRONG-ID' }, [400, 'invalid']],
    ['no start', { start: undefined }, [400, 'required']],
    ['an end that is the start', { end: meeting().start }, [400, 'timeRangeEmpty']],
    ['an end before the start', { end: { dateTime: '2026-01-06T09:00:00+01:00' } }, [400, 'timeRangeEmpty']],
    ['a day and an instant', { end: { date: '2026-01-07' } }, [400, 'invalid']],
    ['an instant without offset and zone', { start: { dateTime: '2026-01-06T10:00:00' } }, [400, 'invalid']],
    ['a day that is none', { start: { date: '2026-02-30' }, end: { date: '2026-03-01' } }, [400, 'invalid']],
    ['a rule that is none', { recurrence: ['RRULE:FREQ=SOMETIMES'] }, [400, 'invalid']],
    [
      'a series without a zone',
      {
        start: { dateTime: '2026-01-06T10:00:00Z' },
        end: { dateTime: '2026-01-06T11:00:00Z' },
        recurrence: ['RRULE:FREQ=DAILY'],
      },
      [400, 'required'],
    ],
    ['a visibility that is none', { visibility: 'secret' }, [400, 'invalid']],
    [
      'a property with too long a name',
      { extendedProperties: { private: { ['k'.repeat(45)]: 'v' } } },
      [400, 'invalid'],
    ],
  ])('is refused with %s', async (_what, wrong, expected) => {
    expect(refusal(await sandbox.call('POST', EVENTS, meeting(6, wrong)))).toEqual(expected)
  })

  it('keeps its id for ever: 409 for a second one, and after it was deleted (pitfalls 39, 40)', async () => {
    await insert(meeting(6, { id: 'ecabc123' }))
    expect(refusal(await sandbox.call('POST', EVENTS, meeting(7, { id: 'ecabc123' })))).toEqual([409, 'duplicate'])
    expect((await sandbox.call('DELETE', `${EVENTS}/ecabc123`)).status).toBe(204)
    expect(refusal(await sandbox.call('POST', EVENTS, meeting(7, { id: 'ecabc123' })))).toEqual([409, 'duplicate'])
    const back = await sandbox.call('PUT', `${EVENTS}/ecabc123`, meeting(7))
    expect(back.body).toMatchObject({ id: 'ecabc123', status: 'confirmed' })
  })

  it('is gone once: the second delete is 410, of what never was 404', async () => {
    const { id } = await insert(meeting())
    expect((await sandbox.call('DELETE', `${EVENTS}/${id}`)).status).toBe(204)
    expect(refusal(await sandbox.call('DELETE', `${EVENTS}/${id}`))).toEqual([410, 'deleted'])
    expect(refusal(await sandbox.call('DELETE', `${EVENTS}/never`))).toEqual([404, 'notFound'])
    expect((await sandbox.call('GET', `${EVENTS}/${id}`)).body.status).toBe('cancelled')
  })

  it('is patched by key: null takes away, objects merge, lists are replaced', async () => {
    const { id } = await insert(
      meeting(6, {
        location: 'Room 1',
        extendedProperties: { private: { a: '1', b: '2' } },
        attendees: [{ email: 'ben@example.com' }],
      }),
    )
    const change = {
      location: null,
      extendedProperties: { private: { b: null, c: '3' } },
      attendees: [{ email: 'ines@example.com' }],
    }
    const { body } = await sandbox.call('PATCH', `${EVENTS}/${id}`, change)
    expect(body).not.toHaveProperty('location')
    expect(body.extendedProperties).toEqual({ private: { a: '1', c: '3' } })
    expect(body.attendees).toEqual([{ email: 'ines@example.com', responseStatus: 'needsAction' }])
    const day = {
      start: { date: '2026-01-06', dateTime: null, timeZone: null },
      end: { date: '2026-01-07', dateTime: null, timeZone: null },
    }
    expect((await sandbox.call('PATCH', `${EVENTS}/${id}`, day)).body).toMatchObject({ start: { date: '2026-01-06' } })
  })

  it('counts its sequence when its time changes, and tells no new time when only reminders do', async () => {
    const { id } = await insert(meeting())
    await sandbox.control.advance(60_000)
    const { start, end } = meeting(8)
    expect((await sandbox.call('PATCH', `${EVENTS}/${id}`, { start, end })).body).toMatchObject({
      sequence: 1,
      updated: '2026-01-05T09:01:00.000Z',
    })
    await sandbox.control.advance(60_000)
    const reminders = { useDefault: false, overrides: [] }
    const { body } = await sandbox.call('PATCH', `${EVENTS}/${id}`, { reminders })
    expect(body).toMatchObject({ sequence: 1, updated: '2026-01-05T09:01:00.000Z', reminders })
  })

  it('is written only over the version that is named, and read only when it is another', async () => {
    const { id, etag } = await insert(meeting())
    const { body } = await sandbox.call('PATCH', `${EVENTS}/${id}`, { summary: 'New' }, { 'if-match': etag })
    expect(refusal(await sandbox.call('PATCH', `${EVENTS}/${id}`, { summary: 'Newer' }, { 'if-match': etag }))).toEqual(
      [412, 'conditionNotMet'],
    )
    expect(refusal(await sandbox.call('DELETE', `${EVENTS}/${id}`, undefined, { 'if-match': etag }))).toEqual([
      412,
      'conditionNotMet',
    ])
    expect((await sandbox.call('GET', `${EVENTS}/${id}`, undefined, { 'if-none-match': body.etag })).status).toBe(304)
    expect((await sandbox.call('GET', `${EVENTS}/${id}`, undefined, { 'if-none-match': etag })).body.summary).toBe(
      'New',
    )
  })

  it('loses the block of a conference that it does not have (pitfall 37)', async () => {
    const block = '-::~:~::~:~:~:~::~:~::-\nJoin here\n-::~:~::~:~:~:~::~:~::-'
    const { description } = await insert(meeting(6, { description: `Agenda\n\n${block}` }))
    expect(description).toBe('Agenda')
  })

  it('is imported over the one that has its iCalUID (pitfall 42)', async () => {
    const first = await sandbox.call('POST', `${EVENTS}/import`, meeting(6, { iCalUID: 'x@elsewhere' }))
    const second = await sandbox.call('POST', `${EVENTS}/import`, meeting(7, { iCalUID: 'x@elsewhere' }))
    expect(second.body.id).toBe(first.body.id)
    expect((await list()).items).toHaveLength(1)
    expect(refusal(await sandbox.call('POST', `${EVENTS}/import`, meeting()))).toEqual([400, 'required'])
  })

  it('moves to another calendar under the same id, and is cancelled where it was', async () => {
    sandbox.control.mutate({ do: 'calendar.create', summary: 'Other', id: 'other@example.com' })
    const { id } = await insert(meeting(6, { recurrence: ['RRULE:FREQ=DAILY;COUNT=3'] }))
    const instance = `${id}_20260107T090000Z`
    await sandbox.call('PATCH', `${EVENTS}/${instance}`, { summary: 'Another name' })
    expect(refusal(await sandbox.call('POST', `${EVENTS}/${instance}/move?destination=other@example.com`))).toEqual([
      403,
      'cannotChangeOrganizerOfInstance',
    ])
    const moved = await sandbox.call('POST', `${EVENTS}/${id}/move?destination=other@example.com`)
    expect(moved.status).toBe(200)
    expect(sandbox.control.events('other@example.com').map(({ summary }) => summary)).toEqual([
      'Meeting on the 6th',
      'Another name',
    ])
    expect((await list('showDeleted=true')).items).toEqual([{ id, status: 'cancelled' }])
  })
})

describe('a list of events', () => {
  it.each([
    'iCalUID=x',
    'orderBy=updated',
    'privateExtendedProperty=a%3Db',
    'q=x',
    'sharedExtendedProperty=a%3Db',
    'timeMin=2026-01-01T00:00:00Z',
    'timeMax=2026-01-01T00:00:00Z',
    'updatedMin=2026-01-01T00:00:00Z',
    'showDeleted=false',
    'singleEvents=true',
    'maxResults=17',
    'timeZone=UTC',
  ])('of changes is refused together with %s (pitfalls 14, 15)', async parameter => {
    const { nextSyncToken } = await list()
    const answer = await sandbox.call('GET', `${EVENTS}?syncToken=${encodeURIComponent(nextSyncToken)}&${parameter}`)
    expect(answer.status).toBe(400)
  })

  it.each([
    ['maxResults=0', 400],
    ['orderBy=startTime', 400],
    ['timeMin=2026-01-01', 400],
    ['timeMin=2026-01-01T00:00:00', 400],
    ['timeMin=2026-01-02T00:00:00Z&timeMax=2026-01-01T00:00:00Z', 400],
    ['singleEvents=yes', 400],
    ['timemin=2026-01-01T00:00:00Z', 400],
    ['pageToken=nonsense', 400],
    ['syncToken=nonsense', 400],
    ['updatedMin=2025-11-01T00:00:00Z', 410],
  ])('with %s is answered %i', async (query, status) => {
    expect((await sandbox.call('GET', `${EVENTS}?${query}`)).status).toBe(status)
  })

  it('gives a token on the last page alone, of empty calendars and empty changes too (pitfall 17)', async () => {
    const first = await list()
    expect(first.items).toEqual([])
    const again = await list(`syncToken=${encodeURIComponent(first.nextSyncToken)}`)
    expect(again.items).toEqual([])
    expect(again.nextSyncToken).toBeTypeOf('string')
    expect(await list('orderBy=updated')).not.toHaveProperty('nextSyncToken')
    expect(await list('timeMin=2026-01-01T00:00:00Z')).toHaveProperty('nextSyncToken')
  })

  it('has pages without items and a token for the next', async () => {
    sandbox.control.manners({ empty_page_rate: 1 })
    for (let day = 1; day <= 5; day++) await insert(meeting(day))
    const first = await sandbox.call('GET', `${EVENTS}?maxResults=2`)
    expect(first.body.items).toEqual([])
    expect(first.body).toHaveProperty('nextPageToken')
    expect(first.body).not.toHaveProperty('nextSyncToken')
    expect((await list('maxResults=2')).items).toHaveLength(5)
  })

  it('says 410 fullSyncRequired to a token that is too old, or was made invalid (pitfall 19)', async () => {
    const { nextSyncToken } = await list()
    const path = `${EVENTS}?syncToken=${encodeURIComponent(nextSyncToken)}`
    sandbox.control.mutate({ do: 'calendar.expire-tokens' })
    const answer = await sandbox.call('GET', path)
    expect(answer.body).toEqual({
      error: {
        code: 410,
        message: 'Sync token is no longer valid, a full sync is required.',
        errors: [
          {
            domain: 'calendar',
            reason: 'fullSyncRequired',
            message: 'Sync token is no longer valid, a full sync is required.',
            locationType: 'parameter',
            location: 'syncToken',
          },
        ],
      },
    })
    const fresh = await list()
    await sandbox.control.advance(31 * 86_400_000)
    const old = await sandbox.call('GET', `${EVENTS}?syncToken=${encodeURIComponent(fresh.nextSyncToken)}`)
    expect(refusal(old)).toEqual([410, 'fullSyncRequired'])
  })

  it('is bounded by the end and the start of events, once; later changes come from everywhere', async () => {
    const { id } = await insert(meeting(10))
    await insert(meeting(20))
    const window = 'timeMin=2026-01-10T09:30:00Z&timeMax=2026-01-20T09:00:00Z'
    expect((await list(window)).items).toEqual([])
    const open = await list('timeMin=2026-01-10T09:29:59Z&timeMax=2026-01-20T09:00:00Z')
    expect(open.items.map((item: Parsed) => item.id)).toEqual([id])
    const far = await insert(meeting(1))
    const changes = await list(`syncToken=${encodeURIComponent(open.nextSyncToken)}`)
    expect(changes.items.map((item: Parsed) => item.id)).toEqual([far.id])
  })

  it('tells of what was deleted by its id, and of a removed instance sometimes by its id alone (pitfall 22)', async () => {
    const { id } = await insert(meeting(6, { recurrence: ['RRULE:FREQ=DAILY;COUNT=6'] }))
    const single = await insert(meeting(9))
    const { nextSyncToken } = await list()
    for (const day of ['07', '08']) await sandbox.call('DELETE', `${EVENTS}/${id}_202601${day}T090000Z`)
    await sandbox.call('DELETE', `${EVENTS}/${single.id}`)
    const { items } = await list(`syncToken=${encodeURIComponent(nextSyncToken)}`)
    expect(items).toContainEqual({ id: single.id, status: 'cancelled' })
    const instances = items.filter((item: Parsed) => item.id.startsWith(id))
    expect(instances.filter((item: Parsed) => item.recurringEventId === undefined)).toHaveLength(1)
    expect(instances.find((item: Parsed) => item.recurringEventId !== undefined)).toMatchObject({
      recurringEventId: id,
      originalStartTime: { dateTime: expect.stringMatching(/^2026-01-0[78]T10:00:00\+01:00$/) },
    })
    // In a full list both are there all the same, by the reference, and the single one is not.
    const full = (await list()).items.filter((item: Parsed) => item.status === 'cancelled')
    expect(full).toHaveLength(2)
    for (const item of full) expect(item).toMatchObject({ recurringEventId: id })
  })

  it('singly expanded tells of six months of a series that was deleted, and no more (pitfall 23)', async () => {
    const { id } = await insert(meeting(6, { recurrence: ['RRULE:FREQ=WEEKLY'] }))
    const query = 'singleEvents=true'
    const before = await list(query)
    expect(before.items.length).toBeGreaterThan(100)
    await sandbox.call('DELETE', `${EVENTS}/${id}`)
    const after = await list(`${query}&syncToken=${encodeURIComponent(before.nextSyncToken)}`)
    expect(after.items.length).toBeGreaterThan(20)
    expect(after.items.length).toBeLessThan(30)
    expect(after.items.every((item: Parsed) => item.status === 'cancelled')).toBe(true)
  })

  it('singly expanded tells of instances that a new rule no longer has', async () => {
    const { id } = await insert(meeting(6, { recurrence: ['RRULE:FREQ=DAILY;COUNT=4'] }))
    const before = await list('singleEvents=true')
    await sandbox.call('PATCH', `${EVENTS}/${id}`, { recurrence: ['RRULE:FREQ=DAILY;COUNT=2'] })
    const { items } = await list(`singleEvents=true&syncToken=${encodeURIComponent(before.nextSyncToken)}`)
    expect(items.map((item: Parsed) => [item.id.slice(-16), item.status]).sort()).toEqual([
      ['20260106T090000Z', 'confirmed'],
      ['20260107T090000Z', 'confirmed'],
      ['20260108T090000Z', 'cancelled'],
      ['20260109T090000Z', 'cancelled'],
    ])
  })

  it('is not sent again to who has it', async () => {
    const { headers } = await sandbox.call('GET', EVENTS)
    const etag = headers.get('etag') ?? ''
    expect((await sandbox.call('GET', EVENTS, undefined, { 'if-none-match': etag })).status).toBe(304)
    await insert(meeting())
    expect((await sandbox.call('GET', EVENTS, undefined, { 'if-none-match': etag })).status).toBe(200)
  })

  it('finds words, kinds, properties and iCalUIDs', async () => {
    const one = await insert(meeting(6, { summary: 'Dentist', extendedProperties: { private: { ec_origin: 'x' } } }))
    await insert(meeting(7, { eventType: 'outOfOffice' }))
    for (const query of [
      'q=dentist',
      'privateExtendedProperty=ec_origin%3Dx',
      `iCalUID=${one.iCalUID}`,
      'eventTypes=default',
    ]) {
      expect(
        (await list(query)).items.map((item: Parsed) => item.id),
        query,
      ).toEqual([one.id])
    }
  })
})

describe('a series', () => {
  it('keeps the identity of an instance that moves (pitfall 26)', async () => {
    const { id } = await insert(meeting(6, { recurrence: ['RRULE:FREQ=DAILY;COUNT=3'] }))
    const path = `${EVENTS}/${id}/instances`
    const instance = `${id}_20260107T090000Z`
    const { start, end } = meeting(15)
    const moved = await sandbox.call('PATCH', `${EVENTS}/${instance}`, { start, end })
    expect(moved.body).toMatchObject({
      id: instance,
      recurringEventId: id,
      originalStartTime: { dateTime: '2026-01-07T10:00:00+01:00' },
      start: { dateTime: '2026-01-15T10:00:00+01:00' },
    })
    expect((await sandbox.call('GET', path)).body.items.map((item: Parsed) => item.id)).toContain(instance)
    expect((await sandbox.call('GET', `${path}?originalStart=2026-01-07T09:00:00Z`)).body.items).toHaveLength(1)
    expect(refusal(await sandbox.call('PATCH', `${EVENTS}/${instance}`, { recurrence: ['RRULE:FREQ=DAILY'] }))).toEqual(
      [400, 'invalid'],
    )
    expect(refusal(await sandbox.call('PATCH', `${EVENTS}/${id}_20260201T090000Z`, {}))).toEqual([404, 'notFound'])
  })

  it('of whole days takes a date as the original start, and nothing else', async () => {
    const days = {
      summary: 'Days',
      start: { date: '2026-01-06' },
      end: { date: '2026-01-07' },
      recurrence: ['RRULE:FREQ=DAILY;COUNT=3'],
    }
    const { id } = await insert(days)
    const find = async (at: string) =>
      (await sandbox.call('GET', `${EVENTS}/${id}/instances?originalStart=${at}`)).body.items.map(
        (item: Parsed) => item.id,
      )
    expect(await find('2026-01-07')).toEqual([`${id}_20260107`])
    expect(await find('2026-01-07T00:00:00Z')).toEqual([])
  })

  it('takes everything of its own along when it is deleted, and says nothing of that (pitfall 25)', async () => {
    const { id } = await insert(meeting(6, { recurrence: ['RRULE:FREQ=DAILY;COUNT=3'] }))
    await sandbox.call('PATCH', `${EVENTS}/${id}_20260107T090000Z`, { summary: 'Another name' })
    const { nextSyncToken } = await list()
    await sandbox.call('DELETE', `${EVENTS}/${id}`)
    expect((await list(`syncToken=${encodeURIComponent(nextSyncToken)}`)).items).toEqual([{ id, status: 'cancelled' }])
    expect(sandbox.control.events('primary')).toEqual([])
  })
})

describe('access', () => {
  const ben = 'ben@example.com'

  async function asBen(path: string, method = 'GET', body?: unknown): Promise<Answer> {
    const token = sandbox.control.token(ben)
    return send(sandbox.urls.google + path, method, body, { authorization: `Bearer ${token}` })
  }

  beforeEach(() => {
    sandbox.control.mutate({ do: 'account.add', email: ben })
  })

  it.each([
    [null, 404, 404],
    ['freeBusyReader', 403, 403],
    ['reader', 200, 403],
    ['writerWithoutPrivateAccess', 200, 200],
    ['owner', 200, 200],
  ])('as %s is answered %i to a list and %i to a write', async (role, read, write) => {
    await insert(meeting(6, { visibility: 'private', summary: 'A secret' }))
    if (role !== null) sandbox.control.mutate({ do: 'calendar.share', calendar: 'ana@example.com', with: ben, role })
    const path = '/calendar/v3/calendars/ana@example.com/events'
    const seen = await asBen(path)
    expect(seen.status).toBe(read)
    if (read === 200) expect(seen.body.items[0].summary).toBe(role === 'owner' ? 'A secret' : undefined)
    expect((await asBen(path, 'POST', meeting(7))).status).toBe(write)
  })

  it('to free and busy times tells an unknown calendar by an error of its own (pitfall 90)', async () => {
    await insert(meeting(6))
    await insert(
      meeting(6, { start: { dateTime: '2026-01-06T10:15:00+01:00' }, end: { dateTime: '2026-01-06T11:00:00+01:00' } }),
    )
    await insert(meeting(7, { transparency: 'transparent' }))
    sandbox.control.mutate({ do: 'calendar.share', calendar: 'ana@example.com', with: ben, role: 'freeBusyReader' })
    const items = [{ id: 'ana@example.com' }, { id: 'nobody@example.com' }]
    const { body } = await asBen('/calendar/v3/freeBusy', 'POST', {
      timeMin: '2026-01-06T00:00:00Z',
      timeMax: '2026-01-08T00:00:00Z',
      items,
    })
    expect(body.calendars).toEqual({
      'ana@example.com': { busy: [{ start: '2026-01-06T09:00:00Z', end: '2026-01-06T10:00:00Z' }] },
      'nobody@example.com': { busy: [], errors: [{ domain: 'global', reason: 'notFound' }] },
    })
  })

  it('comes and goes in the list of calendars, which has tokens of its own', async () => {
    const path = '/calendar/v3/users/me/calendarList'
    const first = await asBen(path)
    expect(first.body.items.map((item: Parsed) => [item.id, item.primary, item.accessRole])).toEqual([
      [ben, true, 'owner'],
    ])
    const since = (token: string) => asBen(`${path}?syncToken=${encodeURIComponent(token)}`)
    sandbox.control.mutate({ do: 'calendar.share', calendar: 'ana@example.com', with: ben, role: 'reader' })
    const shared = await since(first.body.nextSyncToken)
    expect(shared.body.items).toMatchObject([{ id: 'ana@example.com', accessRole: 'reader' }])
    sandbox.control.mutate({ do: 'calendar.share', calendar: 'ana@example.com', with: ben, role: null })
    const gone = await since(shared.body.nextSyncToken)
    expect(gone.body.items).toMatchObject([{ id: 'ana@example.com', deleted: true }])
    const token = encodeURIComponent(gone.body.nextSyncToken)
    expect((await asBen(`${path}?syncToken=${token}&minAccessRole=owner`)).status).toBe(400)
    sandbox.control.mutate({ do: 'list.expire-tokens', account: ben })
    expect((await since(gone.body.nextSyncToken)).status).toBe(410)
  })

  it.each([
    ['no token', {}, 401, 'authError'],
    ['an unknown token', { authorization: 'Bearer nonsense' }, 401, 'authError'],
  ])('with %s is refused', async (_what, headers, status, reason) => {
    expect(refusal(await send(sandbox.urls.google + EVENTS, 'GET', undefined, headers))).toEqual([status, reason])
  })

  it('needs the scope, and the API switched on: 403 is not always about who asks (pitfall 67)', async () => {
    const token = sandbox.control.token(ben, ['https://www.googleapis.com/auth/calendar.readonly'])
    const headers = { authorization: `Bearer ${token}` }
    expect((await send(sandbox.urls.google + EVENTS, 'GET', undefined, headers)).status).toBe(200)
    expect(refusal(await send(sandbox.urls.google + EVENTS, 'POST', meeting(), headers))).toEqual([
      403,
      'insufficientPermissions',
    ])
    sandbox.control.manners({ disabled_apis: ['calendar'] })
    expect(refusal(await sandbox.call('GET', EVENTS))).toEqual([403, 'accessNotConfigured'])
  })

  it.each([
    [403, 'quota_user_per_minute', 'userRateLimitExceeded'],
    [429, 'quota_user_per_minute', 'userRateLimitExceeded'],
    [429, 'quota_project_per_minute', 'rateLimitExceeded'],
    [403, 'quota_calendar_writes_per_minute', 'quotaExceeded'],
  ])('beyond a quota is %s: %s', async (quota_refusal, limit, reason) => {
    sandbox.control.manners({ quota_refusal, [limit]: 2 })
    const ask = () =>
      reason === 'quotaExceeded' ? sandbox.call('POST', EVENTS, meeting()) : sandbox.call('GET', EVENTS)
    for (let n = 0; n < 2; n++) expect((await ask()).status).toBe(200)
    const refused = await ask()
    expect(refusal(refused)).toEqual([quota_refusal, reason])
    expect(refused.body.error.errors[0].domain).toBe('usageLimits')
    await sandbox.control.advance(60_001)
    expect((await ask()).status).toBe(200)
  })
})
