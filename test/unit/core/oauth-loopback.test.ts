import { request } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openLoopback } from '#ec/core/oauth-loopback.js'
import { makePkce } from '#ec/core/pkce.js'
import { readConsent } from '#ec/core/read-consent.js'
import { freePort, listen } from '../../support/free-port.ts'

async function open(registered: URL | null = null, signal = new AbortController().signal) {
  const loopback = await openLoopback({ state: 'the state', registered, signal })
  onTestFinished(() => loopback.close())
  return loopback
}

const get = async (url: string) => {
  const response = await fetch(url)
  return { status: response.status, text: await response.text(), headers: response.headers }
}

describe('the end of a sign-in', () => {
  it('is at a free port of loopback, and gives the code once it comes with the right state', async () => {
    const { redirectUri, code } = await open()
    expect(redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(await get(`${redirectUri}?code=stolen&state=wrong`)).toMatchObject({ status: 400 })
    expect(await get(`${redirectUri}favicon.ico`)).toMatchObject({ status: 404 })
    const shown = await get(`${redirectUri}?code=the-code&state=the%20state`)
    expect(shown).toMatchObject({ status: 200, text: expect.stringContaining('You are signed in') })
    expect(shown.headers.get('cache-control')).toBe('no-store')
    expect(await code).toBe('the-code')
  })

  it('says that the person refused', async () => {
    const { redirectUri, code } = await open()
    await get(`${redirectUri}?error=access_denied&state=the%20state`)
    await expect(code).rejects.toMatchObject({ code: 'EC_CONSENT_REFUSED', message: 'the consent was not given' })
  })

  it('answers by no other name, to which a page of elsewhere could have it point', async () => {
    const { redirectUri } = await open()
    const status = await new Promise((resolve, reject) => {
      const headers = { host: 'rebound.example.org' }
      const asked = request(`${redirectUri}?code=c&state=the%20state`, { headers }, ({ statusCode }) =>
        resolve(statusCode),
      )
      asked.on('error', reject).end()
    })
    expect(status).toBe(404)
  })

  it('is where the client was registered, or says that somebody is there', async () => {
    const registered = new URL(`http://127.0.0.1:${await freePort()}/back`)
    const { redirectUri, code } = await open(registered)
    expect(redirectUri).toBe(registered.href)
    await get(`${redirectUri}?code=c&state=the%20state`)
    expect(await code).toBe('c')
    const address = (await listen()).address()
    const port = typeof address === 'object' ? address?.port : 0
    await expect(open(new URL(`http://127.0.0.1:${port}/`))).rejects.toMatchObject({ code: 'EC_PORT_BUSY' })
  })

  it('ends with its signal', async () => {
    const stopper = new AbortController()
    const { code } = await open(null, stopper.signal)
    stopper.abort(new Error('stopped'))
    await expect(code).rejects.toThrow('stopped')
  })
})

const url = (query: string) => new URL(`http://127.0.0.1:53682/?${query}`)

it('reads a pasted address as it would come by itself', () => {
  expect(readConsent(url('code=4%2F0abc&state=s'), 's')).toBe('4/0abc')
  expect(readConsent(url('code=x&state=other'), 's')).toBeNull()
  expect(readConsent(url('state=s'), 's')).toBeNull()
  expect(readConsent(url('code=x'), '')).toBeNull()
  expect(() => readConsent(url('error=admin_policy_enforced&state=s'), 's')).toThrow('admin_policy_enforced')
})

it('makes a challenge as RFC 7636 has it', () => {
  // Appendix B.
  const bytes = Buffer.from('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', 'base64url')
  expect(makePkce(() => bytes)).toEqual({
    verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  })
})
