import type { LookupFunction } from 'node:net'
import type { ApiCall } from '../../../core/api-call.ts'
import type { Clock } from '../../../core/clock.ts'
import { isErrno } from '../../../core/errno.ts'
import type { HttpDoor } from '../../../core/http.ts'
import type { PushAnswer, PushFailure } from './answer.ts'
import { Cancellation } from './cancellation.ts'
import { ADDRESS_REFUSED } from '../guard/guarded-lookup.ts'
import { PushLane } from './push-lane.ts'
import type { PushRequest } from './push-session.ts'

export interface PushSenderOptions {
  /** Gives no address that is not allowed. */
  readonly lookup: LookupFunction
  readonly clock: Clock
  readonly random: () => number
  /** Told of each request, as `core/http.ts` tells. */
  readonly record: (call: ApiCall) => void
  readonly deadlineMs?: number
  readonly maxInFlight?: number
  /** HTTP/2 connections to one service at once. */
  readonly maxSessions?: number
  /** Certificates that are trusted instead of the system's. */
  readonly ca?: string
}

export interface Envelope {
  readonly url: URL
  readonly headers: Readonly<Record<string, string | number>>
  readonly body: Uint8Array
  /** Counted from 1, for the ledger. */
  readonly attempt: number
}

/** Carries encrypted messages to push services: few connections, a deadline on everything, every request counted. */
export interface PushSender {
  /** One try. Settles within the deadline whatever the other side does, and never rejects. */
  send(envelope: Envelope, signal: AbortSignal): Promise<PushAnswer>
  close(): Promise<void>
}

const DEADLINE_MS = 10_000
const MAX_IN_FLIGHT = 400
/** Origins whose connections are kept; the one that was made first goes. */
const MAX_LANES = 200
/** One carries 3,300 messages a second; the second takes over while the first ends. */
const MAX_SESSIONS = 2
const MAX_TEXT = 1_024

