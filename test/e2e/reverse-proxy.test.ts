import { createHmac, randomUUID } from 'node:crypto'
import { request } from 'node:https'
import { describe, expect, it } from 'vitest'
import { createClient, type EcClient } from '#ec/client.js'
import { tell } from '../durability/tell.ts'
import { makeHome, runCli, startAgentProcess, type AgentProcess, type Home } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'
import { freePort } from '../support/free-port.ts'
import { makeCertificate, startProxy, whyNoProxy, type Certificate, type ProxyKind } from '../support/reverse-proxy.ts'
import { WsClient } from '../support/ws-client.ts'

const KINDS: readonly ProxyKind[] = ['nginx', 'caddy']
const MIB = 1024 * 1024

interface Front {
  readonly home: Home
  readonly agent: AgentProcess
  readonly ec: EcClient
  readonly url: string
  readonly certificate: Certificate
}

/** An agent behind the proxy, set up as docs/operating.md says. */
async function open(kind: ProxyKind, env: Readonly<Record<string, string>> = {}): Promise<Front> {
  const home = makeHome()
  const certificate = makeCertificate()
  const [port, to] = [await freePort(), await freePort()]
  const url = `https://localhost:${port}`
  const agent = await startAgentProcess(home, [], {
    EC_PUBLIC_URL: url,
    EC_PUBLIC_PORT: String(to),
    EC_TRUSTED_PROXIES: '127.0.0.1',
    NODE_EXTRA_CA_CERTS: certificate.file,
    ...env,
  })
  await startProxy(kind, { port, to, certificate })
  return { home, agent, ec: createClient({ socket: agent.ready.socket }), url, certificate }
}

interface Sent {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** Another address of loopback that it comes from. */
  readonly from?: string
  readonly chunked?: boolean
}

/** One POST over TLS, whose answer is read to its end; the status alone when the proxy breaks it off behind that. */
function post({ certificate }: Front, url: string, { headers = {}, body = '', from, chunked = false }: Sent = {}) {
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const { port, pathname, search } = new URL(url)
    const length = chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(Buffer.byteLength(body)) }
    const outgoing = request({
      host: '127.0.0.1',
      port,
      path: pathname + search,
      method: 'POST',
      servername: 'localhost',
      ca: certificate.pem,
      headers: { host: `localhost:${port}`, ...length, ...headers },
      agent: false,
      ...(from === undefined ? {} : { localAddress: from }),
    })
    let status: number | null = null
    outgoing.on('response', response => {
      status = response.statusCode ?? 0
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text })).on('error', reject)
    })
    outgoing.on('error', error => (status === null ? reject(error) : resolve({ status, text: '' })))
    outgoing.end(body)
  })
}

function delivery(secret: string, body: string): Sent {
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'push',
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256': `sha256=${signature}`,
  }
  return { headers, body }
}

async function addGitHub({ ec }: Front) {
  const { id, webhook_url: url, secret = '' } = await ec.resources.add({ provider: 'github', user: 'ana' })
  return { id, url, secret }
}

