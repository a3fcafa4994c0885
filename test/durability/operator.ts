import { request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Record<string, unknown>
}

/** Where to knock: the operator's socket, or a URL with a bearer. */
export type Door = { readonly socket: string } | { readonly url: string; readonly bearer?: string }

/** One JSON request on a connection of its own; rejects when no answer comes. */
export function call(door: Door, method: string, path: string, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const bearer = 'url' in door && door.bearer !== undefined ? { authorization: `Bearer ${door.bearer}` } : {}
    const content = body === undefined ? {} : { 'content-type': 'application/json' }
    const options = { method, headers: { ...bearer, ...content }, agent: false, timeout: 30_000 } as const
    const sent =
      'socket' in door
        ? request({ ...options, socketPath: door.socket, path })
        : request(new URL(path, door.url), options)
    sent.on('timeout', () => sent.destroy(new Error(`no answer to ${method} ${path} in time`)))
    sent.on('error', reject)
    sent.on('response', response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text === '' ? {} : JSON.parse(text),
        })
      })
    })
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** The same, for an answer that must be a success. */
export async function ask(door: Door, method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await call(door, method, path, body)
  if (answer.status >= 200 && answer.status < 300) return answer.body
  throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`)
}

/** Every row of a list, page by page from the start. */
export async function readAll<Row>(
  door: Door,
  path: string,
  name: string,
  toRow: (raw: unknown) => Row,
): Promise<Row[]> {
  const rows: Row[] = []
  let after: string | null = '0'
  while (after !== null) {
    const page: Record<string, unknown> = await ask(
      door,
      'GET',
      `${path}${path.includes('?') ? '&' : '?'}limit=1000&after=${after}`,
    )
    const items: unknown = page[name]
    if (!Array.isArray(items)) throw new Error(`${path} has no ${name}`)
    for (const item of items) rows.push(toRow(item))
    after = typeof page['next'] === 'string' ? page['next'] : null
  }
  return rows
}