export function createPushSender(options: PushSenderOptions): PushSender {
  const { lookup, clock, record, ca, deadlineMs = DEADLINE_MS, maxInFlight = MAX_IN_FLIGHT } = options
  const { maxSessions = MAX_SESSIONS } = options
  const lanes = new Map<string, PushLane>()
  const waiting: (() => void)[] = []
  /** What is under way, each with the signal that ends it. */
  const live = new Map<Cancellation, AbortSignal>()
  const heard = new WeakSet<AbortSignal>()
  let isClosed = false
  let inFlight = 0
  let http1: Promise<HttpDoor> | null = null

  async function send(envelope: Envelope, signal: AbortSignal): Promise<PushAnswer> {
    if (inFlight < maxInFlight) inFlight += 1
    else await new Promise<void>(resolve => waiting.push(resolve))
    const cancellation = new Cancellation()
    const timer = clock.setTimer(() => cancellation.cancel('deadline'), deadlineMs)
    if (signal.aborted || isClosed) cancellation.cancel('aborted')
    live.set(cancellation, signal)
    hear(signal)
    try {
      const answer = await tryOnce(envelope, cancellation)
      const isUntouched = answer.type === 'failed' && answer.failure === 'refused_stream'
      // A service that ends a connection says which requests it has not looked at: those go again at once, elsewhere.
      return isUntouched ? await tryOnce(envelope, cancellation) : answer
    } finally {
      live.delete(cancellation)
      timer.cancel()
      giveSlot()
    }
  }

  /** Hundreds of sends share a signal, so it is listened to once for all of them. */
  function hear(signal: AbortSignal): void {
    if (heard.has(signal)) return
    heard.add(signal)
    const stop = (): void => {
      for (const [cancellation, its] of live) if (its === signal) cancellation.cancel('aborted')
    }
    signal.addEventListener('abort', stop, { once: true })
  }

  /** The slot goes to whoever waits longest, without becoming free in between. */
  function giveSlot(): void {
    const next = waiting.shift()
    if (next) next()
    else inFlight -= 1
  }

  async function tryOnce(envelope: Envelope, cancellation: Cancellation): Promise<PushAnswer> {
    const at = clock.now()
    const started = clock.monotonic()
    const { url, headers, body } = envelope
    const request: PushRequest = { path: `${url.pathname}${url.search}`, headers, body }
    const tell = (answer: PushAnswer): PushAnswer => {
      const [status, error] = answer.type === 'answered' ? [answer.status, null] : [0, answer.failure]
      record({ at, ...labelOf(envelope), attempt: envelope.attempt, status, ms: elapsed(started), error })
      return answer
    }
    try {
      const taken = laneOf(url).take(cancellation)
      const session = taken instanceof Promise ? await taken : taken
      if (session === 'http1') return await sendByHttp1(envelope, cancellation)
      try {
        return tell(await session.send(request, cancellation))
      } finally {
        session.release()
      }
    } catch (error) {
      return tell({ type: 'failed', failure: whyFailed(error, cancellation) })
    }
  }

  /** Through the one door of all other requests, which counts it. */
  async function sendByHttp1(envelope: Envelope, cancellation: Cancellation): Promise<PushAnswer> {
    const control = new AbortController()
    const abort = (): void => control.abort()
    if (cancellation.why !== null) abort()
    cancellation.add(abort)
    try {
      const headers = Object.entries(envelope.headers).map(([name, value]): [string, string] => [name, String(value)])
      const door = await (http1 ??= loadHttp1())
      const response = await door.fetchFor(labelOf(envelope))(envelope.url.href, {
        method: 'POST',
        headers,
        body: new Uint8Array(envelope.body),
        redirect: 'manual',
        signal: control.signal,
      })
      const text = await readStart(response).catch(() => '')
      return { type: 'answered', status: response.status, retryAfter: response.headers.get('retry-after'), text }
    } catch (error) {
      return { type: 'failed', failure: whyFailed(error, cancellation) }
    } finally {
      cancellation.remove(abort)
    }
  }

  /** Only then: undici is large, and hardly any push service needs it. */
  async function loadHttp1(): Promise<HttpDoor> {
    const { openHttp1Door } = await import('./http1-door.ts')
    return openHttp1Door({ ...options, deadlineMs })
  }

  function laneOf(url: URL): PushLane {
    const known = lanes.get(url.origin)
    if (known) return known
    const [oldest] = lanes
    if (lanes.size >= MAX_LANES && oldest !== undefined) {
      oldest[1].retire()
      lanes.delete(oldest[0])
    }
    const lane = new PushLane({
      origin: new URL(url.origin),
      lookup,
      clock,
      deadlineMs,
      maxSessions,
      ...(ca === undefined ? {} : { ca }),
    })
    lanes.set(url.origin, lane)
    return lane
  }

  function elapsed(started: number): number {
    return Math.round(clock.monotonic() - started)
  }

  return {
    send,
    async close() {
      isClosed = true
      for (const cancellation of live.keys()) cancellation.cancel('aborted')
      for (const lane of lanes.values()) lane.close()
      const door = http1
      http1 = null
      await (await door)?.close()
    },
  }
}

function labelOf({ url }: Envelope) {
  return { provider: 'push', account: url.origin, operation: 'send', cause: 'write' } as const
}

/** `fetch` wraps what the socket said once or twice. */
function whyFailed(error: unknown, { why }: Cancellation): PushFailure {
  if (why !== null) return why
  for (let at = error; at instanceof Error; at = at.cause) {
    if (isErrno(at, ADDRESS_REFUSED)) return 'address_refused'
    if (isErrno(at, 'UND_ERR_SOCKET') || isErrno(at, 'ECONNRESET')) return 'cut'
  }
  return 'connect'
}

async function readStart(response: Response): Promise<string> {
  if (response.body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  // Leaving the loop cancels the rest.
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length >= MAX_TEXT) break
  }
  return text.slice(0, MAX_TEXT)
}
