import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface StandIn {
  readonly url: string
  readonly port: number
  readonly server: Server
  readonly seen: readonly SeenRequest[]
}

/** A real server that answers as the test says, for answers that a real agent does not give on demand. */
export async function openStandIn(
  answer: (request: SeenRequest, response: ServerResponse, nth: number) => void,
  listen: { readonly path?: string; readonly port?: number } = {},
): Promise<StandIn> {
  const seen: SeenRequest[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    const { method = '', url = '', headers } = request
    const one = { method, url, headers, body: Buffer.concat(chunks).toString() }
    seen.push(one)
    answer(one, response, seen.length)
  })
  await new Promise<void>(resolve => {
    if (listen.path === undefined) server.listen(listen.port ?? 0, '127.0.0.1', resolve)
    else server.listen(listen.path, resolve)
  })
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise<void>(resolve => void server.close(() => resolve()))
  })
  const address: AddressInfo | string | null = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}`, port, server, seen }
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json'
  response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(body))
}
