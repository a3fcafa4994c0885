// A stand-in of Google Calendar that holds nothing: calendars of as many events as are asked for, made up page by page, so that
// what is measured beside it is ours. For reads of everything; it never tells of changes by itself.
import { createServer } from 'node:http'

/** As Google: what is not asked for, and the most. */
const [USUAL_PAGE, MAX_PAGE] = [250, 2_500]
const DAY_MS = 86_400_000
const FROM = Date.parse('2026-01-01T08:00:00Z')

/** Meetings of about a kilobyte, as Google writes them. */
export function eventOf(calendar, n) {
  const start = FROM + (n % 365) * DAY_MS + (n % 17) * 1_800_000
  const id = `c${calendar}e${n}`
  return {
    kind: 'calendar#event',
    etag: `"${3_000_000_000_000 + n}"`,
    id,
    status: 'confirmed',
    htmlLink: `https://www.google.com/calendar/event?eid=${id}`,
    created: '2025-12-01T08:00:00.000Z',
    updated: '2025-12-02T08:00:00.000Z',
    summary: `Meeting ${n} about one thing and another`,
    description: 'What was said the last time, and what is to be decided now. '.repeat(6),
    location: 'Calle de Alcalá 1, 28014 Madrid',
    creator: { email: 'ben@example.com' },
    organizer: { email: 'ana@example.com', self: true },
    start: instantOf(start),
    end: instantOf(start + 1_800_000),
    iCalUID: `${id}@google.com`,
    sequence: 0,
    reminders: { useDefault: true },
    eventType: 'default',
  }
}

function instantOf(ms) {
  return { dateTime: new Date(ms).toISOString(), timeZone: 'Europe/Madrid' }
}

/** Serves `calendars` calendars of `events` events; its address, and how it ends. */
export async function openManyEvents({ calendars, events }) {
  // The text of a page is made once; ids and times of others differ in too little to matter.
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://127.0.0.1')
    request.resume().on('end', () => void answer(url, request.method, response))
  })

  async function answer(url, method, response) {
    const json = (body, status = 200) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      response.end(text)
    }
    const { pathname, searchParams } = url
    if (pathname === '/auth') {
      const back = new URL(searchParams.get('redirect_uri'))
      back.searchParams.set('code', 'any')
      back.searchParams.set('state', searchParams.get('state') ?? '')
      return response.writeHead(302, { location: back.href }).end()
    }
    if (pathname === '/token') {
      const scope = SCOPES.join(' ')
      return json({ access_token: 'a', refresh_token: 'r', expires_in: 86_000, token_type: 'Bearer', scope })
    }
    if (pathname === '/oauth2/v3/userinfo') return json({ sub: '1', email: 'ana@example.com', email_verified: true })
    if (pathname === '/calendar/v3/users/me/calendarList') {
      const items = Array.from({ length: calendars }, (_, i) => ({
        id: `c${i}`,
        summary: `Calendar ${i}`,
        accessRole: 'owner',
      }))
      return json({ kind: 'calendar#calendarList', items })
    }
    const calendar = /^\/calendar\/v3\/calendars\/c(\d+)\/events$/.exec(pathname)?.[1]
    if (calendar !== undefined) return json(page(calendar, searchParams))
    return json({ error: { code: 404, message: 'not here', errors: [{ reason: 'notFound' }] } }, 404)
  }

  function page(calendar, query) {
    if (query.has('syncToken')) return { items: [], nextSyncToken: 's' }
    const from = Number(query.get('pageToken') ?? 0)
    const size = Math.min(Number(query.get('maxResults') ?? USUAL_PAGE), MAX_PAGE)
    const items = Array.from({ length: Math.min(size, events - from) }, (_, i) => eventOf(calendar, from + i))
    const next = from + items.length
    return {
      kind: 'calendar#events',
      items,
      ...(next < events ? { nextPageToken: String(next) } : { nextSyncToken: 's' }),
    }
  }

  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${server.address().port}`
  return {
    url,
    google: {
      base_url: url,
      token_url: `${url}/token`,
      auth_url: `${url}/auth`,
      certs_url: `${url}/certs`,
      client_id: 'bench',
      client_secret: 'bench',
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const SCOPES = [
  'openid',
  'email',
  'https://www.googleapis.com/auth/userinfo.email',
  'https://www.googleapis.com/auth/calendar.readonly',
  'https://www.googleapis.com/auth/calendar.events.readonly',
  'https://www.googleapis.com/auth/calendar.calendarlist.readonly',
]
