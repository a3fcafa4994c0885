import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, request, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tell } from '../durability/tell.ts'
import { makeHome, startAgentProcess, type AgentProcess, type Home } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'
import { freePort } from '../support/free-port.ts'
import { tempDir } from '../support/temp-dir.ts'

describe('the public URL', () => {
  it('reaches this agent, whose API is not to be reached there, and whose clock is that of the proxy', async () => {
    const front = await openProxy()
    const { home } = await behind(front)
    const found = await diagnose(home)
    expect(found.find('public.url')).toMatchObject({ status: 'ok', detail: front.url })
    expect(found.find('public.private').status).toBe('ok')
    expect(found.code).toBe(0)
  })

  it('is nobody in particular without a setting', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    expect((await diagnose(home)).find('public.url')).toMatchObject({
      status: 'skip',
      hint: expect.stringContaining('`public.url`'),
    })
  })

  it('belongs to the other agent when two were swapped', async () => {
    const [one, two] = [await openProxy(), await openProxy()]
    const [first, second] = [await behind(one), await behind(two)]
    ;[one.to, two.to] = [two.to, one.to]
    for (const { home } of [first, second]) {
      const found = await diagnose(home)
      const instance = /instance (\S+)/.exec(found.find('agent.reachable').detail ?? '')?.[1] ?? 'none'
      expect(found.find('public.url')).toMatchObject({
        status: 'fail',
        detail: expect.stringMatching(new RegExp(`^another ec agent answers at .*instance ${instance}`)),
        hint: expect.stringMatching(/let the proxy send .* to port \d+ of this machine/),
      })
      expect(found.find('public.private').status).toBe('skip')
    }
  })

  it('leads to the private listener, which is told apart from the public one', async () => {
    const front = await openProxy()
    const { home, agent } = await behind(front)
    front.to = Number(new URL(agent.ready.url).port)
    expect((await diagnose(home)).find('public.private')).toMatchObject({
      status: 'warn',
      detail: `${front.url} leads to the private listener, which has the whole API`,
      hint: expect.stringContaining('`public.port`'),
    })
  })

  it('leads to the private listener for the API alone', async () => {
    const front = await openProxy()
    const { home, agent } = await behind(front)
    const { port } = new URL(agent.ready.url)
    front.portFor = path => (path.startsWith('/api') ? Number(port) : front.to)
    expect((await diagnose(home)).find('public.private')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining(`the private listener answers at ${front.url}/api/status`),
    })
  })

  it('may show the API on purpose', async () => {
    const front = await openProxy()
    const { home } = await behind(front, { EC_PUBLIC_EXPOSE: 'api' })
    expect((await diagnose(home)).find('public.private').status).toBe('ok')
  })

  it.each<{ what: string; answer: RequestListener; detail: string; hint: RegExp }>([
    {
      what: 'another web site',
      answer: (_, response) => void response.setHeader('server', 'nginx').end('<h1>It works!</h1>'),
      detail: 'something else answers at URL (200, server nginx)',
      hint: /^let the proxy send URL to port \d+ of this machine, or correct `public.url`$/,
    },
    {
      what: 'a server that says back whatever it is asked',
      answer: ({ url = '' }, response) => void response.end(JSON.stringify({ proof: url.split('/').at(-1) })),
      detail: 'something else answers at URL (200)',
      hint: /^let the proxy send URL to port/,
    },
    {
      what: 'a redirect',
      answer: (_, response) => void response.writeHead(301, { location: 'https://www.example.org/' }).end(),
      detail: 'URL redirects to https://www.example.org/; no service follows that',
      hint: /^set `public.url` to where it leads/,
    },
    {
      what: 'a login',
      answer: (_, response) => void response.writeHead(403, { server: 'access' }).end(),
      detail: 'somebody asks for a login at URL (403, server access)',
      hint: /pass \/webhooks\/ and \/health without a login/,
    },
    {
      what: 'a proxy whose agent is elsewhere',
      answer: (_, response) => void response.writeHead(502).end(),
      detail: 'the proxy at URL does not reach the agent (502)',
      hint: /^let the proxy or tunnel send it to port \d+ of this machine$/,
    },
    {
      what: 'a server that never answers',
      answer: () => {},
      detail: 'HOST does not answer in time',
      hint: /^look at the firewall and the tunnel/,
    },
  ])('is $what', async ({ answer, detail, hint }) => {
    const url = await serve(createServer(answer))
    const home = makeHome()
    await startAgentProcess(home, [], { EC_PUBLIC_URL: url, EC_PUBLIC_PORT: '0' })
    const shown = (text: string) => text.replaceAll('URL', url).replaceAll('HOST', new URL(url).host)
    const found = await diagnose(home)
    expect(found.find('public.url')).toMatchObject({ status: 'fail', detail: shown(detail) })
    expect((found.find('public.url').hint ?? '').replaceAll(url, 'URL')).toMatch(hint)
    expect(found.code).toBe(5)
  })

  it('reaches this agent, and somebody on the way changes what it says', async () => {
    const front = await openProxy()
    front.change = body => body.replace('proof', 'truth')
    const { home } = await behind(front)
    expect((await diagnose(home)).find('public.url')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('comes back changed'),
      hint: 'let the proxy pass answers on as they are',
    })
  })

  it('has a name that nobody knows', async () => {
    const home = makeHome()
    await startAgentProcess(home, [], { EC_PUBLIC_URL: 'https://ec.example.invalid' })
    expect((await diagnose(home)).find('public.url')).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(/^the name ec\.example\.invalid is not known/),
      hint: 'make a DNS record for ec.example.invalid, or correct `public.url`',
    })
  })

  it('is a port at which nobody listens', async () => {
    const server = createServer()
    const url = await serve(server)
    await new Promise(resolve => server.close(resolve))
    const home = makeHome()
    await startAgentProcess(home, [], { EC_PUBLIC_URL: url })
    expect((await diagnose(home)).find('public.url')).toMatchObject({
      status: 'fail',
      detail: `nobody listens at ${new URL(url).host}`,
      hint: 'start the proxy or tunnel, and let the firewall pass that port',
    })
  })

  it.each([
    { what: 'a certificate that nobody vouches for', secure: true, reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    { what: 'no TLS at all', secure: false, reason: 'ERR_SSL_' },
  ])('has $what', async ({ secure, reason }) => {
    const server = secure ? createTlsServer(selfSigned(), (_, response) => void response.end()) : createServer()
    const url = (await serve(server)).replace('http:', 'https:')
    const home = makeHome()
    await startAgentProcess(home, [], { EC_PUBLIC_URL: url })
    expect((await diagnose(home)).find('public.url')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining(reason),
      hint: expect.stringContaining('give the proxy a valid certificate for 127.0.0.1'),
    })
  })
})

