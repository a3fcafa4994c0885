import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'

/** A proxy before an agent, as some stand in companies and hotels: what it lets through can be changed at any time. */
export interface RefusingProxy {
  readonly url: string
  /** How many more upgrades to WebSocket get through. */
  upgrades: number
  /** Whether server-sent events get through; `held`: they are gathered until they end, which is never. */
  streams: 'passed' | 'refused' | 'held'
  /** How long each piece of a WebSocket takes on its way to the agent. */
  delayMs: number
  /** What is served in the place of the agent's, by path. */
  readonly instead: Map<string, { readonly type: string; readonly text: string }>
  /** Everything is refused. */
  down: boolean
}

/** `rewrite` changes the body of a request on its way to the agent. */
export async function openRefusingProxy(
  agentUrl: string,
  rewrite: (body: string) => string = body => body,
): Promise<RefusingProxy> {
  const agent = new URL(agentUrl)
  const target = { hostname: agent.hostname, port: Number(agent.port) }
  const server = createServer((asked, answer) => void pass(asked, answer).catch(() => answer.destroy()))
  server.on('upgrade', (asked, socket, head) => upgrade(asked, socket, head))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const proxy: RefusingProxy = {
    url: `http://localhost:${port}`,
    upgrades: Number.POSITIVE_INFINITY,
    streams: 'passed',
    delayMs: 0,
    instead: new Map(),
    down: false,
  }
  return proxy

  async function pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const path = asked.url ?? '/'
    const other = proxy.instead.get(path)
    if (proxy.down) return void answer.writeHead(502).end('bad gateway')
    if (other !== undefined) return void answer.writeHead(200, { 'content-type': other.type }).end(other.text)
    const isStream = path.startsWith('/api/events/stream')
    if (isStream && proxy.streams === 'refused') return void answer.writeHead(502).end('bad gateway')
    const chunks: Buffer[] = []
    for await (const chunk of asked) chunks.push(Buffer.from(chunk))
    const body = rewrite(Buffer.concat(chunks).toString())
    const headers = { ...asked.headers, 'content-length': Buffer.byteLength(body) }
    const onward = request({ ...target, path, method: asked.method, headers }, incoming => {
      answer.writeHead(incoming.statusCode ?? 502, incoming.headers)
      if (isStream && proxy.streams === 'held') {
        answer.flushHeaders()
        incoming.resume()
      } else incoming.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    onward.end(body)
  }

  function upgrade(asked: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => {})
    if (proxy.down || proxy.upgrades <= 0) return void socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n')
    proxy.upgrades -= 1
    const onward = connect(target.port, target.hostname, () => {
      const headers = asked.rawHeaders.reduce((text, part, i) => text + part + (i % 2 === 0 ? ': ' : '\r\n'), '')
      onward.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${headers}\r\n`)
      onward.write(head)
      onward.pipe(socket)
      socket.on('data', piece => setTimeout(() => onward.write(piece), proxy.delayMs))
    })
    onward.on('error', () => socket.destroy())
    onward.on('close', () => socket.end())
    socket.on('close', () => onward.destroy())
  }
}
