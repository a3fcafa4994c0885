import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** '' is sent as a body of no bytes, with its length. */
  readonly body: string
}

/** Sends a POST and gives the status of the answer; 0 when there was none. Follows no redirect. */
export interface Poster {
  send(post: Post): Promise<number>
  close(): void
}

/** By the time of the machine: whoever does not answer must not stop a clock that is moved. */
const DEADLINE_MS = 10_000

export function createPoster(): Poster {
  const plain = new HttpAgent({ keepAlive: true, maxSockets: 16 })
  const secure = new HttpsAgent({ keepAlive: true, maxSockets: 16 })
  const closing = new AbortController()

  return {
    send: ({ url, headers, body }) =>
      new Promise(resolve => {
        const isSecure = url.startsWith('https:')
        const common = { method: 'POST', timeout: DEADLINE_MS, signal: closing.signal }
        const length = { 'content-length': String(Buffer.byteLength(body)) }
        const options = { ...common, headers: { ...headers, ...length } }
        const request = isSecure
          ? httpsRequest(url, { ...options, agent: secure })
          : httpRequest(url, { ...options, agent: plain })
        request.on('response', response => {
          response.resume()
          response.once('close', () => resolve(response.statusCode ?? 0))
        })
        request.on('timeout', () => request.destroy())
        request.on('error', () => resolve(0))
        request.end(body)
      }),
    close() {
      closing.abort()
      plain.destroy()
      secure.destroy()
    },
  }
}
