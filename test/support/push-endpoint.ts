import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { makeCertificate } from './certificate.js'

/** The side of a push service that senders see (RFC 8030): HTTPS on loopback. What they send goes to `deliver`. */
export interface PushEndpoint {
  /** `localhost:PORT`, as `push.hosts` names it. */
  readonly host: string
  /** For `NODE_EXTRA_CA_CERTS`. */
  readonly caFile: string
  /** What came, accepted or not. */
  readonly received: readonly { readonly path: string; readonly status: number; readonly vapid: string }[]
}

export interface Sent {
  readonly body: Buffer
  readonly encoding: string
}

/** `deliver` answers with the status: 201 taken, 410 ended. */
export async function openPushEndpoint(deliver: (path: string, sent: Sent) => number): Promise<PushEndpoint> {
  const { key, cert, file } = makeCertificate()
  const received: { path: string; status: number; vapid: string }[] = []
  const server = createServer({ key, cert }, async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    const { authorization = '', ttl, 'content-encoding': encoding = '' } = request.headers
    const path = request.url ?? ''
    const body = Buffer.concat(chunks)
    const isWhole = authorization.startsWith('vapid t=') && ttl !== undefined
    const isReadable = body.length === 0 || encoding === 'aes128gcm'
    const status = isWhole && isReadable ? deliver(path, { body, encoding }) : 400
    received.push({ path, status, vapid: / k=([\w-]+)$/.exec(authorization)?.[1] ?? '' })
    response.writeHead(status, status === 201 ? { location: `https://${host}/m/${received.length}` } : {}).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const host = `localhost:${port}`
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { host, caFile: file, received }
}
