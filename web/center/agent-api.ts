import { CenterError } from './center-error.ts'
import type { CenterOptions } from './center.ts'
import type { PageClock } from './page-clock.ts'
import { isRecord } from './parse.ts'

export interface AgentApiOptions {
  /** Ends in a slash. */
  readonly url: string
  readonly token: CenterOptions['token']
  readonly fetch: typeof fetch
  readonly clock: PageClock
}

/** One request has to be answered within this time, body included. */
const DEADLINE_MS = 10_000
const UNSAFE = /^(?!GET$|HEAD$)/i

/**
 * The agent's HTTP API, as the person who is signed in here: by a bearer token, or by the cookie of the agent's own
 * pages. A token that the agent no longer takes is asked for once more, however many requests find that out.
 */
export class AgentApi {
  readonly #options: AgentApiOptions
  #token: string | null = null
  #asking: Promise<string> | null = null
  readonly #closed = new AbortController()
  /** How far the agent's clock is ahead of ours. */
  #aheadMs = 0

  constructor(options: AgentApiOptions) {
    this.#options = options
  }

  /** The JSON of the answer, null when there is none. Rejects with a `CenterError`. */
  async call<Answer = unknown>(method: string, path: string, body?: unknown): Promise<Answer> {
    const { text } = await this.#authorized(token => this.#request(method, path, { body, token, readsBody: true }))
    return parse(text === '' ? 'null' : text)
  }

  /** An answer that goes on and on; only its head has a deadline. Rejects with a `CenterError`. */
  async open(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
    return this.#authorized(async token => {
      const { response } = await this.#request('GET', path, { headers, token, signal, readsBody: false })
      return response
    })
  }

  /** ms since 1970 by the agent's clock, as far as its answers tell: deadlines are the agent's. */
  now(): number {
    return this.#options.clock.now() + this.#aheadMs
  }

  /** Forgets the token, so that the next request asks for another. */
  expireToken(): void {
    this.#token = null
  }

  /** Whether another token could be had. */
  get canRenew(): boolean {
    return typeof this.#options.token === 'function'
  }

  /** Requests that are on their way end, and no other begins. */
  close(): void {
    this.#closed.abort()
  }

  async #authorized<T>(attempt: (token: string | null) => Promise<T>): Promise<T> {
    const token = await this.#bearer()
    try {
      return await attempt(token)
    } catch (error) {
      if (!(error instanceof CenterError) || error.status !== 401 || !this.canRenew) throw error
      if (this.#token === token) this.#token = null
      const fresh = await this.#bearer()
      // The same again would be refused again.
      if (fresh === token) throw error
      return attempt(fresh)
    }
  }

  async #bearer(): Promise<string | null> {
    const { token } = this.#options
    if (token === undefined || typeof token === 'string') return token ?? null
    if (this.#token !== null) return this.#token
    this.#asking ??= Promise.resolve()
      .then(token)
      .finally(() => (this.#asking = null))
    try {
      return (this.#token = await this.#asking)
    } catch (cause) {
      throw new CenterError('EC_AGENT_UNREACHABLE', `no token could be had: ${String(cause)}`, 0, null)
    }
  }

  #compareClocks(date: string | null): void {
    const ahead = Date.parse(date ?? '') - this.#options.clock.now()
    if (!Number.isNaN(ahead)) this.#aheadMs = Math.abs(ahead) < SAME_CLOCK_MS ? 0 : ahead
  }

  async #request(method: string, path: string, how: Request): Promise<Answered> {
    const { url, fetch, clock } = this.#options
    const ended = new AbortController()
    const end = () => ended.abort()
    const timer = clock.setTimer(end, DEADLINE_MS)
    for (const signal of [this.#closed.signal, how.signal]) {
      if (signal?.aborted) end()
      signal?.addEventListener('abort', end)
    }
    try {
      const response = await fetch(new URL(path.replace(/^\//, ''), url), {
        method,
        headers: headersOf(method, how),
        ...(how.body === undefined ? {} : { body: JSON.stringify(how.body) }),
        credentials: 'same-origin',
        redirect: 'error',
        signal: ended.signal,
      })
      this.#compareClocks(response.headers.get('date'))
      if (!response.ok) throw toError(response, await response.text())
      return { response, text: how.readsBody ? await response.text() : '' }
    } catch (error) {
      if (error instanceof CenterError) throw error
      throw new CenterError('EC_AGENT_UNREACHABLE', 'the agent could not be reached', 0, 'try again in a moment')
    } finally {
      timer.cancel()
      this.#closed.signal.removeEventListener('abort', end)
      if (how.readsBody) how.signal?.removeEventListener('abort', end)
    }
  }
}

/** The header tells whole seconds, and the answer has travelled: less than this is no difference. */
const SAME_CLOCK_MS = 5_000

interface Request {
  readonly token: string | null
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  readonly readsBody: boolean
}

interface Answered {
  readonly response: Response
  readonly text: string
}

function headersOf(method: string, { token, body, headers }: Request): Record<string, string> {
  return {
    accept: 'application/json',
    // A page of another origin cannot send it without being asked first, so the cookie alone does nothing.
    ...(UNSAFE.test(method) ? { 'x-ec-page': '1' } : {}),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...headers,
  }
}

/** The caller says what he expects at this path. */
function parse<Answer>(text: string): Answer {
  try {
    return JSON.parse(text)
  } catch {
    throw new CenterError('EC_AGENT_UNREACHABLE', 'what answered is not the agent', 200, 'look at the URL of the agent')
  }
}

/** A problem document (RFC 9457), or whatever something between here and the agent has to say. */
function toError(response: Response, text: string): CenterError {
  const { status } = response
  const problem = readProblem(text)
  if (!isRecord(problem) || typeof problem['code'] !== 'string') {
    return new CenterError('EC_AGENT_UNREACHABLE', `the agent could not be reached (HTTP ${status})`, status, null)
  }
  const { code, detail, title, hint } = problem
  const message = [detail, title, code].find(text => typeof text === 'string')
  const wait = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new CenterError(code, String(message), status, typeof hint === 'string' ? hint : null, {
    problem,
    retryAfterMs: Number.isFinite(wait) ? wait * 1000 : null,
  })
}

function readProblem(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
