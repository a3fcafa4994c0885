import { createServer, request as forward, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { connect, type AddressInfo, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { DEFAULT_CONFIG } from '#ec/core/config.js'
import { openAgent, type TestAgent } from '../support/agent.js'
import { CHROMIUM, FIREFOX, launchChromium, launchFirefox } from '../support/browsers.js'
import { makeCertificate } from '../support/certificate.js'

const PAGE = '<!doctype html><html lang="en"><title>A page</title><main>a page</main></html>'
/** What the inbox does when it opens, and no more: it takes the secret out of the address and shows it to the agent. */
const INBOX = `<!doctype html><html lang="en"><title>Inbox</title><main></main><script type="module">
  const say = text => { document.querySelector('main').textContent = text }
  const link = new URLSearchParams(location.hash.slice(1)).get('in')
  if (link !== null) {
    history.replaceState(null, '', location.pathname)
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch('/api/session', { method: 'POST', headers, body: JSON.stringify({ link }) })
    if (!answer.ok) say((await answer.json()).code)
  }
  const answer = await fetch('/api/session')
  const { user, code } = await answer.json()
  say(document.querySelector('main').textContent + (user ?? code))
</script></html>`

let browser: Browser | null = null

describe.skipIf(CHROMIUM === null)('a person in Chromium (skips where there is none)', () => {
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser?.close())

  it('opens a sign-in link once, and is signed in from then on, until signed out', async () => {
    const agent = await openAgent()
    const home = await serveBefore(agent)
    const context = await openContext()
    const page = await context.newPage()
    const asked: string[] = []
    page.on('request', request => asked.push(request.url()))
    const url = await linkTo(agent, home)
    await page.goto(url)
    await says(page, 'ana')
    // The secret is in no address that a server could see, and not in the one that stays in the bar.
    expect(asked.filter(address => address.split('#')[0]?.includes('ecl_'))).toEqual([])
    expect(page.url()).toBe(`${home}/inbox`)
    await page.reload()
    await says(page, 'ana')
    expect(await page.evaluate('document.cookie')).toBe('')
    const [cookie] = await context.cookies()
    expect(cookie).toMatchObject({ name: 'ec_session', httpOnly: true, sameSite: 'Strict', secure: false, path: '/' })
    expect(Math.round(((cookie?.expires ?? 0) - Date.now() / 1000) / 86_400)).toBe(30)

    // The same link in another browser is used up.
    const elsewhere = await (await openContext()).newPage()
    await elsewhere.goto(url)
    await says(elsewhere, 'EC_LINK_USEDEC_UNAUTHENTICATED')

    expect(await run(page, CONNECT, '/ws')).toBe('hello ana')
    expect(await run(page, LISTEN, '/api/events/stream')).toBe('hello')
    expect(await run(page, ASK, ['/api/session', { method: 'DELETE' }])).toBe(403)
    const signOut = { method: 'DELETE', headers: { 'x-ec-page': '1' } }
    expect(await run(page, ASK, ['/api/session', signOut])).toBe(204)
    expect(await context.cookies()).toEqual([])
    await page.reload()
    await says(page, 'EC_UNAUTHENTICATED')
  })

  it('sees an open socket close when another browser signs out everywhere', async () => {
    const agent = await openAgent()
    const home = await serveBefore(agent)
    const pages = [(await signIn(agent, home)).page, (await signIn(agent, home)).page]
    const closed = pages[0]?.evaluate(
      `new Promise(resolve => {
        const socket = new WebSocket('/ws')
        socket.onmessage = () => { document.title = 'open' }
        socket.onclose = ({ code }) => resolve(code)
      })`,
    )
    await pages[0]?.waitForFunction("document.title === 'open'")
    const everywhere = ['/api/session?everywhere=true', { method: 'DELETE', headers: { 'x-ec-page': '1' } }]
    expect(await run(pages[1], ASK, everywhere)).toBe(204)
    expect(await closed).toBe(4403)
  })

  it.each([
    ['another port of the same host', '127.0.0.1'],
    ['another site', 'localhost'],
  ])('is safe from a page of %s in the same browser', async (_, host) => {
    const agent = await openAgent()
    const home = await serveBefore(agent)
    const { context, page: own } = await signIn(agent, home)
    const { id } = await askPerson(agent)

    const foreign = await context.newPage()
    await foreign.goto(await serve(createServer(sendPage), host))
    const api = (path: string) => `${home}/api/${path}`
    const body = JSON.stringify({ option: 'yes' })
    const credentials = 'include'
    // It cannot read ...
    expect(await run(foreign, ASK, [api('session'), { credentials }])).toBe('TypeError')
    expect(await run(foreign, ASK, [api('events'), { credentials }])).toBe('TypeError')
    expect(await run(foreign, ASK, [api('events'), { credentials, mode: 'no-cors' }])).toBe(0)
    expect(await run(foreign, LISTEN, api('events/stream'))).toBe('closed')
    // ... nor connect ...
    expect(await run(foreign, CONNECT, `${home.replace('http', 'ws')}/ws`)).toBe('closed')
    expect((await agent.client.status()).clients).toBe(0)
    // ... nor answer, in any way that a page has to send something.
    const path = api(`questions/${id}/answer`)
    const json = { 'content-type': 'application/json' }
    for (const headers of [json, { ...json, 'x-ec-page': '1' }, { 'content-type': 'text/plain' }]) {
      expect(await run(foreign, ASK, [path, { method: 'POST', headers, body, credentials }])).toBe('TypeError')
    }
    const simple = { method: 'POST', mode: 'no-cors', body, credentials }
    expect(await run(foreign, ASK, [path, simple])).toBe(0)
    expect(await foreign.evaluate(`navigator.sendBeacon(${JSON.stringify(path)}, ${JSON.stringify(body)})`)).toBe(true)
    await foreign.setContent(
      `<form method="post" action="${path}" enctype="text/plain"><input name='{"option":"yes","x":"' value='"}'><button>Win</button></form>`,
    )
    await foreign.getByRole('button').click()
    await foreign.waitForURL(path)
    expect((await agent.client.questions.get(id)).state).toBe('open')
    // Our own page can.
    const answer = { method: 'POST', headers: { ...json, 'x-ec-page': '1' }, body }
    expect(await run(own, ASK, [path, answer])).toBe(200)
  })

  it('is served by a page of an origin that the operator named, with a token and never with the cookie', async () => {
    const site = createServer(sendPage)
    const home = await serve(site, 'localhost')
    const origin = new URL(home).origin
    const agent = await openAgent({ http: { ...DEFAULT_CONFIG.http, origins: [origin] } })
    const { context } = await signIn(agent, await serveBefore(agent))
    const page = await context.newPage()
    await page.goto(home)
    const { id } = await askPerson(agent)
    const { token } = await agent.client.tokens.create('ana')
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const path = `${agent.url}/api/questions/${id}/answer`
    expect(await run(page, ASK, [`${agent.url}/api/session`, { headers }])).toBe(200)
    expect(await run(page, ASK, [`${agent.url}/api/session`, { credentials: 'include' }])).toBe('TypeError')
    const body = JSON.stringify({ option: 'yes' })
    const forged = { method: 'POST', headers: { 'x-ec-page': '1' }, body, credentials: 'include' }
    expect(await run(page, ASK, [path, forged])).toBe('TypeError')
    expect(await run(page, ASK, [path, { method: 'POST', headers, body }])).toBe(200)
    expect(await run(page, CONNECT, [`${agent.url.replace('http', 'ws')}/ws`, `bearer.${token}`])).toBe('hello ana')
    expect(await page.evaluate(`import('${agent.url}/client.js').then(({ CenterError }) => typeof CenterError)`)).toBe(
      'function',
    )
  })

  it('is signed in behind a proxy that speaks https, by a cookie of that host alone', async () => {
    const certificate = makeCertificate()
    for (const trusted_proxies of [['127.0.0.1'], []]) {
      const agent = await openAgent({ trusted_proxies })
      const { context, page } = await signIn(agent, await serveBefore(agent, certificate))
      await page.reload()
      await says(page, 'ana')
      expect(await context.cookies()).toMatchObject([
        { name: '__Host-ec_session', secure: true, httpOnly: true, sameSite: 'Strict' },
      ])
      const signOut = { method: 'DELETE', headers: { 'x-ec-page': '1' } }
      if (trusted_proxies.length > 0) expect(await run(page, CONNECT, '/ws')).toBe('hello ana')
      expect(await run(page, ASK, ['/api/session', signOut])).toBe(204)
      expect(await context.cookies()).toEqual([])
    }
  })
})

it.skipIf(FIREFOX === null)('a person in Firefox is signed in by a link too (skips where there is none)', async () => {
  const agent = await openAgent()
  const home = await serveBefore(agent)
  const firefox = await launchFirefox()
  onTestFinished(() => firefox.close())
  const page = await firefox.newPage()
  const url = await linkTo(agent, home)
  await page.goto(url)
  const says = (text: string) => page.waitForFunction(`document.querySelector('main')?.textContent === '${text}'`)
  await says('ana')
  await page.reload()
  await says('ana')
  expect(await page.evaluate(`(${CONNECT})('/ws')`)).toBe('hello ana')
  expect(await page.evaluate(`(${LISTEN})('/api/events/stream')`)).toBe('hello')
  const signOut = JSON.stringify(['/api/session', { method: 'DELETE', headers: { 'x-ec-page': '1' } }])
  expect(await page.evaluate(`(${ASK})(${signOut})`)).toBe(204)
  await page.reload()
  await says('EC_UNAUTHENTICATED')
})

/** A request of the page's own: the status, or the name of the error. */
const ASK = `([url, init]) => fetch(url, init).then(answer => answer.status, error => error.name)`

/** The first frame of a WebSocket, or that there was none. */
const CONNECT = `given => new Promise(resolve => {
  const [url, bearer] = [given].flat()
  const socket = new WebSocket(url, bearer === undefined ? [] : ['ec.v1', bearer])
  socket.onmessage = ({ data }) => {
    const { t, user } = JSON.parse(data.split('\\n')[0])
    resolve(t + ' ' + user)
    socket.close()
  }
  socket.onclose = () => resolve('closed')
})`

/** The same of server-sent events, with the cookie. */
const LISTEN = `url => new Promise(resolve => {
  const source = new EventSource(url, { withCredentials: true })
  source.addEventListener('hello', () => resolve('hello'))
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) resolve('closed')
  }
})`

/** A browser of its own. */
async function openContext(): Promise<BrowserContext> {
  if (browser === null) throw new Error('the browser is not open yet')
  const context = await browser.newContext({ ignoreHTTPSErrors: true })
  onTestFinished(() => context.close())
  return context
}

/** A browser whose person has opened a sign-in link. */
async function signIn(agent: TestAgent, home: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await openContext()
  const page = await context.newPage()
  await page.goto(await linkTo(agent, home))
  await says(page, 'ana')
  return { context, page }
}

async function linkTo(agent: TestAgent, home: string): Promise<string> {
  return (await agent.client.sessions.link('ana')).url.replace(agent.url, home)
}

/**
 * Stands before the agent as a proxy does, and adds one page. Answers that a test makes up inside the browser will not
 * do: to Chromium such a page comes from nowhere, and may not connect to this machine.
 */
async function serveBefore(agent: TestAgent, certificate?: ReturnType<typeof makeCertificate>): Promise<string> {
  const pass: RequestListener = (request, response) => {
    if (request.url === '/inbox') return void response.setHeader('content-type', 'text/html').end(INBOX)
    const { method, url } = request
    const headers = certificate ? { ...request.headers, 'x-forwarded-proto': 'https' } : request.headers
    const passed = forward(`${agent.url}${url}`, { method, headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    response.on('close', () => passed.destroy())
    passed.on('error', () => response.destroy())
    request.pipe(passed)
  }
  const server = certificate ? createSecureServer(certificate, pass) : createServer(pass)
  server.on('upgrade', (request, socket) => {
    const behind = connect(Number(new URL(agent.url).port), '127.0.0.1')
    const pairs = request.rawHeaders.flatMap((name, i, all) => (i % 2 === 0 ? [`${name}: ${all[i + 1]}`] : []))
    const proto = certificate ? ['x-forwarded-proto: https'] : []
    behind.write([`GET ${request.url} HTTP/1.1`, ...pairs, ...proto, '', ''].join('\r\n'))
    behind.on('error', () => socket.destroy()).on('close', () => socket.destroy())
    socket.on('error', () => behind.destroy()).on('close', () => behind.destroy())
    socket.pipe(behind).pipe(socket)
  })
  return serve(server, certificate ? 'localhost' : '127.0.0.1', certificate ? 'https' : 'http')
}

/** Calls one of the functions above in the page. */
async function run(page: Page | undefined, code: string, given: unknown): Promise<unknown> {
  return page?.evaluate(`(${code})(${JSON.stringify(given)})`)
}

/** Waits until that stands in the page. */
async function says(page: Page, text: string): Promise<void> {
  await page.waitForFunction(`document.querySelector('main')?.textContent === ${JSON.stringify(text)}`)
}

async function askPerson(agent: TestAgent) {
  const data = { options: [{ id: 'yes', label: 'Yes' }] }
  return agent.client.emit({ user_id: 'ana', type: 'action.required', title: 'May I?', body: '', data })
}

const sendPage: RequestListener = (_request, response) => {
  response.setHeader('content-type', 'text/html').end(PAGE)
}

/** Its URL under a name of this machine, without a slash at the end. */
async function serve(server: Server, host: string, scheme = 'http'): Promise<string> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return `${scheme}://${host}:${port}`
}