describe('the path by which an agent knows itself', () => {
  it('answers no guess, and none a second time', async () => {
    const front = await openProxy()
    const { home, agent } = await behind(front)
    await diagnose(home)
    const asked = front.asked.find(path => path.startsWith('/health/')) ?? ''
    expect(asked).toMatch(/^\/health\/[A-Za-z0-9_-]{32}$/)
    for (const path of [asked, '/health/guess', '/health/', '/health/a/b', '/health/..%2fapi%2fstatus']) {
      expect((await fetch(`${front.url}${path}`)).status).toBe(404)
      expect((await fetch(`${agent.ready.url}${path}`)).status).toBe(404)
    }
  })
})

describe('the clock', () => {
  it.each([
    { behindS: 0, status: 'ok' },
    { behindS: 30, status: 'warn' },
    { behindS: -600, status: 'fail' },
  ])('is compared with the server that the configuration names: $behindS s', async ({ behindS, status }) => {
    const url = await serve(
      createServer((_, response) => {
        response.setHeader('date', new Date(Date.now() + behindS * 1000).toUTCString()).end()
      }),
    )
    const found = await diagnose(makeHome(), [], { env: { EC_DOCTOR_TIME_URL: url } })
    expect(found.find('clock.skew')).toMatchObject({ status })
    if (status !== 'ok') expect(found.find('clock.skew').hint).toBe('let a time service keep the clock')
    if (behindS > 0) expect(found.find('clock.skew').detail).toMatch(/s behind 127/)
    if (behindS < 0) expect(found.find('clock.skew').detail).toMatch(/s ahead of 127/)
  })

  const address = Object.values(networkInterfaces())
    .flatMap(found => found ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
  if (address === undefined) tell('no clock is compared through a public URL: this machine has no address but loopback')

  it.skipIf(address === undefined)(
    'is compared with that of the proxy before the public URL, not with our own',
    async () => {
      const front = await openProxy(address)
      const { home } = await behind(front)
      front.date = () => new Date(Date.now() - 600_000)
      expect((await diagnose(home)).find('clock.skew')).toMatchObject({
        status: 'fail',
        detail: expect.stringMatching(new RegExp(`^(599|60[0-9]) s ahead of ${new URL(front.url).host}$`)),
        hint: 'let a time service keep the clock',
      })
      front.date = () => null
      expect((await diagnose(home)).find('clock.skew')).toMatchObject({ status: 'skip' })
    },
  )

  it('is not judged by a server that does not answer', async () => {
    const server = createServer()
    const url = await serve(server)
    await new Promise(resolve => server.close(resolve))
    expect((await diagnose(makeHome(), [], { env: { EC_DOCTOR_TIME_URL: url } })).find('clock.skew')).toMatchObject({
      status: 'skip',
      detail: expect.stringContaining('ECONNREFUSED'),
      hint: 'check `doctor.time_url`',
    })
  })
})

/** A reverse proxy, as a person would put before the agent. */
interface Proxy {
  readonly url: string
  readonly asked: string[]
  /** The port that everything is sent to. */
  to: number
  portFor: (path: string) => number
  change: (body: string) => string
  /** What it says the time is; null = it passes on what the agent says. */
  date: () => Date | null
}

async function openProxy(host = '127.0.0.1'): Promise<Proxy> {
  const server = createServer((incoming, response) => {
    const { method, url: path = '/', headers } = incoming
    proxy.asked.push(path)
    const onward = request({ host: '127.0.0.1', port: proxy.portFor(path), method, path, headers }, async answer => {
      let body = ''
      for await (const chunk of answer) body += String(chunk)
      const date = proxy.date()?.toUTCString() ?? answer.headers.date
      response.sendDate = false
      if (date !== undefined) response.setHeader('date', date)
      response.writeHead(answer.statusCode ?? 0, { 'content-type': answer.headers['content-type'] ?? 'text/plain' })
      response.end(proxy.change(body))
    })
    onward.on('error', () => response.writeHead(502).end())
    incoming.pipe(onward)
  })
  const proxy: Proxy = {
    url: await serve(server, host),
    asked: [],
    to: 0,
    portFor: () => proxy.to,
    change: body => body,
    date: () => new Date(),
  }
  return proxy
}

/** An agent whose public listener is behind the proxy. */
async function behind(
  front: Proxy,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly home: Home; readonly agent: AgentProcess }> {
  const home = makeHome()
  const port = await freePort()
  const agent = await startAgentProcess(home, [], { EC_PUBLIC_URL: front.url, EC_PUBLIC_PORT: String(port), ...env })
  front.to = port
  return { home, agent }
}

async function serve(server: Server, host = '127.0.0.1'): Promise<string> {
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>(resolve => server.listen(0, host, resolve))
  return `http://${host}:${(server.address() as AddressInfo).port}`
}

function selfSigned(): { readonly key: Buffer; readonly cert: Buffer } {
  const dir = tempDir()
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync('openssl', [...args, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { key: readFileSync(key), cert: readFileSync(cert) }
}
