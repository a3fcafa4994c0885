import { Agent, fetch as undiciFetch, type Dispatcher } from 'undici'
import type { ApiCall, CallCause } from './api-call.ts'
import type { BudgetUse } from './call-budget.ts'
import { CallBudgets, type BudgetOf } from './call-budgets.ts'
import type { Clock } from './clock.ts'
import { EcError } from './errors.ts'
import { joinSignals } from './join-signals.ts'
import { nextAttemptAt, parseRetryAfter, senderNow, type RetryPolicy } from './retry.ts'

/** What a request is for; it stands in the ledger beside every attempt. */
export interface CallLabel {
  readonly provider: string
  /** The signed-in identity; the rate budget is its own. */
  readonly account: string
  /** As the provider's reference calls it: `events.list`. */
  readonly operation: string
  readonly cause: CallCause
}

export interface HttpDoorOptions {
  readonly clock: Clock
  readonly random: () => number
  /** Told of each request on the wire, redirects and retries too. */
  readonly record: (call: ApiCall) => void
  readonly retry?: RetryPolicy
  /** For one attempt, from its start to the headers of the answer. */
  readonly deadlineMs?: number
  /** How many requests an account may send; the provider's own limit stands above it. Null = as many as it likes. */
  readonly budgetOf?: BudgetOf
  /** Told of each request that had to wait for its budget. */
  readonly onWait?: (label: CallLabel, ms: number) => void
  /** Takes the place of the network in tests of other parts. */
  readonly dispatcher?: Dispatcher
}

export interface FetchOptions {
  /** Of one attempt, instead of the usual: a long poll is answered late. */
  readonly deadlineMs?: number
}

/** The one door to the network: everything that `ec` asks of a provider goes through it and is counted. */
export interface HttpDoor {
  /**
   * A `fetch` for one kind of call; SDKs are given it, with their own retries switched off. It waits for the account's
   * budget, gives each attempt a deadline (`EC_TIMEOUT`), and tries again what is safe to repeat: idempotent methods
   * after a network error, 502, 503 or 504, any method after 429, no sooner than Retry-After says. The answer of the
   * last attempt comes back as it is, whatever its status.
   */
  fetchFor(label: CallLabel, options?: FetchOptions): typeof fetch
  /** Requests of which the last byte of the answer is still to come; pulls, which are held open, do not count. */
  onWire(): number
  /** What each account has used of its budgets. */
  budgets(): readonly BudgetUse[]
  close(): Promise<void>
}

const RETRY: RetryPolicy = { maxAttempts: 4, baseMs: 500, capMs: 30_000 }
const DEADLINE_MS = 30_000
/** A provider that asks for more patience than this is left to the caller, whose job waits better than a request. */
const MAX_WAIT_MS = 60_000

const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
const TRANSIENT: ReadonlySet<number> = new Set([502, 503, 504])

export function createHttpDoor(options: HttpDoorOptions): HttpDoor {
  const { clock, random, record, retry = RETRY, deadlineMs = DEADLINE_MS, onWait } = options
  const agent = options.dispatcher ?? new Agent({ connections: 32, headersTimeout: 0, bodyTimeout: 120_000 })
  const budgets = new CallBudgets(clock, options.budgetOf)
  const wire: Wire = { requests: 0 }

  async function waitForBudget(label: CallLabel, signal: AbortSignal | undefined): Promise<void> {
    const begun = clock.monotonic()
    let wait = budgets.take(label)
    if (wait === 0) return
    for (; wait > 0; wait = budgets.take(label)) await sleep(clock, wait, signal)
    const waitedMs = clock.monotonic() - begun
    budgets.waited(label, waitedMs)
    onWait?.(label, waitedMs)
  }

  async function attemptOnce(
    label: CallLabel,
    attempt: number,
    input: Request | string,
    init: RequestInit,
    limitMs: number,
  ) {
    const deadline = new AbortController()
    const timer = clock.setTimer(() => deadline.abort(timeout(label, limitMs)), limitMs)
    const { signal, release } = joinSignals([init.signal, deadline.signal])
    try {
      const dispatcher = agent.compose(meter(label, attempt, clock, record, { wire, release }))
      // The published fetch and the built-in one have the same contract; only their type declarations differ.
      const request = [input, { ...init, signal, dispatcher }] as unknown as Parameters<typeof undiciFetch>
      const response = (await undiciFetch(...request)) as unknown as Response
      unread.register(response, release)
      return response
    } catch (error) {
      release()
      throw deadline.signal.aborted ? deadline.signal.reason : error
    } finally {
      timer.cancel()
    }
  }

  async function send(
    label: CallLabel,
    input: Request | string,
    init: RequestInit,
    limitMs: number,
  ): Promise<Response> {
    const method = (init.method ?? 'GET').toUpperCase()
    const repeatable = init.body === undefined || init.body === null || typeof init.body === 'string'
    for (let attempt = 1; ; attempt++) {
      await waitForBudget(label, init.signal ?? undefined)
      const tried = await settle(attemptOnce(label, attempt, input, init, limitMs))
      const again = repeatable && !init.signal?.aborted && worthRepeating(method, tried)
      const asked = tried.ok ? askedToWait(tried.value.headers, clock.now()) : null
      const at = nextAttemptAt({
        policy: retry,
        attempt,
        now: clock.monotonic(),
        random: random(),
        retryAfterMs: asked ?? 0,
      })
      if (!again || at === null || at - clock.monotonic() > MAX_WAIT_MS) {
        if (tried.ok) return tried.value
        throw tried.error
      }
      if (tried.ok) await tried.value.body?.cancel()
      await sleep(clock, at - clock.monotonic(), init.signal ?? undefined)
    }
  }

  return {
    fetchFor:
      (label, { deadlineMs: limitMs = deadlineMs } = {}) =>
      (input, init) => {
        if (input instanceof Request) return send(label, input.url, { ...fromRequest(input), ...init }, limitMs)
        return send(label, String(input), init ?? {}, limitMs)
      },
    onWire: () => wire.requests,
    budgets: () => budgets.uses(),
    close: () => agent.close(),
  }
}

