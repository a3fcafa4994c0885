import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'

/** A JSON body as a test looks into it. */
// oxlint-disable-next-line typescript/no-explicit-any
type Answer = any

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
}

export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly body: Answer
}

/** Sends a request with exactly these headers, which a browser would write by itself and `fetch` lets nobody set. */
export function ask(url: string, { method = 'GET', headers = {}, json }: Asked = {}): Promise<Answered> {
  const typed = json === undefined ? {} : { 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers: { ...typed, ...headers } }, response => {
      let text = ''
      response.on('data', chunk => (text += chunk))
      response.on('end', () => {
        const isJson = response.headers['content-type']?.includes('json') === true && text !== ''
        const { statusCode: status = 0, headers } = response
        resolve({ status, headers, text, body: isJson ? JSON.parse(text) : null })
      })
    })
    request.on('error', reject)
    request.end(json === undefined ? undefined : JSON.stringify(json))
  })
}

/** What a browser sends back of the cookies that it was told to keep. */
export function cookieOf({ headers }: Pick<Answered, 'headers'>): string {
  return (headers['set-cookie'] ?? [])
    .filter(line => !line.includes('Max-Age=0;'))
    .map(line => line.split(';', 1)[0])
    .join('; ')
}

/** The secret of a sign-in link, as the page that it opens finds it. */
export function secretOf(url: string): string {
  return new URL(url).hash.replace('#in=', '')
}

/** The headers that our own page's requests carry beside the cookie. */
export function ownPage(url: string, cookie: string): Readonly<Record<string, string>> {
  return { cookie, origin: new URL(url).origin, 'sec-fetch-site': 'same-origin', 'x-ec-page': '1' }
}
