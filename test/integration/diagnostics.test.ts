import { describe, expect, it } from 'vitest'
import { openAgent } from '../support/agent.ts'

const REPORT = {
  browser: 'br_0123456789',
  user_agent: 'A test',
  at: '2026-01-05T09:00:00Z',
  checks: [{ code: 'browser.permission', status: 'fail', detail: 'it was denied' }],
}

async function open() {
  const { url, client } = await openAgent({ user: 'op' })
  const headersOf = async (user: string) => ({
    authorization: `Bearer ${(await client.tokens.create(user)).token}`,
    'content-type': 'application/json',
  })
  const headers = await headersOf('ana')
  const post = async (body: unknown) => {
    const answer = await fetch(`${url}/api/diagnostics`, { method: 'POST', headers, body: JSON.stringify(body) })
    const text = await answer.text()
    const { code }: { readonly code?: string } = JSON.parse(text)
    return { status: answer.status, code }
  }
  return { url, client, headers, headersOf, post }
}

describe('reports of browsers', () => {
  it('are kept, one a browser, and read by the user and the operator alone', async () => {
    const { url, client, headers, headersOf, post } = await open()
    expect((await post(REPORT)).status).toBe(200)
    expect((await post({ ...REPORT, device: 'dev_1', tz: 'Europe/Madrid', language: 'es' })).status).toBe(200)
    const { reports } = await client.users.diagnostics('ana')
    expect(reports).toMatchObject([
      { browser: REPORT.browser, device: 'dev_1', tz: 'Europe/Madrid', checks: REPORT.checks, asked_at: null },
    ])
    expect((await fetch(`${url}/api/users/ana/diagnostics`, { headers })).status).toBe(200)
    const others = await headersOf('bob')
    for (const path of ['diagnostics', 'reach']) {
      expect((await fetch(`${url}/api/users/ana/${path}`, { headers: others })).status).toBe(403)
      expect((await fetch(`${url}/api/users/ana/${path}`)).status).toBe(401)
    }
    await client.users.erase('ana')
    await expect(client.users.diagnostics('ana')).rejects.toMatchObject({ code: 'EC_NOT_FOUND' })
  })

  it.each([
    ['another field', { ...REPORT, cookie: 'x' }, 422],
    ['no browser of its own making', { ...REPORT, browser: 'br_../x' }, 422],
    ['a code that is none', { ...REPORT, checks: [{ code: '<b>', status: 'ok' }] }, 422],
    ['a status that is none', { ...REPORT, checks: [{ code: 'browser.sse', status: 'great' }] }, 422],
    ['an instant that is none', { ...REPORT, at: 'yesterday' }, 422],
    ['a zone that is none', { ...REPORT, tz: 'Mars/Olympus' }, 422],
    [
      'too many checks',
      { ...REPORT, checks: Array.from({ length: 65 }, () => ({ code: 'browser.sse', status: 'ok' })) },
      422,
    ],
    ['more than 32 KiB', { ...REPORT, user_agent: 'x'.repeat(40_000) }, 413],
  ])('are refused with %s', async (_name, body, status) => {
    const { client, post } = await open()
    expect((await post(body)).status).toBe(status)
    expect((await client.users.list()).users).toEqual([])
  })

  it('tell the operator once an hour that somebody asks for help, as text and nothing else', async () => {
    const { client, post } = await open()
    await post({ ...REPORT, help: true })
    await post({ ...REPORT, help: true })
    await expect
      .poll(async () => (await client.events.list({ user: 'op' })).events)
      .toMatchObject([
        { title: 'ana asks for help with notifications', data: { user: 'ana', failed: ['browser.permission'] } },
      ])
    expect((await client.users.diagnostics('ana')).reports).toMatchObject([{ asked_at: expect.any(String) }])
  })

  it('come thirty at once and no more', async () => {
    const { post } = await open()
    for (let i = 0; i < 30; i++) expect((await post(REPORT)).status).toBe(200)
    expect(await post(REPORT)).toMatchObject({ status: 429, code: 'EC_RATE_LIMITED' })
  })

  it('are not needed to know what stands between a person and events, even one of whom nothing is known', async () => {
    const { url, headers } = await open()
    const answer = await fetch(`${url}/api/users/ana/reach`, { headers })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      user: 'ana',
      devices: [],
      quiet: null,
      last_event: null,
      email: { state: 'no_server' },
    })
  })
})