/** The body of an answer can be stopped until it is read, or until nobody holds the answer any more. */
const unread = new FinalizationRegistry<() => void>(release => release())

type Tried = { readonly ok: true; readonly value: Response } | { readonly ok: false; readonly error: unknown }

async function settle(response: Promise<Response>): Promise<Tried> {
  try {
    return { ok: true, value: await response }
  } catch (error) {
    return { ok: false, error }
  }
}

function worthRepeating(method: string, tried: Tried): boolean {
  // 429 says that nothing was done, so that even a POST may come again.
  if (tried.ok && tried.value.status === 429) return true
  if (!IDEMPOTENT.has(method)) return false
  return tried.ok ? TRANSIENT.has(tried.value.status) : true
}

function askedToWait(headers: Headers, now: number): number | null {
  return parseRetryAfter(headers.get('retry-after'), senderNow(headers, now))
}

function fromRequest(request: Request): RequestInit {
  const { method, headers, body, signal, redirect } = request
  return { method, headers, signal, redirect, ...(body === null ? {} : { body, duplex: 'half' }) }
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** What is under way to providers and back. */
interface Wire {
  requests: number
}

interface Followed {
  readonly wire: Wire
  /**
   * Told when the whole answer is here: there is nothing left to stop then, and who asks a thousand times with one signal
   * leaves nothing behind on it.
   */
  readonly release: () => void
}

/** Counts at the lowest place, where each redirect is a request of its own. */
function meter(
  label: CallLabel,
  attempt: number,
  clock: Clock,
  record: (call: ApiCall) => void,
  { wire, release }: Followed,
): Dispatcher.DispatcherComposeInterceptor {
  // A pull is held open until there is something to be had.
  const counts = label.cause === 'pull' ? 0 : 1
  return dispatch => (options, handler) => {
    const at = clock.now()
    const started = clock.monotonic()
    let told = false
    let left = counts
    wire.requests += counts
    const leave = (): void => {
      wire.requests -= left
      left = 0
    }
    let isLast = true
    const tell = (status: number, error: string | null): void => {
      if (told) return
      told = true
      record({ at, ...label, attempt, status, ms: Math.round(clock.monotonic() - started), error })
    }
    return dispatch(options, {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onRequestUpgrade: (controller, status, headers, socket) =>
        handler.onRequestUpgrade?.(controller, status, headers, socket),
      onResponseStart: (controller, status, headers, message) => {
        if (status >= 200) tell(status, null)
        isLast = !REDIRECTS.has(status)
        return handler.onResponseStart?.(controller, status, headers, message)
      },
      onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
      onResponseEnd: (controller, trailers) => {
        leave()
        if (isLast) release()
        return handler.onResponseEnd?.(controller, trailers)
      },
      onResponseError: (controller, error) => {
        leave()
        tell(0, 'code' in error && typeof error.code === 'string' ? error.code : error.name)
        return handler.onResponseError?.(controller, error)
      },
    })
  }
}

function timeout(label: CallLabel, ms: number): EcError {
  return new EcError('EC_TIMEOUT', `${label.provider} did not answer ${label.operation} within ${ms} ms`)
}

function sleep(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const timer = clock.setTimer(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    function stop(): void {
      timer.cancel()
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop, { once: true })
  })
}
