import { expect, it } from 'vitest'
import { discover, readEntry } from '#ec/providers/google-calendar/discover.js'
import { openAccountContext } from '../../../support/account-context.js'
import { openStandIn, sendJson } from '../../../support/stand-in.js'

const entry = (more: object = {}) => ({ id: 'c@example.com', summary: 'Team', accessRole: 'reader', ...more })

it.each([
  ['its own name for it', entry({ summaryOverride: 'Ours' }), 'Ours'],
  ['the calendar’s name', entry(), 'Team'],
  ['its id where it has no name', entry({ summary: undefined }), 'c@example.com'],
])('calls a calendar by %s', (_what, raw, name) => {
  expect(readEntry(raw)).toMatchObject({
    target: 'c@example.com',
    name,
    primary: false,
    watchable: true,
    role: 'reader',
  })
})

// Pitfall 90: it shows when somebody is busy, and no event.
it.each([entry({ accessRole: 'freeBusyReader' }), entry({ deleted: true }), entry({ id: '' }), null, 'x'])(
  'passes over %j',
  raw => {
    expect(readEntry(raw)).toBeNull()
  },
)

it.each([
  'addressbook#contacts@group.v.calendar.google.com',
  'es.spain#holiday@group.v.calendar.google.com',
  'e_2_en#weeknum@group.v.calendar.google.com',
])('knows that %s can never be watched', id => {
  expect(readEntry(entry({ id }))?.watchable).toBe(false)
})

// Pitfall 89 is for whoever keeps them: one calendar is one thing, however often it is listed.
it('goes through all pages, and names each calendar once', async () => {
  const standIn = await openStandIn((_request, response, nth) => {
    const pages = [
      { items: [entry({ id: 'b', summary: 'B' }), entry({ id: 'a', summary: 'A' })], nextPageToken: 'p 2' },
      { items: [], nextPageToken: 'p3' },
      { items: [entry({ id: 'a', summary: 'A again' }), entry({ id: 'me', summary: 'Z', primary: true })] },
    ]
    sendJson(response, 200, pages[nth - 1])
  })
  const found = await discover(openAccountContext({ baseUrl: standIn.url }))
  expect(found.map(({ name }) => name)).toEqual(['Z', 'A again', 'B'])
  expect(standIn.seen[1]?.url).toContain('pageToken=p+2')
})

it('gives up on a list that does not end', async () => {
  const standIn = await openStandIn((_request, response) => sendJson(response, 200, { nextPageToken: 'p' }))
  await expect(discover(openAccountContext({ baseUrl: standIn.url }))).rejects.toMatchObject({ code: 'EC_PROVIDER' })
})
