import { createServer, request as askAgent, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'

/** What a browser has asked for through the proxy. */
export interface Counts {
  /** WebSockets that were tried. */
  upgrades: number
  tickets: number
  /** Event streams that were asked for. */
  streams: number
}

/** Has the module at hand. */
const PAGE = `<!doctype html><html lang="en"><title>A page</title>
<script type="module">import * as ec from '/client.js'; globalThis.ec = ec</script>`

/**
 * What stands between a browser and the agent: it can be cut, can refuse WebSockets as some companies' proxies do, and
 * counts. The agent may come back at another port. At `/` it serves a page with the agent's module.
 */
export class AgentProxy {
  readonly counts: Counts = { upgrades: 0, tickets: 0, streams: 0 }
  refusesUpgrades = false
  agentUrl: string
  readonly #server = createServer((asked, answer) => this.#forward(asked, answer))
  readonly #sockets = new Set<Socket>()
  readonly #open = new Set<Duplex>()
  #isCut = false

  constructor(agentUrl: string) {
    this.agentUrl = agentUrl
    this.#server.on('upgrade', (asked, socket, head) => this.#upgrade(asked, socket, head))
    this.#server.on('connection', socket => this.#admit(socket))
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}/`
  }

  /** WebSockets that are open now. */
  get openSockets(): number {
    return this.#open.size
  }

  async listen(): Promise<this> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      this.#server.close()
      for (const socket of this.#sockets) socket.destroy()
    })
    return this
  }

  /** Nothing comes through any more, and what was open breaks. */
  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  mend(): void {
    this.#isCut = false
  }

  #admit(socket: Socket): void {
    if (this.#isCut) return void socket.destroy()
    this.#sockets.add(socket)
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket))
  }

  #forward(asked: IncomingMessage, answer: ServerResponse): void {
    const { method, url = '/' } = asked
    if (url === '/') {
      answer.setHeader('content-type', 'text/html').end(PAGE)
      return
    }
    if (url.startsWith('/api/ws/ticket')) this.counts.tickets += 1
    if (url.startsWith('/api/events/stream')) this.counts.streams += 1
    const agent = new URL(this.agentUrl)
    const { headers } = asked
    const forwarded = askAgent(new URL(url, agent), { method, headers, agent: false }, back => {
      answer.writeHead(back.statusCode ?? 502, back.headers)
      answer.flushHeaders()
      back.on('error', () => answer.destroy()).pipe(answer)
    })
    forwarded.on('error', () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()))
    answer.on('close', () => forwarded.destroy())
    asked.pipe(forwarded)
  }

  #upgrade(asked: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.counts.upgrades += 1
    if (this.refusesUpgrades) return void socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n')
    const agent = new URL(this.agentUrl)
    const back = connect(Number(agent.port), agent.hostname)
    const lines = Object.entries(asked.headers).map(([name, value]) => `${name}: ${value}`)
    back.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    back.write(head)
    this.#open.add(socket)
    const end = () => {
      this.#open.delete(socket)
      socket.destroy()
      back.destroy()
    }
    for (const side of [socket, back]) side.on('error', end).on('close', end)
    socket.pipe(back)
    back.pipe(socket)
  }
}

export function openProxy(agentUrl: string): Promise<AgentProxy> {
  return new AgentProxy(agentUrl).listen()
}
