import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A site that shows the agent's files and API under its own address, as a reverse proxy does, and has a few pages. */
export interface PushSite {
  /** `http://localhost:PORT`. */
  readonly origin: string
  /** The agent cannot be reached through it for as long as this is on. */
  cut(off: boolean): void
  /** Requests to the agent, as `METHOD /path`, those that were cut too. */
  readonly asked: string[]
}

export interface PushSiteOptions {
  /** Of the agent; null = this site does not show it, and its pages load from `from` what they need. */
  readonly agentUrl: string | null
  /** Where the agent shows itself to browsers; the site itself unless given. */
  readonly from?: () => string
  /** Of the person whose pages these are. */
  readonly token: () => string
  /** Changes the body of a request on its way to the agent. */
  readonly rewrite?: (body: string) => string
  /** The site's own worker; null = none. */
  readonly worker?: () => string | null
}

/** Everything that the agent serves; the rest are pages of the site. */
const AGENT = /^\/(api\/|icons\/|client\.js|client\/|sw\.js|ec-sw\.js|unblock\.js|manifest\.webmanifest)/

export async function openPushSite(options: PushSiteOptions): Promise<PushSite> {
  const { agentUrl, from, token, rewrite = body => body, worker = () => null } = options
  const asked: string[] = []
  let isCut = false

  async function proxy(request: IncomingMessage, response: ServerResponse): Promise<void> {
    asked.push(`${request.method} ${request.url}`)
    if (isCut && request.url?.startsWith('/api/')) return void request.socket.destroy()
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    const body = Buffer.from(rewrite(Buffer.concat(chunks).toString()))
    const { 'content-length': _, 'accept-encoding': __, ...headers } = request.headers
    const url = new URL(request.url ?? '/', agentUrl ?? '')
    const ahead = httpRequest(url, {
      method: request.method ?? 'GET',
      headers: { ...headers, 'content-length': body.length },
    })
    ahead.on('response', answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    ahead.on('error', () => void response.writeHead(502).end())
    ahead.end(body)
  }

  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '/'
    const own = worker()
    if (agentUrl !== null && AGENT.test(path)) void proxy(request, response).catch(() => response.destroy())
    else if (path === '/own-worker.js' && own !== null) {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(own)
    } else if (path === '/page.js') {
      response
        .writeHead(200, { 'content-type': 'text/javascript' })
        .end(pageScript(token(), own !== null, from?.() ?? null))
    } else {
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end(
          `<!doctype html><html lang="en"><title>${path}</title><h1>A page</h1><script type="module" src="/page.js"></script>`,
        )
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { origin: `http://localhost:${port}`, cut: off => void (isCut = off), asked }
}

/** What a page of the site does: a desk on a minimal center, and an ear for clicks. */
function pageScript(token: string, hasOwnWorker: boolean, from: string | null): string {
  const base = from ?? ''
  const traits = {
    ...(hasOwnWorker ? { worker: '/own-worker.js' } : {}),
    ...(from === null ? {} : { url: from, home: '/home' }),
  }
  return `
    import { CenterError, openPushDesk } from '${base}/client.js'
    const token = ${JSON.stringify(token)}
    const center = {
      state: { user: null, items: [], unread: { total: 0, action: 0 } },
      subscribe: () => () => {},
      async call(method, path, body) {
        const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json' }
        let response
        try {
          response = await fetch('${base}' + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
        } catch (error) {
          throw new CenterError('EC_AGENT_UNREACHABLE', String(error), 0, null)
        }
        const answer = response.status === 204 ? null : await response.json()
        if (response.ok) return answer
        throw new CenterError(answer.code, answer.detail, response.status, answer.hint)
      },
    }
    globalThis.clicks = []
    globalThis.takes = false
    globalThis.news = []
    new BroadcastChannel('ec-push').addEventListener('message', event => news.push(event.data))
    globalThis.desk = await openPushDesk({ center, ...${JSON.stringify(traits)} })
    desk.onClick(click => { clicks.push(click); return takes })
    document.body.addEventListener('click', () => { globalThis.enabling = desk.enable() })
    document.title = 'ready'
  `
}