for (const kind of KINDS) {
  const missing = whyNoProxy(kind)
  if (missing !== null) tell(`the example of docs/operating.md for ${kind} is not tried: ${missing}`)

  describe.skipIf(missing !== null)(`behind ${kind}, set up as the documentation says,`, () => {
    it('webhooks arrive byte for byte, with a length and without, up to what GitHub sends', async () => {
      const front = await open(kind)
      const { id, url, secret } = await addGitHub(front)
      expect(url).toMatch(new RegExp(`^${front.url}/webhooks/github/`))
      const odd = '{ "ref" : "refs/heads/\\u00e9é",\r\n\t"commits":[ ] , "n": 1.0 }\n\n'
      const whole = await post(front, url, delivery(secret, odd))
      const chunked = await post(front, url, { ...delivery(secret, odd), chunked: true })
      const large = `{"ref":"refs/heads/x","pad":"${'x'.repeat(24 * MIB)}"}`
      const big = await post(front, url, delivery(secret, large))
      expect([whole.status, chunked.status, big.status]).toEqual([202, 202, 202])
      const { notifications } = await front.ec.notifications.list({ resource: id })
      expect(notifications).toHaveLength(3)
      expect((await front.ec.notifications.get(notifications[0]?.id ?? '')).body).toBe(odd)
    })

    it('what is larger is refused with 413, a forgery with 401, and what is unknown with 404', async () => {
      const front = await open(kind)
      const { url, secret } = await addGitHub(front)
      const tooLarge = post(front, url, {
        headers: { 'content-type': 'application/json' },
        body: Buffer.alloc(26 * MIB),
      })
      // A proxy may hang up on the rest of a body that it refuses.
      expect(
        await tooLarge.then(
          ({ status }) => status,
          ({ code }) => code,
        ),
      ).toSatisfy(found => found === 413 || found === 'EPIPE' || found === 'ECONNRESET')
      expect((await post(front, url, delivery(`not ${secret}`, '{}'))).status).toBe(401)
      expect((await post(front, `${front.url}/webhooks/github/${randomUUID()}`)).status).toBe(404)
      expect((await post(front, `${front.url}/api/events`)).status).toBe(404)
    })

    it('headers and queries come through: a calendar channel, and the handshake of Graph', async () => {
      const front = await open(kind)
      const calendar = await front.ec.resources.add({ provider: 'google-calendar', user: 'ana' })
      const headers = {
        'x-goog-channel-id': 'c1',
        'x-goog-channel-token': calendar.secret ?? '',
        'x-goog-message-number': '2',
        'x-goog-resource-state': 'exists',
      }
      expect((await post(front, calendar.webhook_url, { headers })).status).toBe(202)
      const graph = await front.ec.resources.add({ provider: 'microsoft', user: 'ana' })
      const asked = `${graph.webhook_url}?validationToken=a%20b%2Bc%3Cd%3E+e`
      expect(await post(front, asked)).toEqual({ status: 200, text: 'a b+c<d> e' })
    })

    it('`ec doctor` finds that the public URL reaches this agent, and no more than it should', async () => {
      const { home } = await open(kind)
      const found = await diagnose(home)
      expect(found.find('public.url').status).toBe('ok')
      expect(found.find('public.private').status).toBe('ok')
    })

    it('each sender is counted by his own address, whatever he says of it', async () => {
      const front = await open(kind, { EC_RECEIVE_RATE_PER_ADDRESS: '3' })
      const { url, secret } = await addGitHub(front)
      const statuses: number[] = []
      for (let n = 0; n < 12; n += 1) {
        const { headers, ...rest } = delivery(secret, '{}')
        const lie = { 'x-forwarded-for': `198.51.100.${n}, 127.0.0.1` }
        statuses.push((await post(front, url, { ...rest, headers: { ...headers, ...lie }, from: '127.0.0.2' })).status)
      }
      expect(statuses.filter(status => status === 429).length).toBeGreaterThan(0)
      expect((await post(front, url, { ...delivery(secret, '{}'), from: '127.0.0.3' })).status).toBe(202)
    })

    it('a WebSocket gets its events, where that is exposed', async () => {
      const front = await open(kind, { EC_PUBLIC_EXPOSE: 'ws' })
      const { token } = await front.ec.tokens.create('ana')
      const client = new WsClient(`${front.url.replace('https', 'wss')}/ws`, {
        protocols: ['ec.v1', `bearer.${token}`],
        ca: front.certificate.pem,
      })
      await client.until(frame => frame.t === 'live')
      await runCli(front.home, ['emit', '--user', 'ana', '--type', 'job.done', '--title', 'Through the proxy'])
      const frame = await client.until(({ t }) => t === 'ev')
      expect(frame.ev?.title).toBe('Through the proxy')
      client.ws.close()
    })
  })
}
